//! Guildhall: a company's own house on the open social web.
//!
//! ```text
//!            http  federation           RIM     protocols: wire shape -> domain call -> wire shape
//!               \  /      \
//!     cli  app  jobs  doctor \          what runs it, and looks after it
//!                 \         \
//!                domain/<area>          MIDDLE  rules and queries of one product word, synchronous
//!                      |
//!       db  net  mail  text config error FLOOR   knows nothing of the product
//! ```
//!
//! Read on in this order; `docs/ARCHITECTURE.md` is the prose.

pub mod app;
pub mod cli;
pub mod config;
pub mod db;
pub mod doctor;
pub mod domain;
pub mod error;
pub mod federation;
pub mod files;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod net;
pub mod secrets;
pub mod telemetry;
pub mod text;
