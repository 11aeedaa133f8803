//! Style sheets, font, scripts and pictures of the pages: embedded, named by their content, kept for ever.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use super::colour;
use crate::{
    app::App,
    domain::org::{self, Colour, LogoRef},
    error::{Error, Result},
};

const FONT: &[u8] = include_bytes!("../../../frontend/fonts/guild-serif-latin.woff2");
const SCRIPT: &str = include_str!("../../../frontend/script/visit.js");
const PASSKEY_SCRIPT: &str = include_str!("../../../frontend/script/passkey.js");
const STYLES: [&str; 3] = [
    include_str!("../../../frontend/css/tokens.css"),
    include_str!("../../../frontend/css/ui.css"),
    include_str!("../../../frontend/css/public.css"),
];
/// A picture is shown and nothing in it runs, also when it is opened by itself.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A file that never changes under its name.
#[derive(Debug)]
struct Asset {
    file_name: String,
    media_type: &'static str,
    content: Bytes,
}

impl Asset {
    fn new(name: &str, ending: &str, media_type: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        Self { file_name: format!("{name}-{}.{ending}", mark(&content)), media_type, content }
    }
}

/// A few letters that stand for a content.
pub(super) fn mark(content: &[u8]) -> String {
    hex::encode(digest(&SHA256, content).as_ref().get(..6).unwrap_or_default())
}

static FONT_FILE: LazyLock<Asset> = LazyLock::new(|| Asset::new("guild-serif-latin", "woff2", "font/woff2", FONT));
static SCRIPT_FILE: LazyLock<Asset> = LazyLock::new(|| script_file("visit", SCRIPT));
static PASSKEY_SCRIPT_FILE: LazyLock<Asset> = LazyLock::new(|| script_file("passkey", PASSKEY_SCRIPT));
static STYLE_FILE: LazyLock<Asset> = LazyLock::new(|| {
    let style = STYLES.concat().replace("guild-serif-latin.woff2", &FONT_FILE.file_name);
    Asset::new("guildhall", "css", "text/css; charset=utf-8", style)
});

/// Where the style sheet that all companies share is.
pub(super) fn style() -> String {
    format!("/assets/{}", STYLE_FILE.file_name)
}

/// Where the font is.
pub(super) fn font() -> String {
    format!("/assets/{}", FONT_FILE.file_name)
}

/// Where the script is that remembers a visitor's address in their browser.
pub(super) fn script() -> String {
    format!("/assets/{}", SCRIPT_FILE.file_name)
}

/// Where the script is that asks a browser for a passkey.
pub(super) fn passkey_script() -> String {
    format!("/assets/{}", PASSKEY_SCRIPT_FILE.file_name)
}

fn script_file(name: &str, content: &'static str) -> Asset {
    Asset::new(name, "js", "text/javascript; charset=utf-8", content)
}

fn colour_sheet(colour: Colour) -> Asset {
    let name = format!("colour-{}", colour.to_string().trim_start_matches('#'));
    Asset::new(&name, "css", "text/css; charset=utf-8", colour::sheet(colour))
}

fn house(colour: Colour) -> Asset {
    let name = format!("house-{}", colour.to_string().trim_start_matches('#'));
    Asset::new(&name, "svg", "image/svg+xml", colour::house(colour))
}

/// Where the sheet of a company's colour is.
pub(super) fn colours(colour: Colour) -> String {
    format!("/assets/{}", colour_sheet(colour).file_name)
}

/// Where the picture that stands for a company is: its logo, or a house in its colour.
pub(super) fn icon(logo: Option<&LogoRef>, colour: Colour) -> String {
    logo.map_or_else(|| format!("/assets/{}", house(colour).file_name), logo_address)
}

/// Where a logo is.
pub(in crate::http) fn logo_address(logo: &LogoRef) -> String {
    format!("/assets/logo-{}", logo.file_name())
}

/// One of the files that need no database.
pub(super) fn find(file_name: &str) -> Option<Response> {
    for asset in [&*STYLE_FILE, &*FONT_FILE, &*SCRIPT_FILE, &*PASSKEY_SCRIPT_FILE] {
        if asset.file_name == file_name {
            return Some(for_ever(asset.media_type, asset.content.clone()));
        }
    }
    let (name, rest) = file_name.split_once('-')?;
    let colour: Colour = rest.get(..6)?.parse().ok()?;
    let made = match name {
        "colour" => colour_sheet(colour),
        "house" => house(colour),
        _ => return None,
    };
    (made.file_name == file_name).then(|| for_ever(made.media_type, made.content))
}

/// `GET /assets/{file}`
pub(super) async fn asset(State(app): State<App>, Path(file): Path<String>) -> Result<Response> {
    if let Some(found) = find(&file) {
        return Ok(found);
    }
    let wanted = file.strip_prefix("logo-").ok_or_else(missing)?.to_owned();
    let logo = app.db.read(org::logo).await?.filter(|logo| logo.reference.file_name() == wanted);
    let logo = logo.ok_or_else(missing)?;
    Ok(for_ever(logo.reference.media_type(), logo.content.into()))
}

/// `GET /favicon.ico`: for those who do not read where it is.
pub(super) async fn favicon(State(app): State<App>) -> Result<Response> {
    let domain = app.site.domain.clone();
    let company = app.db.read(move |conn| org::company(conn, &domain)).await?;
    let location = icon(company.logo.as_ref(), company.colour);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "public, max-age=3600".to_owned())];
    Ok((StatusCode::FOUND, headers).into_response())
}

fn missing() -> Error {
    Error::not_found("asset.not_found", "There is no such file.")
}

fn for_ever(media_type: &'static str, content: Bytes) -> Response {
    let mut response = Body::from(content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if media_type.starts_with("image/") {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PICTURE_POLICY));
    }
    response
}
