//! How we speak with other servers.

use super::section::{plain, section, text, whole};
use crate::net::AddressPolicy;
use toml::Value;

section! {
    /// How we speak with other servers.
    Federation {
        /// For tests and demos: speak plain HTTP with other servers. Refused unless the base URL is a loopback, `.localhost` or `.test` name.
        allow_http: bool = false, "true or false", plain;
        /// For tests and demos: private addresses that we may connect to all the same, as networks with a port or a range of ports. Refused unless the base URL is a loopback, `.localhost` or `.test` name.
        allowed_private_addresses: Vec<String> = Vec::new(), "a list of networks with ports, such as [\"127.0.1.0/24:17080\", \"127.0.0.1:9000-9999\"]", networks_with_ports;
        /// How many seconds connecting to another server may take.
        connect_timeout_seconds: u64 = 5, "a whole number from 1 to 60", whole(1..=60);
        /// How many seconds a whole request to another server may take, body included.
        request_timeout_seconds: u64 = 10, "a whole number from 1 to 120", whole(1..=120);
        /// The largest answer that we read from another server, in bytes. Compressed answers are refused.
        response_bytes: usize = 1_000_000, "a whole number from 65536 to 16777216", whole(65_536..=16_777_216);
        /// How many deliveries are in flight at a time.
        delivery_concurrency: usize = 64, "a whole number from 1 to 1000", whole(1..=1000);
        /// How many deliveries to one host are in flight at a time.
        deliveries_per_host: usize = 4, "a whole number from 1 to 32", whole(1..=32);
        /// How many deliveries to one host may wait. What comes after that is not sent to it, and its receipt says so.
        deliveries_waiting_per_host: u32 = 10_000, "a whole number from 100 to 10000000", whole(100..=10_000_000);
        /// How many activities of one host may wait here for documents of others. What comes after that is answered 429.
        activities_waiting_per_host: u32 = 1_000, "a whole number from 10 to 1000000", whole(10..=1_000_000);
        /// For how many days we try to reach a server that does not answer.
        delivery_days: u32 = 7, "a whole number from 1 to 30", whole(1..=30);
    }
}

/// Reads the list as text that `net` understands.
fn networks_with_ports(value: &Value) -> Option<Vec<String>> {
    let list: Vec<String> = value.as_array()?.iter().map(text).collect::<Option<_>>()?;
    // The caller names the key and where it stands, which says more than the entry alone.
    AddressPolicy::parse(&list).is_ok().then_some(list)
}
