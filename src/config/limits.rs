//! How much one person, address or server may do.

use super::section::{plain, section, whole};

section! {
    /// How much one person, address or server may do.
    Limits {
        /// Whether requests are counted and limited. Turning it off is for tests and demos, and refused unless the base URL is a loopback, `.localhost` or `.test` name.
        enabled: bool = true, "true or false", plain;
        /// How many characters a post written here may have.
        post_characters: usize = 5_000, "a whole number from 1 to 100000", whole(1..=100_000);
        /// How many API requests one token may make in five minutes.
        api_requests_per_5_minutes: u32 = 300, "a whole number from 1 to 1000000", whole(1..=1_000_000);
        /// How many API requests one network address may make in five minutes without a token.
        anonymous_requests_per_5_minutes: u32 = 300, "a whole number from 1 to 1000000", whole(1..=1_000_000);
        /// How many activities one server may send to our inboxes in five minutes.
        inbox_requests_per_host_per_5_minutes: u32 = 6_000, "a whole number from 1 to 10000000", whole(1..=10_000_000);
    }
}
