//! How many statements a request may take at most. `tests/it/costs.rs` holds the server to it, whatever is stored;
//! the bench says it beside what the request costs.

/// A post that arrives, of whose words none are kept.
pub const ARRIVING_POST: usize = 20;
/// A page of the home feed of somebody with filters.
pub const HOME: usize = 22;
/// Posts that are found by a word.
pub const SEARCH: usize = 24;
/// A page of an outbox.
pub const OUTBOX: usize = 6;
/// The page of a post with its thread.
pub const POST: usize = 21;
/// Other pages.
pub const PAGES: [(&str, usize); 6] =
    [("/", 22), ("/@ana", 19), ("/@brand", 21), ("/about", 4), ("/tags/hello", 15), ("/legal/rules", 4)];
