//! What attackers try with a token of their own: calls outside its scopes, fields that are not theirs to set, ids of
//! others, and odd numbers. One table each.

mod drafters;
mod fields;
pub mod ids;
pub mod numbers;
pub mod scopes;
