//! What we connect to, and what we put up with when we do.

mod addresses;
mod limits;
mod neighbour;
mod pages;
mod rebinding;
mod requests;
