//! How we listen, and whom we believe about where a request comes from.

use super::section::{optional, plain, section, whole};
use ipnet::IpNet;
use std::net::SocketAddr;

section! {
    /// How we answer HTTP requests.
    Server {
        /// Networks of the reverse proxies in front of us. Only from there do we believe `X-Forwarded-For`.
        trusted_proxies: Vec<IpNet> = Vec::new(), "a list of networks, such as [\"127.0.0.0/8\", \"::1/128\"]", plain;
        /// How many seconds a request may take.
        request_timeout_seconds: u64 = 30, "a whole number from 1 to 300", whole(1..=300);
        /// How many seconds a connection may take to send the head of a request, also when it is kept open after one.
        head_timeout_seconds: u64 = 60, "a whole number from 1 to 300", whole(1..=300);
        /// How many connections there may be altogether. Fewer where the system lets us have fewer open files.
        connections: usize = 4_096, "a whole number from 16 to 1000000", whole(16..=1_000_000);
        /// How many connections one network address may have. Trusted proxies may have all of them.
        connections_per_address: usize = 256, "a whole number from 1 to 1000000", whole(1..=1_000_000);
        /// How many requests of one network address may be under way, also of one for which a trusted proxy asks.
        requests_per_address: usize = 256, "a whole number from 1 to 1000000", whole(1..=1_000_000);
        /// How many seconds running requests and jobs get to finish when the server is asked to stop.
        stop_seconds: u64 = 10, "a whole number from 0 to 300", whole(0..=300);
    }
}

section! {
    /// Where we publish figures about ourselves.
    Metrics {
        /// The address and port that answers Prometheus at `/metrics`. Not set: none.
        listen: Option<SocketAddr> = None, "an address with a port, such as 127.0.0.1:9464", optional(plain);
    }
}
