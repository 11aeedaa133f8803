//! docs/guide/limits.md says what the code does.

use std::collections::HashMap;

use guildhall::config::Config;

use crate::support::peer::root;

/// What a row says, and where the code says the same.
const FIXED: &[(&str, &str, &str, &str)] = &[
    ("Crisis mode: characters", "15 to 1,000", "src/domain/crisis/start.rs", "REASON: (usize, usize) = (15, 1_000);"),
    ("Crisis mode: characters", "1,000", "src/domain/crisis/start.rs", "STATEMENT: usize = 1_000;"),
    ("Crisis mode: characters", "1 hour", "src/domain/crisis/mod.rs", "WAITS: Duration = Duration::from_secs(3600);"),
    ("First line and headers of a request", "64 KiB", "src/http/serve.rs", "HEAD: u32 = 64 * 1024;"),
    ("Life of a connection", "1 hour", "src/http/serve.rs", "LIFE: Duration = Duration::from_secs(3600);"),
    ("Requests under way on one HTTP/2 connection", "32", "src/http/serve.rs", "STREAMS: u32 = 32;"),
    ("Body of a request", "1 MiB", "src/federation/inbox.rs", "BODY_LIMIT: usize = 1024 * 1024;"),
    ("Requests that bring files", "16", "src/files/mod.rs", "ARRIVING: usize = 16;"),
    ("Requests that bring files", "2", "src/http/extract/files.rs", "AT_ONCE: usize = 2;"),
    ("Time of an upload", "10 minutes", "src/http/router.rs", "UPLOAD_TIME: Duration = Duration::from_secs(600);"),
    ("Files of a post", "4", "src/domain/media/attach.rs", "FILES: usize = 4;"),
    ("Files of a post", "1,500", "src/domain/media/describe.rs", "DESCRIPTION: usize = 1_500;"),
    ("Pixels of a picture", "33,177,600", "src/files/picture.rs", "PIXELS: u64 = 33_177_600;"),
    ("Pixels of a picture", "16,384", "src/files/picture.rs", "SIDE: u32 = 16_384;"),
    ("Frames of an animation", "300", "src/files/picture.rs", "FRAMES: usize = 300;"),
    ("Frames of an animation", "60,000,000", "src/files/picture.rs", "FRAME_PIXELS: u64 = 60_000_000;"),
    ("Memory for reading one picture", "256 MiB", "src/files/picture.rs", "MEMORY: u64 = 256 * 1024 * 1024;"),
    ("Memory for reading one picture", "2", "src/files/mod.rs", "PICTURES: usize = 2;"),
    ("Seconds for one look", "60", "src/files/film.rs", "PATIENCE: Duration = Duration::from_secs(60);"),
    ("Bodies in hand", "64 MiB", "src/http/bodies.rs", "ALL: usize = 64 * 1024 * 1024;"),
    ("Bodies in hand", "16 MiB", "src/http/bodies.rs", "SHARE: (usize, usize) = (1024 * 1024, 16 * 1024 * 1024);"),
    ("Activities that are unfolded", "4 MiB", "src/app.rs", "UNFOLDED: usize = 4 * 1024;"),
    ("Text in one page of a list", "2 MiB", "src/domain/timelines/room.rs", "TEXT: i64 = 2 * 1024 * 1024;"),
    ("Text in one page of a list", "2 MiB", "src/domain/posts/thread.rs", "TEXT: i64 = 2 * 1024 * 1024;"),
    ("Replies that came before", "1,000", "src/domain/posts/create.rs", "WAITING: i64 = 1_000;"),
    ("Earlier texts of a draft", "100", "src/domain/drafts/history.rs", "VERSIONS: i64 = 100;"),
    ("Earlier texts of a draft", "256 KiB", "src/domain/drafts/history.rs", "VERSIONS_BYTES: i64 = 256 * 1024;"),
    ("Small edits of a brand's post", "20", "src/domain/posts/typo.rs", "TYPO: usize = 20;"),
    (
        "Small edits of a brand's post",
        "15 to 1,000",
        "src/domain/brands/change.rs",
        "REASON: (usize, usize) = (15, 1_000);",
    ),
    (
        "Small edits of a brand's post",
        "15 to 1,000",
        "src/domain/drafts/publish.rs",
        "REASON: (usize, usize) = (15, 1_000);",
    ),
    (
        "Small edits of a brand's post",
        "7",
        "src/domain/brands/change.rs",
        "WAITS: Duration = Duration::from_secs(7 * 24 * 3600);",
    ),
    ("Tries to sign in", "50", "src/limits.rs", "SIGN_INS_OF_NAME: u32 = 50;"),
    ("Tries to sign in", "100", "src/limits.rs", "SIGN_INS_OF_NETWORK: u32 = 100;"),
    ("Title, content warning", "500", "src/federation/incoming/note.rs", "TITLE: usize = 500;"),
    ("Name of an account", "100", "src/federation/incoming/actor.rs", "NAME: usize = 100;"),
    ("Earlier versions of a post", "1 MiB", "src/domain/posts/edit.rs", "VERSIONS_BYTES: i64 = 1024 * 1024;"),
    ("Fields of an API request", "1,000", "src/http/extract/brackets.rs", "FIELDS: usize = 1_000;"),
    ("Fields of an API request", "8", "src/http/extract/brackets.rs", "DEPTH: usize = 8;"),
    ("Tries to sign in", "10", "src/limits.rs", "SIGN_INS_OF_NAME_AND_NETWORK: u32 = 10;"),
    ("The same in a browser", "10", "src/limits.rs", "SIGN_INS_OF_KNOWN_BROWSER: u32 = 10;"),
    ("Codes of the second step", "10", "src/limits.rs", "CODES: u32 = 10;"),
    ("Letters for a forgotten password", "10", "src/limits.rs", "LETTERS: u32 = 10;"),
    ("Letters for a forgotten password", "3", "src/domain/accounts/resets.rs", "LETTERS: i64 = 3;"),
    (
        "Letters for a forgotten password",
        "60",
        "src/domain/accounts/resets.rs",
        "RESET_LASTS: Duration = Duration::from_secs(3600);",
    ),
    ("Links of invitations", "100", "src/limits.rs", "INVITATIONS_OF_NETWORK: u32 = 100;"),
    ("Links of invitations", "10", "src/limits.rs", "COMING_OF_NETWORK: u32 = 10;"),
    ("Links of invitations", "100", "src/limits.rs", "COMING: u32 = 100;"),
    ("People who sign up from one address", "5", "src/limits.rs", "SIGN_UPS_OF_NETWORK: u32 = 5;"),
    ("People who sign up from one address", "100", "src/limits.rs", "SIGN_UPS: u32 = 100;"),
    ("People who wait for an answer", "1,000", "src/domain/sign_ups/mod.rs", "WAITING: i64 = 1_000;"),
    ("People who wait for an answer", "5", "src/domain/sign_ups/letters.rs", "LETTERS: i64 = 5;"),
    ("People who wait for an answer", "1,000", "src/domain/sign_ups/mod.rs", "REASON: usize = 1_000;"),
    ("Open invitations of one person", "500", "src/domain/invitations/make.rs", "OPEN: i64 = 500;"),
    ("Open invitations of one person", "100", "src/domain/invitations/make.rs", "MOST: i64 = 100;"),
    ("Open invitations of one person", "20", "src/domain/invitations/mod.rs", "GRANTS: usize = 20;"),
    ("Open invitations of one person", "3", "src/domain/invitations/make.rs", "LETTERS: i64 = 3;"),
    (
        "Open invitations of one person",
        "30",
        "src/domain/invitations/mod.rs",
        "LONGEST: Duration = Duration::from_secs(30 * DAY);",
    ),
    ("Codes of the second step", "20", "src/limits.rs", "CODES_PER_HOUR: u32 = 20;"),
    ("Tokens that an app has for itself", "20", "src/domain/apps/tokens.rs", "OWN_TOKENS: i64 = 20;"),
    ("Passkeys of an account", "20", "src/domain/accounts/passkeys.rs", "PASSKEYS: i64 = 20;"),
    ("Passkeys of an account", "60", "src/domain/accounts/passkeys.rs", "NAME_LENGTH: usize = 60;"),
    (
        "Passkeys of an account",
        "15",
        "src/domain/accounts/passkeys.rs",
        "CHALLENGE_LASTS: Duration = Duration::from_secs(15 * 60);",
    ),
    ("Passkeys of an account", "16 KiB", "src/secrets/passkey.rs", "LONGEST: usize = 16 * 1024;"),
    ("Wrong codes of the second step", "5", "src/domain/accounts/browsers.rs", "WRONG_CODES: i32 = 5;"),
    ("Passwords that are checked", "4", "src/app.rs", "PASSWORDS: usize = 4;"),
    ("Streams of one account", "20", "src/limits/streams.rs", "PER_ACCOUNT: usize = 20;"),
    ("Streams of one account", "100", "src/limits/streams.rs", "PER_ADDRESS: usize = 100;"),
    ("Streams of one account", "2,000", "src/limits/streams.rs", "ALTOGETHER: usize = 2_000;"),
    ("What a WebSocket listens to", "50", "src/http/mastodon/streaming/socket.rs", "CHANNELS: usize = 50;"),
    (
        "What a WebSocket listens to",
        "10",
        "src/http/mastodon/streaming/socket.rs",
        "PATIENCE: Duration = Duration::from_secs(10);",
    ),
    ("Apps of one account that are told", "50", "src/domain/notifications/push.rs", "APPS: i64 = 50;"),
    ("Apps that are told of what one actor", "500", "src/domain/notifications/push.rs", "TOLD: i64 = 500;"),
    ("Messages that wait for one push service", "10,000", "src/domain/notifications/push.rs", "WAITING: i64 = 10_000;"),
    ("Messages that are handed to push services", "16", "src/jobs/mod.rs", "PUSHES_AT_ONCE: usize = 16;"),
    ("Messages that are handed to push services", "4", "src/jobs/pushes.rs", "DOUBTED: usize = 4;"),
    ("Apps of one account that are told", "2,000", "src/http/mastodon/push.rs", "ENDPOINT: usize = 2_000;"),
    ("Times that a push service", "5", "src/jobs/handlers.rs", "PUSH_TRIES: i32 = 5;"),
    ("Failures in a row of a push service", "10", "src/jobs/pushes.rs", "GIVEN_UP: i32 = 10;"),
    (
        "Times that a push service",
        "2",
        "src/domain/notifications/push.rs",
        "FRESH: Duration = Duration::from_secs(2 * 24 * 3600);",
    ),
    ("Apps that one address", "30", "src/limits.rs", "APPS: u32 = 30;"),
    ("Addresses of an app", "20", "src/domain/apps/mod.rs", "ADDRESSES: usize = 20;"),
    ("Addresses of an app", "2,000", "src/domain/apps/mod.rs", "ADDRESS_LENGTH: usize = 2000;"),
    ("Addresses of an app", "60", "src/domain/apps/mod.rs", "NAME_LENGTH: usize = 60;"),
    ("The same, in bytes", "64 MiB", "src/federation/backlog.rs", "BYTES: i64 = 64 * 1024 * 1024;"),
    ("Posts that wait to be fetched", "1,000", "src/federation/backlog.rs", "FETCHES: i64 = 1_000;"),
    ("Of a page that a public", "1 MiB", "src/federation/fetch/page.rs", "PAGE: usize = 1024 * 1024;"),
    ("Of a page that a public", "64 KiB", "src/federation/fetch/page.rs", "EMBED: usize = 64 * 1024;"),
    ("Cards; such pages", "100,000", "src/domain/cards/mod.rs", "CARDS: i64 = 100_000;"),
    ("Cards; such pages", "1,000", "src/domain/cards/mod.rs", "WAITING: i64 = 1_000;"),
    (
        "Cards; such pages",
        "14 days",
        "src/domain/cards/mod.rs",
        "FRESH: Duration = Duration::from_secs(14 * 24 * 3600);",
    ),
    ("Title and names on a card", "300", "src/federation/fetch/page.rs", "TITLE: usize = 300;"),
    ("Title and names on a card", "1,000", "src/federation/fetch/page.rs", "DESCRIPTION: usize = 1_000;"),
    ("People of one server who are asked for", "100", "src/federation/fetch/failures.rs", "CREATORS: u32 = 100;"),
    ("People of one server who are asked for", "300", "src/federation/fetch/creator.rs", "HANDLE: usize = 300;"),
    ("Domains whose pages may name", "20", "src/domain/actors/attribution.rs", "ATTRIBUTION_DOMAINS: usize = 20;"),
    ("Documents fetched for one quote", "8", "src/federation/fetch/quote.rs", "FETCHES: u8 = 8;"),
    ("Documents fetched for one quote", "1,000", "src/domain/posts/quotes/attach.rs", "WAITING: i64 = 1_000;"),
    ("Documents fetched for one quote", "2", "src/domain/posts/quotes/attach.rs", "DEPTH: u8 = 2;"),
    ("Refused quotes of one post", "20", "src/domain/posts/quotes/refusals.rs", "REFUSALS: i64 = 20;"),
    ("People who quote a post", "200", "src/domain/posts/quotes/attach.rs", "TOLD: i64 = 200;"),
    ("Recipients of a post", "200", "src/federation/incoming/note.rs", "RECIPIENTS: usize = 200;"),
    ("Mentions of a post |", "50", "src/domain/posts/create.rs", "MENTIONS: usize = 50;"),
    ("Attachments of a post", "16", "src/federation/incoming/note.rs", "ATTACHMENTS: usize = 16;"),
    ("Custom emoji of a post or", "50", "src/domain/emojis/mod.rs", "OF_ONE: usize = 50;"),
    ("Custom emoji of a post or", "1 MiB", "src/federation/fetch/file.rs", "EMOJI: usize = 1024 * 1024;"),
    ("Announcements", "50", "src/domain/announcements.rs", "ANNOUNCEMENTS: i64 = 50;"),
    ("Announcements", "5,000", "src/domain/announcements.rs", "LENGTH: usize = 5_000;"),
    ("The company's emoji", "500", "src/domain/emojis/own.rs", "EMOJIS: i64 = 500;"),
    ("The company's emoji", "256 KiB", "src/http/emojis.rs", "LARGEST: usize = 256 * 1024;"),
    ("The company's emoji", "512", "src/http/emojis.rs", "SIDE: u32 = 512;"),
    ("The company's emoji", "50", "src/domain/emojis/own.rs", "LONGEST: usize = 50;"),
    ("Hashtags of a post", "100", "src/federation/incoming/note.rs", "HASHTAGS: usize = 100;"),
    ("Choices of a poll; characters of one", "50", "src/federation/incoming/note.rs", "OPTIONS: usize = 50;"),
    ("Different words", "2,000", "src/domain/posts/said.rs", "WORDS: usize = 2_000;"),
    ("Different words", "64 KiB", "src/domain/posts/said.rs", "READ: usize = 64 * 1024;"),
    ("Different words", "500", "src/domain/posts/said.rs", "KEEPERS: i64 = 500;"),
    ("Words of a search", "20", "src/domain/search/wording.rs", "WORDS: usize = 20;"),
    ("Words of a search", "1,000", "src/domain/words/sought.rs", "LOOKED_AT: i64 = 1_000;"),
    ("Reports of an account", "100", "src/domain/reports/mod.rs", "A_DAY: i64 = 100;"),
    ("Reports of an account", "1,000", "src/domain/reports/mod.rs", "COMMENT: usize = 1_000;"),
    ("Reports of an account", "50", "src/domain/reports/mod.rs", "POSTS: usize = 50;"),
    ("Deletions and undoings by one account", "100", "src/federation/early.rs", "OF_AN_ACTOR: i64 = 100;"),
    ("Deletions and undoings by one account", "1,000", "src/federation/early.rs", "OF_A_HOST: i64 = 1_000;"),
    (
        "Deletions and undoings by one account",
        "12",
        "src/federation/early.rs",
        "REMEMBERED: Duration = Duration::from_secs(12 * 3600);",
    ),
    ("Deletions by accounts of which", "100", "src/federation/early/room.rs", "UNCHECKED_OF_A_HOST: i64 = 100;"),
    (
        "Deletions by accounts of which",
        "1,000",
        "src/federation/early/room.rs",
        "UNCHECKED_FROM_A_NETWORK: i64 = 1_000;",
    ),
    ("Deletions by accounts of which", "10,000", "src/federation/early/room.rs", "UNCHECKED: i64 = 10_000;"),
    ("Deletions by accounts of which", "16384", "src/federation/early.rs", "LETTER: usize = 16 * 1024;"),
    ("Open reports of one server", "200", "src/domain/reports/mod.rs", "OF_A_SERVER: i64 = 200;"),
    ("Open reports of one server", "5,000", "src/domain/reports/mod.rs", "COMMENT_ELSEWHERE: usize = 5_000;"),
    ("Scheduled posts", "300", "src/domain/scheduled/mod.rs", "ALL: i64 = 300;"),
    ("Scheduled posts", "25", "src/domain/scheduled/mod.rs", "A_DAY: i64 = 25;"),
    ("Scheduled posts", "300 seconds", "src/domain/scheduled/mod.rs", "AHEAD: Duration = Duration::from_secs(300);"),
    ("Drafts of a brand", "500", "src/domain/drafts/write.rs", "OPEN: i64 = 500;"),
    ("Drafts of a brand", "100", "src/domain/drafts/edits.rs", "EDITS: i64 = 100;"),
    ("Drafts of a brand", "1,000", "src/domain/drafts/write.rs", "DISCARDED: i64 = 1_000;"),
    ("Drafts of a brand", "200", "src/domain/drafts/review.rs", "REVIEWS: i64 = 200;"),
    ("Drafts of a brand", "2,000", "src/domain/drafts/review.rs", "COMMENT: usize = 2_000;"),
    ("Votes of one activity", "50", "src/federation/activities/vote.rs", "VOTES: usize = 50;"),
    ("Choices of a poll of ours", "4", "src/domain/posts/poll.rs", "CHOICES: usize = 4;"),
    ("Choices of a poll of ours", "50", "src/domain/posts/poll.rs", "CHOICE_LENGTH: usize = 50;"),
    ("Time of a poll", "300 to 2,629,746", "src/domain/posts/poll.rs", "LONGEST: u64 = 2_629_746;"),
    ("Time of a poll", "300", "src/domain/posts/poll.rs", "SHORTEST: u64 = 300;"),
    (
        "Votes of a poll elsewhere",
        "once a minute",
        "src/domain/posts/poll_end.rs",
        "ASK_AGAIN: Duration = Duration::from_secs(60);",
    ),
    ("Text of a post", "256 KiB", "src/federation/incoming/note.rs", "CONTENT: usize = 256 * 1024;"),
    ("Nested tags in a text", "100", "src/text/balance.rs", "DEPTH: usize = 100;"),
    ("Earlier versions of a post", "100", "src/domain/posts/edit.rs", "VERSIONS: usize = 100;"),
    ("Text about an account", "20 KiB", "src/federation/incoming/actor.rs", "SUMMARY: usize = 20 * 1024;"),
    ("Text about an account", "2 KiB", "src/federation/incoming/actor.rs", "VALUE: usize = 2 * 1024;"),
    ("Pinned posts of an account", "20", "src/domain/posts/pin.rs", "PINS_ELSEWHERE: i64 = 20;"),
    ("Pinned posts |", "5", "src/domain/posts/pin.rs", "PINS: usize = 5;"),
    ("Lists of an account", "50", "src/domain/lists/mod.rs", "LISTS: i64 = 50;"),
    ("Lists of an account", "1,000", "src/domain/lists/members.rs", "MEMBERS: i64 = 1_000;"),
    ("Lists of an account", "256", "src/domain/lists/mod.rs", "TITLE_LENGTH: usize = 256;"),
    ("Bookmarks", "10,000", "src/domain/posts/bookmark.rs", "BOOKMARKS: i64 = 10_000;"),
    ("Bookmarks", "1,000", "src/domain/follows/shun.rs", "SHUNNED: i64 = 1_000;"),
    ("Followed hashtags", "500", "src/domain/tags/followed.rs", "FOLLOWED: i64 = 500;"),
    ("Followed hashtags", "10", "src/domain/tags/featured.rs", "FEATURED: usize = 10;"),
    ("Followed hashtags", "100", "src/domain/follows/endorse.rs", "ENDORSED: i64 = 100;"),
    ("Notes about people", "5,000", "src/domain/follows/note.rs", "NOTES: i64 = 5_000;"),
    ("Notes about people", "2,000", "src/domain/follows/note.rs", "NOTE_LENGTH: usize = 2_000;"),
    ("Notes about people", "5,000", "src/domain/notifications/quiet.rs", "QUIET: i64 = 5_000;"),
    ("Languages of a follow", "50", "src/domain/follows/request.rs", "LANGUAGES: usize = 50;"),
    ("Fields of a profile", "50", "src/federation/incoming/actor.rs", "FIELDS: usize = 50;"),
    ("Keys of an account", "10", "src/federation/incoming/actor.rs", "KEYS: usize = 10;"),
    ("Length of an id", "2,048", "src/federation/incoming/values.rs", "LONGEST: usize = 2048;"),
    ("Documents fetched for one activity", "20", "src/federation/fetch/mod.rs", "FETCHES: u8 = 20;"),
    ("Size of a picture", "16 MiB", "src/federation/fetch/file.rs", "LARGEST: usize = 16 * 1024 * 1024;"),
    ("Such files fetched", "8", "src/federation/fetch/file.rs", "AT_ONCE: usize = 8;"),
    ("Such files fetched", "2", "src/federation/fetch/file.rs", "PER_HOST: usize = 2;"),
    ("Redirects of a fetch", "3", "src/net/client.rs", "REDIRECTS: usize = 3;"),
    ("Keys fetched at the same time", "32", "src/federation/fetch/flights.rs", "AT_ONCE: usize = 32;"),
    ("Keys fetched at the same time", "4", "src/federation/fetch/flights.rs", "PER_HOST: usize = 4;"),
    ("Keys fetched at the same time", "16", "src/federation/fetch/flights.rs", "KNOWN_AT_ONCE: usize = 16;"),
    ("Keys of one server read again", "100", "src/federation/fetch/failures.rs", "DOUBTS: u32 = 100;"),
    (
        "Keys of one server read in five minutes, because somebody asks",
        "20",
        "src/federation/fetch/failures.rs",
        "READERS: u32 = 20;",
    ),
    ("Fetches under way", "4", "src/jobs/claim.rs", "SHARE: usize = 4;"),
    ("Mentions of a post; hashtags", "50", "src/text/names.rs", "MENTIONS: usize = 50;"),
    ("Mentions of a post; hashtags", "100", "src/text/names.rs", "HASHTAGS: usize = 100;"),
    ("The company's logo", "64 KiB", "src/domain/org/logo.rs", "LARGEST_LOGO: usize = 64 * 1024;"),
    ("The company's logo; each legal text", "32 KiB", "src/domain/org/company.rs", "LONGEST_TEXT: usize = 32 * 1024;"),
    ("Filters; words", "100", "src/domain/filters/mod.rs", "FILTERS: i64 = 100;"),
    ("Filters; words", "300", "src/domain/filters/mod.rs", "KEYWORDS: i64 = 300;"),
    ("Filters; words", "1,000", "src/domain/filters/mod.rs", "POSTS: i64 = 1_000;"),
    ("Title of a filter", "256", "src/domain/filters/mod.rs", "TITLE_LENGTH: usize = 256;"),
    ("Title of a filter", "512", "src/domain/filters/mod.rs", "KEYWORD_LENGTH: usize = 512;"),
    ("Text of a post that filters", "16 KiB", "src/domain/filters/sieve.rs", "SEARCHED: usize = 16 * 1024;"),
    ("Choices of a poll; characters of one", "500", "src/domain/posts/poll.rs", "READ: usize = 500;"),
    (
        "Minutes between beginning",
        "15",
        "src/http/web/account/second_step.rs",
        "LASTS: Duration = Duration::from_secs(15 * 60);",
    ),
];

