//! Our own JSON API, below `/api/guildhall/v1`.

pub mod teams;
