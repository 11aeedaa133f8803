//! The company as search engines, feed readers and link checkers find it.

use url::Url;

use super::{
    Judged, Trouble, Visit,
    markup::{self, Element},
    readers::{NO_HEADER, forbidden_by_header, forbids},
    report::{Known, Told, told},
    visit::{ANY, HTML, all_of},
};
use crate::{
    domain::{actors, org},
    net::{Fetched, content_type::ACCEPT_ACTIVITY, same_origin},
    text,
};

/// What to do when what is for everybody does not arrive as we say it.
const PASS_ON: Known = (
    "advice.pass_pages",
    "Let the proxy pass /robots.txt, /sitemap.xml, everything below /sitemap/ and the feeds on to this server, and \
     not answer them with files or rules of its own. Compare with what the server answers at its own port (see \
     listen) with curl.",
);
/// What to do when a page does not arrive as we say it.
const REWRITTEN: Known = (
    "advice.rewritten",
    "Something between the network and this server changes pages. Compare with what the server answers at its own \
     port (see listen) with curl, and switch off whatever there minifies, rewrites or keeps pages.",
);
/// Who comes by, by the names that robots.txt knows; the last is anybody else.
const CRAWLERS: [&str; 4] = ["Googlebot", "Bingbot", "DuckDuckBot", "Anybody"];
/// How many profiles are looked at.
const PROFILES: usize = 10;

/// Whether robots.txt lets search engines in, and shows them the way.
pub(super) async fn robots(visit: &Visit) -> Judged {
    let base = &visit.app.site.base_url;
    let url = format!("{base}/robots.txt");
    let answer = visit.found(&url, ANY, PASS_ON).await?;
    let told = String::from_utf8_lossy(&answer.body);
    let mut wrong = Vec::new();
    if !answer.content_type().starts_with("text/plain") {
        wrong.push(told!(
            "found.other_type",
            "Its type is “{kind}” and not {wanted}.",
            kind = answer.content_type(),
            wanted = "text/plain",
        ));
    }
    let page = Url::parse(visit.brand.page()).map_or_else(|_| "/".to_owned(), |page| page.path().to_owned());
    for path in ["/", &page, "/sitemap.xml"] {
        let kept_out: Vec<&str> =
            CRAWLERS.into_iter().filter(|crawler| !markup::admits(&told, crawler, path)).collect();
        if !kept_out.is_empty() {
            let crawlers = kept_out.join(", ");
            wrong.push(told!(
                "found.keeps_out",
                "It keeps {crawlers} out of {path}.",
                crawlers = crawlers,
                path = path
            ));
        }
    }
    let sitemap = format!("{base}/sitemap.xml");
    let named = told
        .lines()
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| name.trim().eq_ignore_ascii_case("sitemap") && value.trim() == sitemap);
    if !named {
        wrong.push(told!("found.names_no_map", "It does not name {sitemap}.", sitemap = sitemap));
    }
    let fine = told!("found.robots", "{url} lets search engines in, and names the sitemap.", url = url);
    all_of(fine, wrong, PASS_ON)
}

/// That what follows is about this document.
pub(super) fn of_document(url: &str) -> Told {
    told!("found.of_document", "{url}:", url = url)
}

/// A document of ours in XML with its elements; the first must have one of these names.
async fn xml(visit: &Visit, url: &str, kind: &str, roots: &[&str]) -> Result<Vec<Element>, Trouble> {
    let answer = visit.found(url, ANY, PASS_ON).await?;
    let wrong = |what: Told| Trouble::failed(Told::all([of_document(url), what]), PASS_ON);
    if !answer.content_type().starts_with(kind) {
        return Err(wrong(told!(
            "found.other_type",
            "Its type is “{kind}” and not {wanted}.",
            kind = answer.content_type(),
            wanted = kind,
        )));
    }
    let text = std::str::from_utf8(&answer.body).map_err(|_| wrong(("found.no_utf", "It is not UTF-8.").into()))?;
    let elements = markup::elements(text)
        .map_err(|why| wrong(told!("found.malformed", "It is not well-formed: {why}.", why = why)))?;
    match elements.first() {
        Some(first) if roots.contains(&first.name.as_str()) => Ok(elements),
        first => {
            let name = first.map_or("", |first| first.name.as_str());
            Err(wrong(told!("found.begins_with", "It begins with “{name}”.", name = name)))
        }
    }
}

/// The addresses that a sitemap lists.
async fn listed(visit: &Visit, url: &str) -> Result<Vec<String>, Trouble> {
    let elements = xml(visit, url, "application/xml", &["urlset", "sitemapindex"]).await?;
    Ok(elements.into_iter().filter(|element| element.name == "loc").map(|element| element.text).collect())
}

