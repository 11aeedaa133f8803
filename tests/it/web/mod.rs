//! The pages that everybody may see, and what belongs to them for machines.

mod asked;
mod browser;
mod company;
mod hostile;
mod interact;
mod languages;
mod look;
mod machines;
pub mod pages;
mod set_up;
mod town;
mod visitor;
mod workroom;
