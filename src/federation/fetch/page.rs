//! Pages that posts link to, read for their cards. They are asked as a browser asks, unsigned: whoever runs them need not
//! be on the Fediverse, and is told by the `User-Agent` who we are.

use serde_json::Value;
use url::Url;

use super::{
    creator::{self, creator},
    document::{address, judge},
};
use crate::{
    app::App,
    db::Timestamp,
    domain::cards::{self, Card},
    error::{Kind, Result},
    net::{Fetched, Get, content_type, host_of},
    text::{self, Page},
};

/// How much of a page is read, when its head does not end before, in bytes.
const PAGE: usize = 1024 * 1024;
/// The largest oEmbed answer, in bytes.
const EMBED: usize = 64 * 1024;
/// The longest title and names, in characters.
const TITLE: usize = 300;
/// The longest description, in characters.
const DESCRIPTION: usize = 1_000;
/// The greatest width and height that a picture is said to have.
const SIDE: u64 = 20_000;

/// Reads the page behind a link, and keeps what it has to show. A page that cannot be read has nothing; one that cannot
/// be read at this moment is an error, and is tried again.
pub async fn handle_fetch_card(app: &App, url: &str) -> Result<()> {
    let (link, now) = (url.to_owned(), app.db.now());
    if !app.db.read(move |conn| cards::is_wanted(conn, &link, now)).await? {
        return Ok(());
    }
    let card = match read(app, url).await {
        Ok(card) => card,
        Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::TooMany) => return Err(error),
        Err(error) => {
            tracing::debug!(%error, "A page has no card");
            None
        }
    };
    let link = url.to_owned();
    app.db.write(move |tx| cards::settle(tx, &link, card.as_ref())).await
}

async fn read(app: &App, url: &str) -> Result<Option<Card>> {
    let accept = "text/html, application/xhtml+xml";
    let fetched = get(app, &address(app, url)?, accept, PAGE, Some("</head")).await?;
    if !content_type::is_html(fetched.content_type()) {
        return Ok(None);
    }
    let page = text::read_page(&text::decode(&fetched.body, fetched.content_type()));
    let mut card = card_of(app, &page, &fetched.url);
    if let Some(embed) = page.embed.as_deref().and_then(|embed| fetched.url.join(embed).ok()) {
        // A page says enough of itself without it.
        if let Ok(embed) = read_embed(app, &embed).await {
            complete(app, &mut card, &embed, &fetched.url);
        }
    }
    if card.title.is_empty() {
        return Ok(None);
    }
    if let Some((named, home)) = page.meta(&["fediverse:creator"]).and_then(creator::read) {
        match creator(app, &named, &card.host).await {
            Ok(found) => card.creator = found,
            // The card is shown without them meanwhile.
            Err(error) => {
                tracing::debug!(%error, "The author whom a page names cannot be asked for now");
                card.creator_home = Some(home);
            }
        }
        card.named = Some(named);
    }
    Ok(Some(card))
}

async fn get(app: &App, url: &Url, accept: &str, most: usize, ends: Option<&str>) -> Result<Fetched> {
    let refuses = |url: &Url| app.refuses(&host_of(url)) || app.site.owns(url.as_str());
    let how = Get { accept, signer: None, sign_query: true, most: Some(most), ends, refuses: &refuses };
    judge(app, app.transport.get(url, how).await?)
}

async fn read_embed(app: &App, url: &Url) -> Result<Value> {
    let fetched = get(app, &address(app, url.as_str())?, "application/json", EMBED, None).await?;
    Ok(serde_json::from_slice(&fetched.body)?)
}

fn card_of(app: &App, page: &Page, at: &Url) -> Card {
    let line = |text: Option<&str>, longest| text.map(|text| text::clean_name(text, longest)).unwrap_or_default();
    let number = |name: &str| page.meta(&[name]).and_then(|number| side(number.parse().ok()?));
    let pictures = ["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"];
    let locale = page.meta(&["og:locale"]).map(|locale| locale.replace('_', "-"));
    Card {
        title: line(page.title(), TITLE),
        description: line(page.meta(&["og:description", "twitter:description", "description"]), DESCRIPTION),
        provider: line(page.meta(&["og:site_name"]), TITLE),
        author: line(page.meta(&["author"]), TITLE),
        image: page.meta(&pictures).and_then(|image| picture(app, image, at)),
        image_description: line(page.meta(&["og:image:alt", "twitter:image:alt"]), DESCRIPTION),
        size: number("og:image:width").zip(number("og:image:height")),
        language: page.language.clone().or(locale).filter(|language| text::is_language(language)),
        published_at: page.meta(&["article:published_time"]).and_then(Timestamp::parse_rfc3339),
        host: host_of(at),
        ..Card::default()
    }
}

/// What the page's oEmbed says besides. Its `html` is not looked at: what stands in it would be run by whoever reads it.
fn complete(app: &App, card: &mut Card, embed: &Value, at: &Url) {
    let said = |name: &str| embed.get(name).and_then(Value::as_str).unwrap_or_default();
    let line = |name: &str| text::clean_name(said(name), TITLE);
    let number = |name: &str| {
        let value = embed.get(name)?;
        side(value.as_u64().or_else(|| value.as_str()?.parse().ok())?)
    };
    let link = |name: &str| text::http_url(said(name)).unwrap_or_default();
    for (known, told) in [
        (&mut card.title, line("title")),
        (&mut card.author, line("author_name")),
        (&mut card.provider, line("provider_name")),
        (&mut card.author_url, link("author_url")),
        (&mut card.provider_url, link("provider_url")),
    ] {
        if known.is_empty() {
            *known = told;
        }
    }
    let is_photo = said("type") == "photo";
    let (name, width, height) =
        if is_photo { ("url", "width", "height") } else { ("thumbnail_url", "thumbnail_width", "thumbnail_height") };
    if let Some(image) = picture(app, said(name), at).filter(|_| is_photo || card.image.is_none()) {
        card.image = Some(image);
        card.size = number(width).zip(number(height));
        card.photo = is_photo;
    }
}

/// The address of a picture that we may ask for.
fn picture(app: &App, address: &str, at: &Url) -> Option<String> {
    let address = Some(address.trim()).filter(|address| !address.is_empty())?;
    let address = text::http_url(at.join(address).ok()?.as_str())?;
    let secure = address.starts_with("https://") || app.config.federation.allow_http;
    (secure && !app.site.owns(&address)).then_some(address)
}

fn side(pixels: u64) -> Option<u32> {
    u32::try_from(pixels).ok().filter(|_| (1..=SIDE).contains(&pixels))
}
