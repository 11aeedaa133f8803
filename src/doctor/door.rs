//! The front door: name, address, certificate, and who answers.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use serde_json::Value;
use url::Host;

use super::{
    Judged, Trouble, Visit, cause, machine,
    report::{Told, said, told},
    surroundings::{Surroundings, name_and_port},
    visit::{HTML, silent},
};
use crate::{
    domain::actors,
    net::{PublicKey, content_type::ACCEPT_ACTIVITY, host_of, is_global, same_origin},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Whether we federate at all.
pub(super) async fn federation(around: &Surroundings) -> Judged {
    match around.config.why_not_federating() {
        None if around.base.scheme() == "http" => Err(Trouble::warning(
            ("found.plain_http", "Other servers are spoken with in plain http."),
            (
                "advice.plain_http",
                "This is for tests and demos. For the public network, set the company up anew, with an https address \
                 as base_url and with another folder (data_dir) or another database.",
            ),
        )),
        None => Ok(told!(
            "found.federates",
            "Other servers reach it at {base}, people as @…@{domain}.",
            base = around.base,
            domain = around.site.domain,
        )),
        Some(alone) => Err(Trouble::failed(
            machine::alone_at(&alone),
            (
                "advice.try_out",
                "This is a try-out. For the real company put a proxy with a certificate in front, and set it up anew \
                 with another folder (data_dir) or another database, and with the https address of the proxy as \
                 base_url.",
            ),
        )),
    }
}

/// Whether each address that DNS has for our names takes connections.
pub(super) async fn addresses(around: &Surroundings) -> Judged {
    let (mut answering, mut silent, mut inside) = (Vec::new(), Vec::new(), Vec::new());
    let own = name_and_port(&around.base);
    let mut is_reached = false;
    for place in &around.places {
        if place.addresses.is_empty() {
            let advice = if place.name == own {
                cause::of(around, None).await
            } else {
                Told::of(
                    "advice.dns",
                    "Add an A record, and an AAAA record where you have IPv6, at whoever looks after your DNS.",
                )
            };
            return Err(Trouble::failed(
                Told::of("found.no_address", format!("There is no address for {}.", place.name))
                    .with("name", &place.name),
                advice,
            ));
        }
        let connect = async |address| (address, cause::connects(address).await);
        for (address, connected) in join_all(place.addresses.iter().copied().map(connect)).await {
            let line = format!("{address} ({})", place.name);
            if place.by_dns && !is_global(address.ip()) && !is_for_tests(&around.base) {
                inside.push(line.clone());
            }
            is_reached |= connected && place.name == own;
            if connected { answering.push(line) } else { silent.push(line) }
        }
    }
    if !silent.is_empty() {
        let silent = silent.join(", ");
        let found = Told::of("found.nobody", format!("Nobody answers at {silent}.")).with("addresses", &silent);
        return Err(if is_reached {
            let advice = (
                "advice.silent",
                "Whoever is given this address cannot reach you. Take it out of DNS, or let the server listen there.",
            );
            Trouble::warning(found, advice)
        } else {
            Trouble::failed(found, cause::of(around, None).await)
        });
    }
    if !inside.is_empty() {
        return Err(Trouble::warning(
            Told::of(
                "found.inside",
                format!("Seen from here, the name leads to an address inside: {}.", inside.join(", ")),
            )
            .with("addresses", &inside.join(", ")),
            (
                "advice.inside",
                "This may be how your network looks from within. Make sure that the world is given a public address, \
                 and run the doctor with --at ADDRESS:PORT to ask there.",
            ),
        ));
    }
    Ok(told!("found.connects", "Connections are taken at {addresses}.", addresses = answering.join(", ")))
}

/// Whether nobody outside knows the name anyway.
fn is_for_tests(base: &url::Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost") || name.ends_with(".test"),
        None => false,
    }
}

