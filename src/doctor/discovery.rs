//! How others find us: WebFinger both ways, host-meta, NodeInfo, and the server's own actor.

use http::header;
use serde_json::{Value, json};

use super::{
    Judged, Trouble, Visit,
    report::{Known, Told, told},
    surroundings::name_and_port,
    visit::{ANY, MANGLED, all_of},
};
use crate::net::{
    Fetched, PublicKey,
    content_type::{ACCEPT_JRD, is_jrd},
    host_of, same_origin,
};

/// What to do when the domain of the handles does not answer for us.
const SEND_ON: Known = (
    "advice.send_on",
    "Let the web server of that domain redirect /.well-known/webfinger, /.well-known/host-meta and \
     /.well-known/nodeinfo to the base URL, with their query; the operator's guide has the lines.",
);

/// A question for a handle or an address, asked of one of our hosts.
fn question(visit: &Visit, of_handles: bool, resource: &str) -> String {
    let host = if of_handles { &visit.handles } else { &visit.base };
    let resource: String = form_urlencoded::byte_serialize(resource.as_bytes()).collect();
    format!("{}/.well-known/webfinger?resource={resource}", host.as_str().trim_end_matches('/'))
}

/// What is wrong with an answer that should lead from `subject` to `actor`.
fn wrong_with(fetched: &Fetched, answer: &Value, subject: &str, actor: &str) -> Vec<Told> {
    let mut wrong = Vec::new();
    if !is_jrd(fetched.content_type()) {
        wrong.push(told!(
            "found.other_type",
            "Its type is “{kind}” and not {wanted}.",
            kind = fetched.content_type(),
            wanted = "application/jrd+json",
        ));
    }
    let said = answer.get("subject").and_then(Value::as_str).unwrap_or_default();
    if said != subject {
        wrong.push(told!(
            "found.other_subject",
            "It answers for “{said}” and not for {subject}.",
            said = said,
            subject = subject,
        ));
    }
    let mut links = answer.get("links").and_then(Value::as_array).into_iter().flatten();
    let own = links.find(|link| {
        let text = |name: &str| link.get(name).and_then(Value::as_str);
        text("rel") == Some("self") && text("type") == Some("application/activity+json")
    });
    match own.and_then(|link| link.get("href")).and_then(Value::as_str) {
        Some(href) if href == actor => {}
        Some(href) => wrong.push(told!(
            "found.leads_elsewhere",
            "It leads to {href} and not to {actor}.",
            href = href,
            actor = actor,
        )),
        None => wrong.push(("found.no_self", "It has no link “self” of the type application/activity+json.").into()),
    }
    wrong
}

/// From the handle to the actor, as every server asks first.
pub(super) async fn webfinger(visit: &Visit) -> Judged {
    let handle = format!("acct:{}", visit.brand.handle(&visit.app.site));
    let url = question(visit, true, &handle);
    let advice = if visit.is_split() { SEND_ON } else { MANGLED };
    let (fetched, answer) = visit.json(&url, ACCEPT_JRD, advice).await?;
    let mut wrong = wrong_with(&fetched, &answer, &handle, &visit.brand.uri);
    let open = fetched.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_some_and(|origin| origin == "*");
    if !open {
        wrong.push(("found.no_cors", "Access-Control-Allow-Origin: * is missing, so web apps cannot ask.").into());
    }
    all_of(led(&handle, &visit.brand.uri), wrong, advice)
}

/// That one leads to the other.
fn led(from: &str, to: &str) -> Told {
    told!("found.leads", "{from} leads to {to}.", from = from, to = to)
}

/// From the actor back to the same handle, over the host of its id, as Mastodon and NodeBB check it.
pub(super) async fn webfinger_back(visit: &Visit) -> Judged {
    let (_, document) = visit.document(&visit.brand.uri).await?;
    let handle = format!("acct:{}", visit.brand.handle(&visit.app.site));
    let mut wrong = Vec::new();
    let name = document.get("preferredUsername").and_then(Value::as_str).unwrap_or_default();
    if format!("acct:{}", document.get("webfinger").and_then(Value::as_str).unwrap_or_default()) != handle {
        wrong.push(told!(
            "found.no_handle",
            "The actor's document does not say that its handle is {handle}.",
            handle = handle,
        ));
    }
    for resource in
        [format!("acct:{name}@{}", host_of(&visit.base)), visit.brand.uri.clone(), visit.brand.page().to_owned()]
    {
        let (fetched, answer) = visit.json(&question(visit, false, &resource), ACCEPT_JRD, MANGLED).await?;
        let faults = wrong_with(&fetched, &answer, &handle, &visit.brand.uri);
        if !faults.is_empty() {
            wrong.push(told!("found.asked_for", "Asked for {resource}:", resource = resource));
            wrong.extend(faults);
        }
    }
    let fine = told!(
        "found.same_handle",
        "{actor} is {handle}, whichever way it is asked for.",
        actor = visit.brand.uri,
        handle = handle,
    );
    all_of(fine, wrong, MANGLED)
}

