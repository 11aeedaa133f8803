//! The files that `frontend/` was built into. Without Node there are none.

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use rust_embed::RustEmbed;

use super::super::frame::Frame;
use crate::{
    error::{Error, Result},
    text,
};

#[derive(RustEmbed)]
#[folder = "frontend/build/"]
struct Files;

/// Where in the page the house says whose it is.
const HOUSE: &str = "<!--house-->";
/// SvelteKit tells screen readers where they are by an element that is hidden by this, which stands in its own code.
const HIDDEN: &str = "position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); clip-path: inset(50%); overflow: hidden; white-space: nowrap; width: 1px; height: 1px";

/// The page in which the workroom is shown.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    html: String,
    policy: String,
}

/// The page; nothing where the workroom was not built.
pub(super) fn shell() -> Option<Cow<'static, Shell>> {
    static BUILT: LazyLock<Option<Shell>> = LazyLock::new(read);
    // While somebody works on it, it may change under us.
    if cfg!(debug_assertions) { read().map(Cow::Owned) } else { BUILT.as_ref().map(Cow::Borrowed) }
}

/// Whether the workroom was built.
pub(super) fn is_there() -> bool {
    shell().is_some()
}

fn read() -> Option<Shell> {
    let html = String::from_utf8(Files::get("site/index.html")?.data.into_owned()).ok()?;
    let hash = |text: &str| {
        format!("'sha256-{}'", STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes())))
    };
    // Its only script inside begins the rest.
    let inside = html.split("<script>").skip(1).filter_map(|rest| rest.split("</script>").next());
    let scripts: Vec<String> = inside.map(hash).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' {}; style-src 'self'; style-src-attr 'unsafe-hashes' {}; \
         img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; \
         manifest-src 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        scripts.join(" "),
        hash(HIDDEN)
    );
    Some(Shell { html, policy })
}

impl Shell {
    /// What the browser lets the page do: nothing from elsewhere, and no script but ours.
    pub(super) fn policy(&self) -> Result<HeaderValue> {
        HeaderValue::from_str(&self.policy).map_err(Error::internal)
    }

    /// The page in this house, for whoever this JSON is about.
    pub(super) fn with(&self, frame: &Frame, told: &str) -> String {
        let sheets = frame.sheets().map(|sheet| format!("<link rel=\"stylesheet\" href=\"{sheet}\">")).concat();
        let house = format!(
            "<title>{}</title><meta name=\"theme-color\" content=\"{}\"><link rel=\"icon\" href=\"{}\">\
             <link rel=\"manifest\" href=\"{}\">\
             <link rel=\"preload\" as=\"font\" type=\"font/woff2\" href=\"{}\" crossorigin>{sheets}\
             <script type=\"application/json\" id=\"told\">{}</script>",
            text::escape(&frame.company.name),
            frame.company.colour,
            frame.icon(),
            super::MANIFEST,
            frame.font(),
            told.replace('<', "\\u003c"),
        );
        self.html.replacen(HOUSE, &house, 1)
    }
}

/// A file below `_app`, packed as the browser takes it.
pub(super) fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    packed(&format!("site/_app/{path}"), asked)
}

/// The script that tells people of news while no page of the workroom is open.
pub(super) fn worker(asked: &HeaderMap) -> Option<Response> {
    packed("site/service-worker.js", asked)
}

fn packed(path: &str, asked: &HeaderMap) -> Option<Response> {
    let plain = Files::get(path)?;
    let takes = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| takes.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == name));
    let packed = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, ending)| Some((name, Files::get(&format!("{path}.{ending}"))?)));
    let (encoding, found) = packed.map_or((None, plain), |(name, found)| (Some(name), found));
    let content = match found.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let mut response = Body::from(content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)?));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let keep =
        if path.starts_with("site/_app/immutable/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// What there is among the built files; anything else is not handed out.
fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit('.').next()? {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