/// What a row says that is no constant of ours, and the test that tries it.
const TRIED: &[(&str, &str, &str, &str)] = &[
    ("Headers of a request", "100", "heads.rs", "a_head_has_64_kib_and_100_headers"),
    ("Compressed bodies", "none", "bodies.rs", "a_head_that_is_no_letters_is_refused_before_its_body_comes"),
    ("Levels of a JSON document", "127", "documents.rs", "a_document_is_127_levels_deep_at_most"),
];

/// Whole words, so that 100 is not 10.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().map(|word| word.trim_end_matches(',')).collect()
}

/// What is remembered in memory as the guide says it, and where the code says the same.
const KEPT: &[(&str, &str, &str)] = &[
    ("50,000 keys of others", "src/federation/keys.rs", "OTHERS: u64 = 50_000;"),
    ("10,000 opened keys of our own", "src/federation/keys.rs", "OWN: u64 = 10_000;"),
    ("20,000 addresses that failed", "src/federation/fetch/failures.rs", "REMEMBERED: u64 = 20_000;"),
    ("10,000 servers with the signature", "src/federation/delivery/worker.rs", "SERVERS: u64 = 10_000;"),
    (
        "10,000 whose letters were rightly signed",
        "src/federation/fetch/flights.rs",
        "KNOWN: (u64, Duration) = (10_000,",
    ),
    ("20,000 files of other servers", "src/federation/fetch/file.rs", "FAILED: u64 = 20_000;"),
    ("16 MiB of what was shown", "src/federation/fetch/flights.rs", "SHOWN: (u64, Duration) = (16 * 1024 * 1024,"),
    ("256 activities that are being sent", "src/federation/delivery/letter.rs", "READY: u64 = 256;"),
];