/// Whether the domain of the handles sends the other questions on, where it is another one.
pub(super) async fn split_domain(visit: &Visit) -> Judged {
    if !visit.is_split() {
        return Err(Trouble::skipped(("found.not_split", "Handles are on the server's own domain.")));
    }
    let mut wrong = Vec::new();
    for path in ["host-meta", "nodeinfo"] {
        let url = format!("{}/.well-known/{path}", visit.handles.as_str().trim_end_matches('/'));
        let fetched = visit.found(&url, ANY, SEND_ON).await?;
        if !same_origin(&fetched.url, &visit.base) {
            wrong.push(told!(
                "found.not_sent_on",
                "{url} is answered by {host} and not sent on.",
                url = url,
                host = name_and_port(&fetched.url),
            ));
        }
    }
    let fine = told!(
        "found.sent_on",
        "{domain} sends them on to {host}.",
        domain = host_of(&visit.handles),
        host = host_of(&visit.base),
    );
    all_of(fine, wrong, SEND_ON)
}

/// Whether host-meta says where WebFinger is.
pub(super) async fn host_meta(visit: &Visit) -> Judged {
    let url = format!("{}/.well-known/host-meta", visit.handles.as_str().trim_end_matches('/'));
    let advice = if visit.is_split() { SEND_ON } else { MANGLED };
    let fetched = visit.found(&url, ANY, advice).await?;
    let template = format!("{}/.well-known/webfinger?resource={{uri}}", visit.app.site.base_url);
    if String::from_utf8_lossy(&fetched.body).contains(&template) {
        return Ok(told!("found.host_meta", "{url} names {template}.", url = url, template = template));
    }
    let found = told!("found.no_template", "{url} does not name {template}.", url = url, template = template);
    Err(Trouble::failed(found, advice))
}

/// Whether NodeInfo says what runs here, and that it is this version.
pub(super) async fn nodeinfo(visit: &Visit) -> Judged {
    let base = &visit.app.site.base_url;
    let (_, discovery) = visit.json(&format!("{base}/.well-known/nodeinfo"), ANY, MANGLED).await?;
    let links: Vec<&Value> = discovery.get("links").and_then(Value::as_array).into_iter().flatten().collect();
    for version in ["2.0", "2.1"] {
        let rel = format!("http://nodeinfo.diaspora.software/ns/schema/{version}");
        let link = links.iter().find(|link| link.get("rel").and_then(Value::as_str) == Some(&rel));
        let Some(href) = link.and_then(|link| link.get("href")).and_then(Value::as_str) else {
            let found = told!("found.no_nodeinfo", "NodeInfo {version} is not linked.", version = version);
            return Err(Trouble::failed(found, MANGLED));
        };
        let (_, info) = visit.json(href, ANY, MANGLED).await?;
        let software = info.pointer("/software/name").and_then(Value::as_str).unwrap_or_default();
        if software != "guildhall" || info.get("protocols") != Some(&json!(["activitypub"])) {
            let found = told!("found.other_software", "{url} is not about Guildhall and ActivityPub.", url = href);
            return Err(Trouble::failed(found, MANGLED));
        }
        let running = info.pointer("/software/version").and_then(Value::as_str).unwrap_or_default();
        if running != env!("CARGO_PKG_VERSION") {
            return Err(Trouble::warning(
                told!(
                    "found.other_version",
                    "Version {running} answers, and this command is {ours}.",
                    running = running,
                    ours = env!("CARGO_PKG_VERSION"),
                ),
                ("advice.restart", "Restart the server, so that it runs what is installed."),
            ));
        }
    }
    Ok(told!("found.nodeinfo", "{base} is Guildhall {version}.", base = base, version = env!("CARGO_PKG_VERSION")))
}

/// Whether the actor that signs what we fetch can be read without a signature, with its key, and found by handle.
pub(super) async fn server_actor(visit: &Visit) -> Judged {
    let (_, document) = visit.document(&visit.server.uri).await?;
    let mut wrong = Vec::new();
    if document.get("type").and_then(Value::as_str) != Some("Application") {
        wrong.push(told!("found.no_application", "{actor} is no Application.", actor = visit.server.uri));
    }
    let pem = document.pointer("/publicKey/publicKeyPem").and_then(Value::as_str);
    if pem.is_none_or(|pem| PublicKey::from_pem(pem).is_err()) {
        wrong.push(told!("found.no_good_key", "{actor} has no key that can be read.", actor = visit.server.uri));
    }
    let handle = format!("acct:{}", visit.server.handle(&visit.app.site));
    let (fetched, answer) = visit.json(&question(visit, true, &handle), ACCEPT_JRD, MANGLED).await?;
    wrong.extend(wrong_with(&fetched, &answer, &handle, &visit.server.uri));
    let (_, discovery) = visit.json(&format!("{}/.well-known/nodeinfo", visit.app.site.base_url), ANY, MANGLED).await?;
    let link = json!({ "rel": "https://www.w3.org/ns/activitystreams#Application", "href": visit.server.uri });
    if !discovery.get("links").and_then(Value::as_array).is_some_and(|links| links.contains(&link)) {
        wrong.push(("found.not_in_nodeinfo", "NodeInfo does not link to it (FEP-2677).").into());
    }
    let fine = told!("found.server_actor", "{actor} is {handle}.", actor = visit.server.uri, handle = handle);
    all_of(fine, wrong, MANGLED)
}
