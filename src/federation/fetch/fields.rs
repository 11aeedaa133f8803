//! Whether the pages that a profile links to link back (rel=me), which makes the link a proof.

use url::Url;

use super::{Budget, document};
use crate::{
    app::App,
    domain::{ActorId, actors},
    error::Result,
    net::content_type,
};

/// Checks every field of an actor that is one link, and nothing else.
pub async fn handle_verify_fields(app: &App, actor: ActorId) -> Result<()> {
    let actor = app.db.read(move |conn| actors::get(conn, actor)).await?;
    let mut budget = Budget::default();
    for field in &actor.fields.0 {
        let Some(link) = only_link(&field.value) else { continue };
        let verified = links_back(app, &link, &actor.uri, actor.page(), &mut budget).await?;
        let (id, value) = (actor.id, field.value.clone());
        app.db.write(move |tx| actors::mark_field_verified(tx, id, &value, verified)).await?;
    }
    Ok(())
}

/// The address of a field whose whole value is a link.
fn only_link(value: &str) -> Option<String> {
    let text = crate::text::plain(value);
    crate::text::http_url(text.trim()).filter(|url| url.starts_with("http"))
}

async fn links_back(app: &App, link: &str, uri: &str, page: &str, budget: &mut Budget) -> Result<bool> {
    let Ok(url) = Url::parse(link) else { return Ok(false) };
    if app.site.owns(link) {
        return Ok(false);
    }
    match document::get(app, &url, "text/html", budget).await {
        Ok(fetched) if content_type::is_html(fetched.content_type()) => {
            let html = String::from_utf8_lossy(&fetched.body);
            Ok(mentions(&html, &[uri, page]))
        }
        Ok(_) => Ok(false),
        Err(error) if error.code().starts_with("database") => Err(error),
        Err(_) => Ok(false),
    }
}

/// Whether a page has `<a>` or `<link>` with rel=me to one of these addresses.
fn mentions(html: &str, wanted: &[&str]) -> bool {
    html.split('<')
        .filter(|tag| {
            tag.starts_with("a ") || tag.starts_with("link ") || tag.starts_with("A ") || tag.starts_with("a\n")
        })
        .any(|tag| {
            let tag = tag.split('>').next().unwrap_or_default();
            let attribute = |name: &str| -> Option<String> {
                let (_, rest) = tag.split_once(&format!("{name}="))?;
                let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                rest.get(1..)?.split(quote).next().map(|value| html_escape::decode_html_entities(value).into_owned())
            };
            let is_me =
                attribute("rel").is_some_and(|rel| rel.split_whitespace().any(|word| word.eq_ignore_ascii_case("me")));
            is_me
                && attribute("href")
                    .is_some_and(|href| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(href.trim())))
        })
}
