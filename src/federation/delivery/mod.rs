//! Sends what is owed: signed when sent, in order per actor and host, again with growing waits, never more than
//! four at a time to one host. A dead or slow host delays nobody else.

mod backoff;
mod queue;
mod receipts;
mod send;
mod worker;

pub use queue::{heard_from, prune, retry};
pub use receipts::{Receipt, receipts};
pub use worker::Deliverer;
