//! Whether the pages that a profile links to link back (rel=me), which makes the link a proof.

use url::Url;

use super::{Budget, document};
use crate::{
    app::App,
    domain::{ActorId, actors},
    error::Result,
    net::content_type,
    text,
};

/// How many fields of an actor are checked, as in Mastodon.
const FIELDS: usize = 4;
/// How many documents that may cost.
const FETCHES: u8 = 8;

/// Checks every field of an actor that is one link, and nothing else. An actor that changes its links again and again
/// does not make us ask again and again.
pub async fn handle_verify_fields(app: &App, actor: ActorId) -> Result<()> {
    let actor = app.db.read(move |conn| actors::get(conn, actor)).await?;
    if !actor.is_active() || !actor.is_local() && !app.fetches.may_verify(actor.id) {
        return Ok(());
    }
    let mut budget = Budget::of(FETCHES);
    let http = app.config.federation.allow_http;
    let links = actor.fields.0.iter().filter_map(|field| Some((field, only_link(&field.value, http)?)));
    for (field, link) in links.take(FIELDS) {
        let verified = links_back(app, &link, &actor.uri, actor.page(), &mut budget).await?;
        let (id, value) = (actor.id, field.value.clone());
        app.db.write(move |tx| actors::mark_field_verified(tx, id, &value, verified)).await?;
    }
    Ok(())
}

/// The address of a field that is one link and shows just where it leads: what is proven must be what is read.
fn only_link(value: &str, http: bool) -> Option<Url> {
    let (tags, shown) = text::read_tags(value);
    let mut links = tags.iter().filter(|tag| tag.name == "a");
    let (link, None) = (links.next()?, links.next()) else { return None };
    let href = link.attribute("href").filter(|href| *href == shown.trim())?;
    let url = Url::parse(href).ok()?;
    let scheme = url.scheme() == "https" || http && url.scheme() == "http";
    let bare = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    // Written as it is asked for: letters that look like others become something else here.
    let plain = href == url.as_str() || format!("{href}/") == url.as_str();
    (scheme && bare && plain).then_some(url)
}

async fn links_back(app: &App, url: &Url, uri: &str, page: &str, budget: &mut Budget) -> Result<bool> {
    let Ok(url) = document::address(app, url.as_str()) else { return Ok(false) };
    match document::get(app, &url, "text/html", budget).await {
        Ok(fetched) if content_type::is_html(fetched.content_type()) => {
            Ok(names_me(&String::from_utf8_lossy(&fetched.body), &fetched.url, &[uri, page]))
        }
        Ok(_) => Ok(false),
        Err(error) if error.code().starts_with("database") => Err(error),
        Err(_) => Ok(false),
    }
}

/// Whether a page has `<a>` or `<link>` with rel=me to one of these addresses.
fn names_me(html: &str, at: &Url, wanted: &[&str]) -> bool {
    let wanted: Vec<Url> = wanted.iter().filter_map(|address| Url::parse(address).ok()).collect();
    let (tags, _) = text::read_tags(html);
    tags.iter()
        .filter(|tag| matches!(tag.name.as_str(), "a" | "link") && tag.has_rel("me"))
        .filter_map(|tag| at.join(tag.attribute("href")?.trim()).ok())
        .any(|address| wanted.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_link_when_it_shows_where_it_leads() {
        let link = |value: &str| only_link(value, false).map(String::from);
        let good = Some("https://ana.example/".to_owned());
        assert_eq!(link("<a href=\"https://ana.example/\">https://ana.example/</a>"), good);
        assert_eq!(link("<a href='https://ana.example' rel=me>https://ana.example</a>"), good);
        let parts =
            "<a href=\"https://ana.example/\"><span class=\"invisible\">https://</span><span>ana.example/</span></a>";
        assert_eq!(link(parts), good);
        for value in [
            "https://ana.example/",
            "<a href=\"https://evil.example/\">https://ana.example/</a>",
            "<a href=\"https://ana.example/\">My page</a>",
            "<a href=\"https://ana.example/\">https://ana.example/</a> and more",
            "<a href=\"https://ana.example/\">https://ana.example/</a><a href=\"https://evil.example/\"></a>",
            "<a href=\"https://ana.example@evil.example/\">https://ana.example@evil.example/</a>",
            "<a href=\"https://аna.example/\">https://аna.example/</a>",
            "<a href=\"https://ANA.example/\">https://ANA.example/</a>",
            "<a href=\"http://ana.example/\">http://ana.example/</a>",
            "<a data-href=\"https://ana.example/\">https://ana.example/</a>",
            "<a href=\"javascript:alert(1)\">javascript:alert(1)</a>",
        ] {
            assert_eq!(link(value), None, "{value}");
        }
        assert!(only_link("<a href=\"http://ana.test/\">http://ana.test/</a>", true).is_some());
    }

    #[test]
    fn a_page_links_back_by_its_own_links_only() {
        let at = Url::parse("https://ana.example/about/").unwrap();
        let names =
            |html: &str| names_me(html, &at, &["https://company.example/ap/actors/1", "https://company.example/@ana"]);
        for html in [
            "<a rel=\"me\" href=\"https://company.example/@ana\">x</a>",
            "<A HREF=https://company.example/@ana REL=me>x</A>",
            "<LINK rel='nofollow ME' href='https://COMPANY.example/@ana'/>",
            "<a\nrel=me\thref=https://company.example/ap/actors/1>",
            "<a href=\"https://company.example/@an&#97;\" rel=me>",
        ] {
            assert!(names(html), "{html}");
        }
        for html in [
            "<a href=\"https://company.example/@ana\">no rel</a>",
            "<a data-rel=\"me\" href=\"https://company.example/@ana\">x</a>",
            "<a rel=\"me\" data-href=\"https://company.example/@ana\">x</a>",
            "<a rel=\"menace\" href=\"https://company.example/@ana\">x</a>",
            "<a rel=me href=\"https://company.example/@ana2\">x</a>",
            "<a rel=me href=\"https://company.example/@Ana\">x</a>",
            "<!-- <a rel=me href=https://company.example/@ana> -->",
            "<script>'<a rel=me href=https://company.example/@ana>'</script>",
            "<textarea><a rel=me href=https://company.example/@ana></textarea>",
            "<title><a rel=me href=https://company.example/@ana></title>",
            "<p title='<a rel=me href=https://company.example/@ana>'>",
            "&lt;a rel=me href=https://company.example/@ana&gt;",
            "<area rel=me href=https://company.example/@ana>",
        ] {
            assert!(!names(html), "{html}");
        }
    }
}
