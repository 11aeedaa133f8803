//! Posts that quote others, by consent.

mod between;
mod here;
mod refusals;