fn map_of_pages(visit: &Visit) -> String {
    format!("{}/sitemap/pages.xml", visit.app.site.base_url)
}

/// Whether the sitemap can be read, and leads to the company's pages.
pub(super) async fn sitemap(visit: &Visit) -> Judged {
    let base = &visit.app.site.base_url;
    let url = format!("{base}/sitemap.xml");
    let maps = listed(visit, &url).await?;
    let of_pages = map_of_pages(visit);
    if !maps.contains(&of_pages) {
        return Err(Trouble::failed(unlisted(&url, &of_pages), PASS_ON));
    }
    let pages = listed(visit, &of_pages).await?;
    let mut wrong = Vec::new();
    let wanted = visit.brand.indexable.then(|| visit.brand.page().to_owned());
    for page in [Some(format!("{base}/")), wanted].into_iter().flatten() {
        if !pages.contains(&page) {
            wrong.push(unlisted(&of_pages, &page));
        }
    }
    let mut all = pages.len();
    // The newest and the middle one of those of posts stand for the others.
    let of_posts: Vec<&String> = maps.iter().filter(|map| **map != of_pages).collect();
    let newest = of_posts.last();
    for map in newest.into_iter().chain(of_posts.get(of_posts.len() / 2).filter(|middle| Some(*middle) != newest)) {
        let posts = listed(visit, map).await?;
        all += posts.len();
        wrong.extend(strangers(visit, map, &posts));
    }
    wrong.extend(strangers(visit, &url, &maps));
    wrong.extend(strangers(visit, &of_pages, &pages));
    let fine = told!(
        "found.sitemap",
        "{url} leads to {maps} sitemaps; those that were read list {pages} pages.",
        url = url,
        maps = maps.len(),
        pages = all,
    );
    all_of(fine, wrong, PASS_ON)
}

fn unlisted(map: &str, page: &str) -> Told {
    told!("found.unlisted", "{map} does not list {page}.", map = map, page = page)
}

/// Addresses that are not ours: search engines believe no sitemap that lists those of others.
fn strangers(visit: &Visit, map: &str, pages: &[String]) -> Option<Told> {
    let ours = |page: &&String| Url::parse(page).is_ok_and(|page| same_origin(&page, &visit.base));
    let strange = pages.iter().find(|page| !ours(page))?;
    Some(told!("found.strange_page", "{map} lists {page}, which is not below the base URL.", map = map, page = strange))
}

/// Whether the brand's page names its feed, and the feed can be read.
pub(super) async fn feeds(visit: &Visit) -> Judged {
    let page = visit.found(visit.brand.page(), HTML, REWRITTEN).await?;
    let (tags, _) = text::read_tags(&String::from_utf8_lossy(&page.body));
    let link = tags.iter().find(|tag| {
        tag.name == "link" && tag.has_rel("alternate") && tag.attribute("type") == Some("application/atom+xml")
    });
    let Some(address) = link.and_then(|link| page.url.join(link.attribute("href")?).ok()) else {
        let found = told!("found.no_feed", "{url} does not name its feed.", url = visit.brand.page());
        return Err(Trouble::failed(found, REWRITTEN));
    };
    let feed = xml(visit, address.as_str(), "application/atom+xml", &["feed"]).await?;
    let mut wrong = Vec::new();
    for name in ["id", "title", "updated"] {
        if !feed.iter().any(|element| element.name == name && !element.text.trim().is_empty()) {
            wrong.push(told!("found.feed_without", "{url} has no {member}.", url = address, member = name));
        }
    }
    let own = feed.iter().find(|element| element.name == "link" && element.attribute("rel") == Some("self"));
    if own.and_then(|own| own.attribute("href")) != Some(address.as_str()) {
        wrong.push(told!("found.feed_unsaid", "{url} does not say that it is itself.", url = address));
    }
    let entries = feed.iter().filter(|element| element.name == "entry").count();
    let fine = told!("found.feed", "{url} can be read, and has {count} entries.", url = address, count = entries);
    all_of(fine, wrong, PASS_ON)
}

/// Whether a page asks search engines in its text not to list it.
fn asks_to_be_left(page: &Fetched) -> bool {
    let (tags, _) = text::read_tags(&String::from_utf8_lossy(&page.body));
    tags.iter()
        .filter(|tag| tag.name == "meta")
        .filter(|tag| tag.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("robots")))
        .any(|tag| tag.attribute("content").is_some_and(forbids))
}

