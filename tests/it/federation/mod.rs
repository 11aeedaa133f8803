//! The Fediverse: between our own instances, with a foreign one, and against attackers.

mod attacks;
mod breaker;
mod brought;
mod crowds;
mod door;
mod early;
mod fairness;
mod few;
mod foreign;
mod forgeries;
mod gone;
mod keys;
mod kinds;
mod ladder;
mod links;
mod neighbours;
mod nul;
mod origin;
mod ours;
mod outbound;
mod outbound_delivery;
mod pins;
mod reach;
mod readers;
mod taken_back;
mod traces;
mod usurpers;

mod handles;
pub mod house;
pub mod peers;
