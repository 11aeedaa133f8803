//! What a proxy does to requests on their way: by asking ourselves, signed, through the front door.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use url::Url;

use super::{
    Judged, Trouble, Visit, door,
    report::{Known, Told, said, told},
    visit::{HTML, MANGLED, all_of, silent},
};
use crate::{
    error::Error,
    federation::{
        inbox::BODY_LIMIT,
        keys,
        probe::{self, Seen},
    },
    net::{
        content_type::{ACCEPT_ACTIVITY, ACTIVITY, is_activity, is_html},
        signatures::{Digested, Scheme, cavage, rfc9421},
    },
};

/// A query that proxies like to tidy up, and must not: it is signed.
const QUERY: &str = "page=1&name=a%20b%2Fc&list[]=2&empty=";
/// Such a path is tidied up by a proxy that was told of one: by nginx after `proxy_pass http://127.0.0.1:8080/;`.
const ODD_PATH: &str = "/a%20b%2Fc%40d";
/// What to do when something of a request is lost.
const PASS_ON: Known = (
    "advice.pass_on",
    "Let the proxy pass on method, path, query, body and all headers as they come. In nginx: proxy_pass \
     http://127.0.0.1:8080; with no path behind the port, not even a / (with one, nginx writes every path anew), and \
     proxy_set_header Host $http_host; Caddy's reverse_proxy does it by itself.",
);

/// A probe: what was sent, and what arrived.
pub(super) struct Probe {
    method: Method,
    url: Url,
    headers: HeaderMap,
    digest: String,
    pub seen: Seen,
    /// The headers of the answer.
    pub answered: HeaderMap,
}

/// How a probe is signed.
#[derive(Debug, Clone, Copy)]
enum Signed {
    Post(Scheme),
    Get,
    No,
}

async fn probe(visit: &Visit, signed: Signed, body: Bytes) -> Result<Probe, Trouble> {
    probe_at(visit, probe::PATH, signed, body).await
}

async fn probe_at(visit: &Visit, path: &str, signed: Signed, body: Bytes) -> Result<Probe, Trouble> {
    let mut url = visit.base.clone();
    url.set_path(path);
    url.set_query(Some(QUERY));
    let (digest, now) = (Digested::of(&body), visit.app.db.now());
    let mut headers = HeaderMap::new();
    let signer = match signed {
        Signed::No => None,
        _ => Some(keys::open_keys(&visit.app, &visit.server).await?.rsa),
    };
    let method = if matches!(signed, Signed::Get) { Method::GET } else { Method::POST };
    if method == Method::POST {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ACTIVITY));
    } else {
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT_ACTIVITY));
    }
    if let Some(signer) = signer {
        match signed {
            Signed::Post(Scheme::Rfc9421) => {
                rfc9421::sign(&signer, "POST", &url, &mut headers, Some(&digest), now)?;
            }
            Signed::Post(Scheme::Cavage) => {
                cavage::sign(&signer, "POST", &url, &mut headers, Some(&digest), true, now)?;
            }
            _ => cavage::sign(&signer, "GET", &url, &mut headers, None, true, now)?,
        }
    }
    let ticket = HeaderValue::from_str(&probe::ticket(&visit.app)).map_err(Error::internal)?;
    headers.insert(HeaderName::from_static(probe::TICKET), ticket);
    let answered = visit.client.ask(method.clone(), &url, headers.clone(), body).await;
    headers.remove(probe::TICKET);
    let answered = answered.map_err(|error| {
        let why = said(&error);
        let found = told!("found.probe_silent", "A {method} to {path}: {why}", method = method, path = path, why = why);
        Trouble::failed(found, PASS_ON)
    })?;
    match serde_json::from_slice::<Seen>(&answered.body) {
        Ok(seen) if answered.status == StatusCode::OK => {
            Ok(Probe { method, url, headers, digest: digest.header(), seen, answered: answered.headers })
        }
        _ => Err(Trouble::failed(
            told!(
                "found.probe_lost",
                "A {method} to {path} was answered {status}, and did not arrive where it was sent.",
                method = method,
                path = path,
                status = answered.status.as_u16(),
            ),
            PASS_ON,
        )),
    }
}