/// Whether pages, documents and the sitemap say of each of us what they chose: to be found by search engines or not.
pub(super) async fn profiles_listed(visit: &Visit) -> Judged {
    let ours = visit.app.db.read(|conn| actors::list_local(conn, 1000)).await?;
    let Ok(map) = listed(visit, &map_of_pages(visit)).await else {
        return Err(Trouble::skipped(super::not_asked("sitemap")));
    };
    let (mut found, mut hidden, mut wrong) = (0, 0, Vec::new());
    for actor in ours.iter().filter(|actor| actor.is_active()).take(PROFILES) {
        let address = actor.page().to_owned();
        let page = visit.found(&address, HTML, REWRITTEN).await?;
        let by_header = forbidden_by_header(&page);
        let left = by_header.is_some() || asks_to_be_left(&page);
        let (name, in_map) = (format!("@{}", actor.username), map.contains(&address));
        // Whether the brand's own page may be listed is what indexable tells.
        let another = actor.id != visit.brand.id;
        if let Some(told) = by_header.filter(|_| actor.indexable && another) {
            let listed = told!("found.may_be_listed", "{name} may be listed.", name = name);
            return Err(Trouble::failed(Told::all([listed, told]), NO_HEADER));
        }
        match (actor.indexable, left) {
            (true, true) if another => wrong.push(told!(
                "found.says_noindex",
                "{name} may be listed, and {url} says noindex.",
                name = name,
                url = address,
            )),
            (true, _) if another && !in_map => {
                wrong.push(told!("found.not_in_map", "{name} may be listed, and is not in the sitemap.", name = name));
            }
            (false, false) => wrong.push(told!(
                "found.no_noindex",
                "{name} may not be listed, and {url} does not say noindex.",
                name = name,
                url = address,
            )),
            (false, true) if in_map => {
                wrong.push(told!("found.in_map", "{name} may not be listed, and is in the sitemap.", name = name));
            }
            _ => {}
        }
        let (_, document) = visit.json(&actor.uri, ACCEPT_ACTIVITY, REWRITTEN).await?;
        for (member, chosen) in [("indexable", actor.indexable), ("discoverable", actor.discoverable)] {
            if document.get(member).and_then(serde_json::Value::as_bool) != Some(chosen) {
                wrong.push(told!(
                    "found.choice_unsaid",
                    "{name} chose {member}: {chosen}, and {url} does not say so.",
                    name = name,
                    member = member,
                    chosen = chosen,
                    url = actor.uri,
                ));
            }
        }
        if actor.indexable { found += 1 } else { hidden += 1 }
    }
    let fine = told!(
        "found.profiles_listed",
        "{listed} may be listed, {hidden} may not, and all say so.",
        listed = found,
        hidden = hidden,
    );
    all_of(fine, wrong, REWRITTEN)
}

/// Whether the links by which others are told that pages belong together (rel=me) are on our pages as they arrive.
pub(super) async fn rel_me_shown(visit: &Visit) -> Judged {
    let domain = visit.app.site.domain.clone();
    let website = visit.app.db.read(move |conn| Ok(org::company(conn, &domain)?.website)).await?;
    let home = format!("{}/", visit.app.site.base_url);
    let links = visit.brand.fields.0.iter().filter_map(|field| {
        let (tags, _) = text::read_tags(&field.value);
        let link = tags.iter().find(|tag| tag.name == "a").and_then(|tag| tag.attribute("href"));
        link.map(ToOwned::to_owned)
    });
    let wanted: [(String, Vec<String>); 2] =
        [(home, website.into_iter().collect()), (visit.brand.page().to_owned(), links.collect())];
    let (mut count, mut wrong) = (0, Vec::new());
    for (page, links) in wanted.iter().filter(|(_, links)| !links.is_empty()) {
        let answer = visit.found(page, HTML, REWRITTEN).await?;
        let (tags, _) = text::read_tags(&String::from_utf8_lossy(&answer.body));
        for link in links {
            let shown = tags.iter().any(|tag| {
                matches!(tag.name.as_str(), "a" | "link")
                    && tag.has_rel("me")
                    && tag.attribute("href") == Some(link.as_str())
            });
            if !shown {
                wrong.push(told!(
                    "found.no_rel_me",
                    "{page} has no link to {link} with rel=\"me\".",
                    page = page,
                    link = link
                ));
            }
        }
        count += links.len();
    }
    if count == 0 {
        return Ok(("found.no_own_links", "The company and its brand link to no page of theirs.").into());
    }
    let fine = told!("found.rel_me", "{count} links say that they are of the same company.", count = count);
    all_of(fine, wrong, REWRITTEN)
}
