//! Whether we know for whom the proxy asks: limits are for each visitor's address.

use std::net::IpAddr;

use http::header;

use super::{
    Judged, Trouble, Visit,
    proxy::{Probe, plain_probe},
    report::{Known, Told, told},
};

/// What to do when the proxy does not say who asks.
const SAY_WHO: Known = (
    "advice.say_who",
    "Let the proxy add X-Forwarded-For. In nginx, beside proxy_pass: proxy_set_header X-Forwarded-For \
     $proxy_add_x_forwarded_for; Caddy's reverse_proxy does it by itself.",
);
/// Where nobody knows who connects.
const UNKNOWN: Known = ("found.peer_unknown", "The server does not know who connects to it.");
/// What proxies add to a request, each in its own way.
const ADDED: [&str; 5] = ["via", "forwarded", "x-forwarded-proto", "x-forwarded-host", "x-real-ip"];

/// Whether we know visitors by their own addresses.
pub(super) async fn visitors(visit: &Visit) -> Judged {
    let proxies = &visit.config.server.trusted_proxies;
    if let Some(wide) = proxies.iter().find(|network| network.prefix_len() < 7) {
        return Err(Trouble::failed(
            told!(
                "found.wide_proxies",
                "server.trusted_proxies has {network}: anybody there may claim any address.",
                network = wide,
            ),
            ("advice.proxies", "List the addresses of your proxies only, such as [\"127.0.0.0/8\", \"::1/128\"]."),
        ));
    }
    let probe = plain_probe(visit).await?;
    let Some(peer) = probe.seen.peer else {
        return Err(Trouble::skipped(UNKNOWN));
    };
    let forwarded = probe.seen.headers.get("x-forwarded-for");
    let trusted = proxies.iter().any(|network| network.contains(&peer.to_canonical()));
    match (forwarded, trusted, probe.seen.client) {
        (None, ..) => unnamed(visit, &probe, peer),
        (Some(_), false, _) => Err(Trouble::failed(
            told!(
                "found.not_believed",
                "{peer} sends X-Forwarded-For and is not believed: all visitors share one limit.",
                peer = peer,
            ),
            Told::of(
                "advice.trust",
                format!(
                    "If this is your proxy, set server.trusted_proxies = [\"{peer}\"] with /32 (IPv4) or /128 (IPv6) \
                     behind the address."
                ),
            )
            .with("peer", &peer),
        )),
        (Some(_), true, Some(client)) => Ok(told!(
            "found.forwarded",
            "The proxy at {peer} says that this request came from {client}.",
            peer = peer,
            client = client,
        )),
        (Some(_), true, None) => Err(Trouble::skipped(UNKNOWN)),
    }
}

/// No X-Forwarded-For arrived: that is fine where nothing stands between the visitors and us.
fn unnamed(visit: &Visit, probe: &Probe, peer: IpAddr) -> Judged {
    // We add neither to our answers.
    let named = [header::SERVER, header::VIA].iter().find_map(|name| probe.answered.get(name)?.to_str().ok());
    let added = ADDED.iter().any(|name| probe.seen.headers.contains_key(*name));
    if visit.base.scheme() == "https" || named.is_some() || added {
        let found = match named {
            Some(named) => told!(
                "found.named_proxy_silent",
                "The proxy ({name}) at {peer} does not say for whom it asks: all visitors share one limit.",
                name = named,
                peer = peer,
            ),
            None => told!(
                "found.proxy_silent",
                "The proxy at {peer} does not say for whom it asks: all visitors share one limit.",
                peer = peer,
            ),
        };
        return Err(Trouble::failed(found, SAY_WHO));
    }
    let (outside, inside) = (visit.base.port_or_known_default().unwrap_or(80), visit.config.listen.port());
    if outside != inside {
        let found = told!(
            "found.ports_differ",
            "Requests to port {outside} arrive at port {inside} from {peer}, and nobody says for whom: if a proxy \
             passes them on, all visitors share one limit.",
            outside = outside,
            inside = inside,
            peer = peer,
        );
        return Err(Trouble::warning(found, SAY_WHO));
    }
    Ok(told!("found.no_proxy", "There is no proxy; we are asked from {peer}.", peer = peer))
}