/// A probe that is not signed.
pub(super) async fn plain_probe(visit: &Visit) -> Result<Probe, Trouble> {
    probe(visit, Signed::No, small()).await
}

fn small() -> Bytes {
    Bytes::from_static(b"{\"type\":\"Probe\"}")
}

impl Probe {
    /// What differs between what was sent and what arrived.
    fn differences(&self, host: &str) -> Vec<Told> {
        let mut wrong = Vec::new();
        let (sent, seen) = (self.method.as_str(), &self.seen.method);
        if sent != seen {
            wrong.push(told!(
                "found.method_differs",
                "The method was sent as “{sent}” and arrives as “{seen}”.",
                sent = sent,
                seen = seen,
            ));
        }
        let target =
            self.url.query().map_or_else(|| self.url.path().to_owned(), |query| format!("{}?{query}", self.url.path()));
        if target != self.seen.target {
            wrong.push(told!(
                "found.address_differs",
                "The address was sent as “{sent}” and arrives as “{seen}”.",
                sent = target,
                seen = self.seen.target,
            ));
        }
        if self.method == Method::POST && self.digest != self.seen.digest {
            wrong.push(told!(
                "found.digest_differs",
                "The digest of the body was sent as “{sent}” and arrives as “{seen}”.",
                sent = self.digest,
                seen = self.seen.digest,
            ));
        }
        for (name, value) in &self.headers {
            let sent = value.to_str().unwrap_or_default();
            let seen = self.seen.headers.get(name.as_str()).map_or("", String::as_str);
            let sent = if name == header::HOST { host } else { sent };
            match seen {
                "" => wrong.push(told!("found.header_lost", "The header {name} is lost.", name = name)),
                seen if seen != sent => {
                    wrong.push(told!(
                        "found.header_differs",
                        "The header {name} was sent as “{sent}” and arrives as “{seen}”.",
                        name = name,
                        sent = sent,
                        seen = seen,
                    ));
                }
                _ => {}
            }
        }
        wrong
    }
}

/// Whether method, address, headers and body arrive as they were sent.
pub(super) async fn requests_intact(visit: &Visit) -> Judged {
    let host = door::host(visit);
    let mut wrong = Vec::new();
    for signed in [Signed::Post(Scheme::Cavage), Signed::Post(Scheme::Rfc9421), Signed::Get] {
        for difference in probe(visit, signed, small()).await?.differences(&host) {
            if !wrong.contains(&difference) {
                wrong.push(difference);
            }
        }
    }
    let odd = format!("{}{ODD_PATH}", probe::PATH);
    for difference in probe_at(visit, &odd, Signed::Get, Bytes::new()).await?.differences(&host) {
        if !wrong.contains(&difference) {
            wrong.push(difference);
        }
    }
    let fine = ("found.intact", "Method, address, Host, Date, Digest, Signature and body are what was sent.");
    all_of(fine.into(), wrong, PASS_ON)
}

fn accepted(probe: &Probe) -> Judged {
    match &probe.seen.refused {
        None => Ok(("found.accepted", "Signed by the server's own actor, and accepted.").into()),
        Some(reason) => Err(Trouble::failed(
            told!("found.refused", "Refused: {why}", why = reason),
            (
                "advice.signatures",
                "What every other server sends is refused like this. requests_intact tells what is lost on the way; \
                 clock, whether it is the time; secret_key, whether it is the key.",
            ),
        )),
    }
}

/// Whether draft-cavage signatures are accepted, which nearly everybody sends.
pub(super) async fn signed_cavage(visit: &Visit) -> Judged {
    accepted(&probe(visit, Signed::Post(Scheme::Cavage), small()).await?)
}

/// Whether signatures of RFC 9421 are accepted, which Mastodon, Fedify and NodeBB send.
pub(super) async fn signed_rfc9421(visit: &Visit) -> Judged {
    accepted(&probe(visit, Signed::Post(Scheme::Rfc9421), small()).await?)
}

/// Whether signed GETs are accepted, by which GoToSocial and secured Mastodon servers show who asks.
pub(super) async fn signed_get(visit: &Visit) -> Judged {
    accepted(&probe(visit, Signed::Get, Bytes::new()).await?)
}