#[test]
fn what_is_kept_in_memory_is_bounded_as_the_guide_says() {
    let guide = include_str!("../../../docs/guide/limits.md");
    for (said, file, code) in KEPT {
        assert!(guide.contains(said), "{said}");
        let source = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(source.contains(&format!("const {code}")), "{file} has another {code}");
    }
    // Nothing is remembered without a bound that has a name.
    let all = sources(&root().join("src"));
    for (path, source) in all {
        assert!(!source.contains(".max_capacity(1") && !source.contains(".max_capacity(2"), "{path}: name the bound");
        let made = source.matches("Cache::builder()").count();
        assert!(!source.contains("sync::Cache::new("), "{path}: say the bound with max_capacity");
        assert_eq!(made, source.matches(".max_capacity(").count(), "{path}: a cache without a bound");
    }
}

/// Every source file below a folder.
fn sources(folder: &std::path::Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push((entry.display().to_string(), std::fs::read_to_string(&entry).unwrap()));
        }
    }
    found
}

#[test]
fn the_operators_guide_tells_each_limit_as_it_is() {
    let guide = include_str!("../../../docs/guide/limits.md");
    let rows: Vec<Vec<&str>> = guide
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let defaults = toml::Value::try_from(Config::default()).unwrap();
    let mut settings = 0;
    for row in &rows {
        let [what, most, setting, _] = row[..] else { panic!("{row:?}") };
        let Some(name) = setting.strip_prefix('`').and_then(|name| name.strip_suffix('`')) else {
            assert!(["fixed", "Setting"].contains(&setting), "{row:?}");
            continue;
        };
        let default =
            name.split('.').try_fold(&defaults, |value, part| value.get(part)).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(most.split(' ').next().unwrap(), default.to_string(), "{what}");
        settings += 1;
    }
    assert!(settings >= 12, "{settings}");
    let mut compared: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut compare = |what: &str, most: &'static str| {
        let row = guide.lines().find(|line| line.starts_with(&format!("| {what}"))).unwrap_or_else(|| panic!("{what}"));
        let said = row.split('|').nth(2).unwrap();
        assert!(said.split(';').any(|part| words(part).starts_with(&words(most))), "{row}: {most}");
        compared.entry(row.split('|').nth(1).unwrap().trim()).or_default().push(most);
    };
    for (what, most, file, code) in FIXED {
        compare(what, most);
        let source = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(source.contains(&format!("const {code}")), "{file} has another {code}");
    }
    for (what, most, file, test) in TRIED {
        compare(what, most);
        let source = std::fs::read_to_string(root().join("tests/it/limits").join(file)).unwrap();
        assert!(source.contains(&format!("fn {test}(")), "{file} has no {test}");
    }
    for row in rows.iter().filter(|row| row[2] == "fixed") {
        let known = compared.get(row[0]).map_or(&[][..], Vec::as_slice);
        for part in row[1].split(';') {
            assert!(known.iter().any(|most| words(part).starts_with(&words(most))), "nothing compares {row:?}: {part}");
        }
    }
}
