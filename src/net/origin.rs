//! Origins and hosts as the Fediverse compares them.

use url::Url;

/// Whether two addresses have the same scheme, host and port.
pub fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str().is_some()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// The host in lower case, with its port where that is unusual for the scheme. `host.` is the same machine as `host`.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host).to_owned();
    url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}
