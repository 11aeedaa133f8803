//! The Fediverse: between our own instances, with a foreign one, and against attackers.

mod attacks;
mod foreign;
mod nul;
mod origin;
mod ours;
mod outbound;
mod outbound_delivery;

pub mod house;
pub mod peers;
