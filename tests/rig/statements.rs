//! How many statements a request may take at most. `tests/it/costs.rs` holds the server to it, whatever is stored;
//! the bench says it beside what the request costs.

/// A post that arrives, of whose words none are kept.
pub const ARRIVING_POST: usize = 20;
/// Posts that are found by a word.
pub const SEARCH: usize = 24;
/// A page of an outbox.
pub const OUTBOX: usize = 6;
/// The page of a post with its thread.
pub const POST: usize = 21;
/// Other pages.
pub const PAGES: [(&str, usize); 6] =
    [("/", 22), ("/@ana", 19), ("/@brand", 21), ("/about", 4), ("/tags/hello", 15), ("/legal/rules", 4)];

/// What apps read most often: how it is called, where it is, and how many statements it may take for somebody who is
/// signed in. `ACCOUNT`, `NAME`, `POST`, `TAG`, `WORD` and `PEOPLE` stand for what there is to read.
pub const READ_BY_APPS: [(&str, &str, usize); 22] = [
    ("home timeline", "/api/v1/timelines/home", 46),
    ("public timeline", "/api/v1/timelines/public", 45),
    ("timeline of a hashtag", "/api/v1/timelines/tag/TAG", 44),
    ("post", "/api/v1/statuses/POST", 21),
    ("context of a post", "/api/v1/statuses/POST/context", 26),
    ("account", "/api/v1/accounts/ACCOUNT", 5),
    ("posts of an account", "/api/v1/accounts/ACCOUNT/statuses", 24),
    ("followers of an account", "/api/v1/accounts/ACCOUNT/followers", 9),
    ("account by its name", "/api/v1/accounts/lookup?acct=NAME", 5),
    ("relationships", "/api/v1/accounts/relationships?PEOPLE", 10),
    ("own account", "/api/v1/accounts/verify_credentials", 8),
    ("notifications", "/api/v1/notifications", 45),
    ("notifications in groups", "/api/v2/notifications", 47),
    ("search", "/api/v2/search?q=WORD", 52),
    ("instance", "/api/v2/instance", 6),
    ("markers", "/api/v1/markers?timeline[]=home&timeline[]=notifications", 2),
    ("filters", "/api/v2/filters", 6),
    ("lists", "/api/v1/lists", 2),
    ("custom emojis", "/api/v1/custom_emojis", 1),
    ("conversations", "/api/v1/conversations", 23),
    ("followed hashtags", "/api/v1/followed_tags", 7),
    ("bookmarks", "/api/v1/bookmarks", 43),
];

/// A post that somebody writes: words, a hashtag, a link.
pub const WRITING: usize = 52;
/// A post is liked; it is liked no more.
pub const LIKING: [usize; 2] = [41, 38];
/// A picture is uploaded.
pub const UPLOADING: usize = 9;