/// Whether the proxy lets in as much as we do.
pub(super) async fn large_bodies(visit: &Visit) -> Judged {
    let body = Bytes::from(vec![b' '; BODY_LIMIT]);
    let wanted = Digested::of(&body).header();
    let advice = (
        "advice.large_bodies",
        "Allow bodies of 1 MiB and more: client_max_body_size 110m in nginx, SecRequestBodyLimit in ModSecurity, the \
         settings of your protection elsewhere.",
    );
    match probe(visit, Signed::No, body).await {
        Ok(probe) if probe.seen.digest == wanted => Ok(("found.large", "1 MiB arrived whole.").into()),
        Ok(_) => {
            let found = ("found.large_changed", "1 MiB was sent, and something else arrived.");
            Err(Trouble::failed(found, advice))
        }
        Err(Trouble::Failed { found, .. }) => {
            let with = Told::of("found.with_large", "With 1 MiB:");
            Err(Trouble::failed(Told::all([with, found]), advice))
        }
        Err(other) => Err(other),
    }
}

/// Whether the inboxes answer to a POST, and with our own refusal of what is not signed.
pub(super) async fn inboxes(visit: &Visit) -> Judged {
    let shared = visit.app.site.shared_inbox();
    for inbox in [&shared, &visit.brand.inbox] {
        let url = Url::parse(inbox).map_err(Error::internal)?;
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(ACTIVITY))]);
        let answered = visit.client.ask(Method::POST, &url, headers, small()).await;
        let wrong = match &answered {
            Ok(answer)
                if answer.status == StatusCode::UNAUTHORIZED && answer.headers.contains_key("accept-signature") =>
            {
                continue;
            }
            Ok(answer) => told!(
                "found.inbox",
                "{url} answers {status} to what is not signed; it should be 401 with Accept-Signature.",
                url = inbox,
                status = answer.status.as_u16(),
            ),
            Err(error) => silent(inbox, error),
        };
        return Err(Trouble::failed(
            wrong,
            (
                "advice.inboxes",
                "Let the proxy, and the protection in front of it, pass POST with application/activity+json to \
                 everything below /ap/, without a challenge or a page of their own.",
            ),
        ));
    }
    let fine = "What is not signed is refused as it should be, at the shared inbox and at the brand's.";
    Ok(("found.inboxes", fine).into())
}

/// Whether one address gives servers the document and people the page, also one after the other.
pub(super) async fn negotiation(visit: &Visit) -> Judged {
    let page = visit.brand.page();
    let advice = (
        "advice.cache",
        "A cache between the network and this server mixes up documents and pages. Let it heed Vary: Accept, or let \
         it not keep /@… and /ap/…",
    );
    for (address, accept) in [
        (page, HTML),
        (page, ACCEPT_ACTIVITY),
        (page, HTML),
        (visit.brand.uri.as_str(), ACCEPT_ACTIVITY),
        (&visit.brand.uri, HTML),
        (&visit.brand.uri, ACCEPT_ACTIVITY),
    ] {
        let answer = visit
            .get_again(address, accept)
            .await
            .map_err(|error| Trouble::failed(silent(address, &error), MANGLED))?;
        let kind = answer.content_type();
        let right = if accept == HTML { is_html(kind) } else { is_activity(kind) };
        if answer.status != StatusCode::OK || !right {
            let found = told!(
                "found.answers_kind",
                "{url} answers {status} with “{kind}” to who accepts {accept}.",
                url = address,
                status = answer.status.as_u16(),
                kind = kind,
                accept = accept,
            );
            return Err(Trouble::failed(found, advice));
        }
        let vary = answer.headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
        let varies = vary.flat_map(|line| line.split(',')).any(|name| name.trim().eq_ignore_ascii_case("accept"));
        if !varies {
            let found = told!("found.no_vary", "{url} comes without Vary: Accept.", url = address);
            return Err(Trouble::failed(found, advice));
        }
    }
    Ok(told!(
        "found.negotiates",
        "{page} and {actor} give each what they ask for.",
        page = page,
        actor = visit.brand.uri,
    ))
}
