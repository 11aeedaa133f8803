//! The company as people and search engines find it.

use super::{
    Judged, Trouble, Visit,
    report::{Known, Told, told},
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
pub(super) fn forbidden_by_header(page: &Fetched) -> Option<Told> {
    let told = page.headers.get_all("x-robots-tag").iter().filter_map(|value| value.to_str().ok());
    let told = told.into_iter().find(|value| forbids(value))?;
    Some(told!(
        "found.header_forbids",
        "{url} sends the header “X-Robots-Tag: {header}”, which keeps search engines from listing it.",
        url = &page.url,
        header = told,
    ))
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
        wrong.push(("found.no_title", "It has no title.").into());
    }
    if !html.contains(&format!("type=\"application/activity+json\" href=\"{}\"", visit.brand.uri)) {
        wrong.push(
            ("found.no_document", "It does not link to its document, by which servers find the actor of a page.")
                .into(),
        );
    }
    if page.body.len() > LARGEST {
        wrong.push(told!("found.large_page", "It has {size} kB.", size = page.body.len() / 1000));
    }
    if let Some(told) = forbidden_by_header(&page) {
        return Err(Trouble::failed(told, NO_HEADER));
    }
    let forbidden = html.contains("<meta name=\"robots\" content=\"noindex");
    if forbidden && visit.brand.indexable {
        wrong.push(("found.forbids_itself", "It forbids search engines to list it.").into());
    }
    let title = title.trim();
    let fine = told!("found.indexable", "{url} may be listed, and is titled “{title}”.", url = address, title = title);
    let fine = all_of(fine, wrong, MANGLED)?;
    if !visit.brand.indexable {
        return Err(Trouble::warning(
            told!("found.not_indexable", "The brand asks search engines not to list {url}.", url = address),
            (
                "advice.indexable",
                "If people should find the company, set the brand's profile to be found by search engines (indexable).",
            ),
        ));
    }
    Ok(fine)
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
        return Ok(if proved == 0 {
            ("found.no_links", "No profile links to a page.").into()
        } else {
            told!("found.links_proved", "{count} proved.", count = proved)
        });
    }
    let more = unproved.len().saturating_sub(5);
    unproved.truncate(5);
    let links = unproved.join(", ");
    Err(Trouble::warning(
        if more > 0 {
            told!("found.many_unproved", "Not proved: {links} and {more} more.", links = links, more = more)
        } else {
            told!("found.unproved", "Not proved: {links}.", links = links)
        },
        (
            "advice.rel_me",
            "Put a link to the profile with rel=\"me\" on each of these pages, then save the profile again.",
        ),
    ))
}