/// Whether the certificates of our names are good, and for how long.
pub(super) async fn certificate(around: &Surroundings) -> Judged {
    if around.base.scheme() != "https" {
        return Err(Trouble::skipped(("found.base_http", "The base URL is plain http.")));
    }
    let now = around.now;
    let (mut soonest, mut told, mut unseen) = (None, Vec::new(), Vec::new());
    for place in [&around.base, &around.handles] {
        let name = name_and_port(place);
        if told.iter().any(|(known, _)| *known == name) || unseen.contains(&name) {
            continue;
        }
        let addresses = around.place_of(place).map_or(&[][..], |place| place.addresses.as_slice());
        if !cause::somebody_listens(addresses).await {
            unseen.push(name);
            continue;
        }
        let shown = around.client.certificate(place).await.map_err(|error| {
            Trouble::failed(
                told!("found.no_certificate", "{name}: {why}", name = name, why = said(&error)),
                (
                    "advice.certificate",
                    "Other servers refuse what they cannot verify. Let the proxy show a certificate for this name \
                     from an authority that browsers know, with the certificates between, and renew it by itself \
                     (Caddy does; nginx with certbot).",
                ),
            )
        })?;
        let days = shown.until.since(now).as_secs() / DAY.as_secs();
        soonest = Some(soonest.map_or(days, |soonest: u64| soonest.min(days)));
        told.push((name, days));
    }
    let found = Told::all(told.iter().map(|(name, days)| {
        told!("found.certificate", "{name} is good for {days} more days.", name = name, days = days)
    }));
    let advice = ("advice.renew", "Renew it now, and see why that does not happen by itself.");
    match soonest {
        Some(0..=3) => Err(Trouble::failed(found, advice)),
        Some(4..=14) => Err(Trouble::warning(found, advice)),
        _ if !unseen.is_empty() => Err(Trouble::skipped(told!(
            "found.certificate_unseen",
            "Not seen, because {check} failed: nobody shows a certificate for {names}.",
            check = "addresses",
            names = unseen.join(", "),
        ))),
        _ => Ok(found),
    }
}

/// Whether the base URL is answered, and by us: by who has the keys that are in our database.
pub(super) async fn front_door(visit: &Visit) -> Judged {
    let uri = &visit.server.uri;
    let answered = visit.get(uri, ACCEPT_ACTIVITY).await;
    let fetched = match answered.as_ref() {
        Ok(fetched) => fetched,
        Err(error) => {
            let found = silent(uri, error);
            return Err(Trouble::failed(found, cause::of(visit.around(), None).await));
        }
    };
    let id = visit.server.id;
    let keys = visit.app.db.read(move |conn| actors::keys_of(conn, id)).await?;
    let document: Value = serde_json::from_slice(&fetched.body).unwrap_or_default();
    let published = document.pointer("/publicKey/publicKeyPem").and_then(Value::as_str);
    let published = published.and_then(|pem| PublicKey::from_pem(pem).ok());
    let ours = keys.iter().filter(|key| key.algorithm == "rsa").map(|key| key.public_key.clone()).next();
    // An actor has no keys before it first needs them; then the one who answers has just made them.
    let same = published.is_some_and(|published| ours.is_none_or(|ours| published.to_bytes() == ours));
    if fetched.status == StatusCode::OK && same {
        return Ok(told!("found.our_keys", "{url} is answered with the keys of this database.", url = uri));
    }
    let text = format!("{uri} answers {}, and not with the server's own actor and its key.", fetched.status);
    let found = Told::of("found.not_us", text).with("url", uri).with("status", &fetched.status.as_u16());
    Err(Trouble::failed(found, cause::of(visit.around(), Some(fetched.status)).await))
}

/// Whether who types the name without https arrives too.
pub(super) async fn https_redirect(visit: &Visit) -> Judged {
    if visit.base.scheme() != "https" || visit.base.port().is_some() {
        return Err(Trouble::skipped(("found.unusual_port", "Only where the base URL is https at the usual port.")));
    }
    let mut plain = visit.base.clone();
    // Fails only for addresses without a host.
    let _ = plain.set_scheme("http");
    plain.set_path(&format!("/@{}", visit.brand.username));
    let advice =
        ("advice.redirect", "Let the proxy answer port 80 with a redirect (301) to the same address with https.");
    match visit.get(plain.as_str(), HTML).await.as_ref() {
        Ok(fetched) if same_origin(&fetched.url, &visit.base) && fetched.url.path() == plain.path() => {
            Ok(told!("found.leads", "{from} leads to {to}.", from = plain, to = fetched.url))
        }
        Ok(fetched) if fetched.url.scheme() == "http" => {
            let status = fetched.status.as_u16();
            let found =
                told!("found.unencrypted", "{url} answers {status} without encryption.", url = plain, status = status);
            Err(Trouble::failed(found, advice))
        }
        Ok(fetched) => {
            let found = told!("found.leads", "{from} leads to {to}.", from = plain, to = fetched.url);
            Err(Trouble::warning(found, advice))
        }
        Err(error) => Err(Trouble::warning(silent(plain.as_str(), error), advice)),
    }
}

/// The host that requests of others name.
pub(super) fn host(visit: &Visit) -> String {
    host_of(&visit.base)
}
