//! The company as people and search engines find it.

use super::{
    Judged, Trouble, Visit,
    report::Known,
    visit::{HTML, MANGLED, all_of},
};
use crate::{domain::actors, net::Fetched, text};

/// A page that is larger than this is slow on an old phone.
const LARGEST: usize = 100_000;

/// What to do when a page is forbidden by a header that is not ours.
pub(super) const NO_HEADER: Known = (
    "advice.no_header",
    "This server sends no such header with pages, so something in front of it adds it. Take it out there: in nginx it \
     is a line add_header X-Robots-Tag, in Caddy one that begins with header; content delivery networks have a \
     setting.",
);

/// Whether this value of a robots header or tag asks not to be listed, be it for all search engines or for one.
pub(super) fn forbids(value: &str) -> bool {
    value.split([',', ':']).any(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "noindex" | "none"))
}

/// Which address sends a header that asks not to be listed, and what it says.
pub(super) fn forbidden_by_header(page: &Fetched) -> Option<String> {
    let told = page.headers.get_all("x-robots-tag").iter().filter_map(|value| value.to_str().ok());
    let told = told.into_iter().find(|value| forbids(value))?;
    Some(format!("{} sends the header “X-Robots-Tag: {told}”, which keeps search engines from listing it.", page.url))
}

/// Whether the brand's page may be listed, and is one.
pub(super) async fn indexable(visit: &Visit) -> Judged {
    let address = visit.brand.page();
    let page = visit.found(address, HTML, MANGLED).await?;
    let html = String::from_utf8_lossy(&page.body);
    let mut wrong = Vec::new();
    let title =
        html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map_or("", |(title, _)| title);
    if title.trim().is_empty() {
        wrong.push("It has no title.".to_owned());
    }
    if !html.contains(&format!("type=\"application/activity+json\" href=\"{}\"", visit.brand.uri)) {
        wrong.push("It does not link to its document, by which servers find the actor of a page.".to_owned());
    }
    if page.body.len() > LARGEST {
        wrong.push(format!("It has {} kB.", page.body.len() / 1000));
    }
    if let Some(told) = forbidden_by_header(&page) {
        return Err(Trouble::failed(told, NO_HEADER));
    }
    let forbidden = html.contains("<meta name=\"robots\" content=\"noindex");
    if forbidden && visit.brand.indexable {
        wrong.push("It forbids search engines to list it.".to_owned());
    }
    all_of(format!("{address} may be listed."), &wrong, MANGLED)?;
    if !visit.brand.indexable {
        return Err(Trouble::warning(
            format!("The brand asks search engines not to list {address}."),
            (
                "advice.indexable",
                "If people should find the company, set the brand's profile to be found by search engines (indexable).",
            ),
        ));
    }
    Ok(format!("{address} may be listed, and is titled “{}”.", title.trim()))
}

/// Whether the pages that our profiles link to link back, which makes the links proofs.
pub(super) async fn rel_me(visit: &Visit) -> Judged {
    let ours = visit.app.db.read(|conn| actors::list_local(conn, 1000)).await?;
    let (mut proved, mut unproved) = (0, Vec::new());
    for actor in ours.iter().filter(|actor| actor.is_active()) {
        for field in &actor.fields.0 {
            let Some(link) = text::http_url(text::plain(&field.value).trim()) else { continue };
            if field.verified_at.is_some() {
                proved += 1;
            } else {
                unproved.push(format!("{link} (@{})", actor.username));
            }
        }
    }
    if unproved.is_empty() {
        return Ok(if proved == 0 { "No profile links to a page.".to_owned() } else { format!("{proved} proved.") });
    }
    let more = unproved.len().saturating_sub(5);
    unproved.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(Trouble::warning(
        format!("Not proved: {}{more}.", unproved.join(", ")),
        (
            "advice.rel_me",
            "Put a link to the profile with rel=\"me\" on each of these pages, then save the profile again.",
        ),
    ))
}
