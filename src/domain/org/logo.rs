//! The company's logo: a small picture, known by what it contains and not by its name.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::{company::changed_fields, remove_setting, set_setting, setting};
use crate::{
    db::{Conn, Tx},
    error::{Error, Result},
};

/// The setting with the digest and the ending of the logo.
pub(super) const LOGO_REF: &str = "logo";
/// The setting with the logo itself, as base64.
const LOGO_CONTENT: &str = "logo.content";
/// The largest logo, in bytes: it is loaded with every page.
pub const LARGEST_LOGO: usize = 64 * 1024;
/// What an SVG must not have: it is a picture, and not a program or a page.
const NOT_A_PICTURE: &[&str] =
    &["<script", "<foreignobject", "<iframe", "<!doctype", "<!entity", "javascript:", "<use", "<image", "xlink:href"];

/// Which logo, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoRef {
    /// The beginning of the SHA-256 of its content.
    pub digest: String,
    /// How its file name ends: `png`, `jpg`, `webp` or `svg`.
    pub ending: String,
}

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Which one.
    pub reference: LogoRef,
    /// The picture.
    pub content: Vec<u8>,
}

impl LogoRef {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (digest, ending) = text.split_once('.')?;
        Some(Self { digest: digest.to_owned(), ending: ending.to_owned() })
    }

    /// The file name under which it is served.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.digest, self.ending)
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self.ending.as_str() {
            "png" => "image/png",
            "jpg" => "image/jpeg",
            "webp" => "image/webp",
            _ => "image/svg+xml",
        }
    }
}

/// What kind of picture this is, judged by its content.
fn ending(content: &[u8]) -> Option<&'static str> {
    match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => is_plain_svg(content).then_some("svg"),
    }
}

fn is_plain_svg(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else { return false };
    let lower = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let begins = lower.starts_with("<svg") || (lower.starts_with("<?xml") && lower.contains("<svg"));
    // An attribute whose name begins with `on` is a handler of events.
    let handler = lower.match_indices("on").any(|(at, _)| {
        let before = lower.get(..at).and_then(|text| text.chars().last());
        let name: String = lower.get(at..).unwrap_or_default().chars().take_while(char::is_ascii_alphabetic).collect();
        let after = lower.get(at + name.len()..).unwrap_or_default().trim_start();
        before.is_some_and(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '/')) && after.starts_with('=')
    });
    begins && !handler && !NOT_A_PICTURE.iter().any(|part| lower.contains(part))
}

/// Says that a logo is too large.
pub fn logo_too_large() -> Error {
    Error::invalid("company.logo_size", "A logo may have 64 KiB at most. Please make it smaller.")
}

/// What kind of picture a logo is; refused where it is none that a company may have.
pub fn judge_logo(content: &[u8]) -> Result<&'static str> {
    if content.len() > LARGEST_LOGO {
        return Err(logo_too_large());
    }
    ending(content).ok_or_else(|| {
        Error::invalid("company.logo_type", "A logo is a PNG, JPEG or WebP, or an SVG without scripts and links.")
    })
}

/// Stores a logo in place of the one before.
pub fn set_logo(tx: &mut Tx<'_>, content: &[u8]) -> Result<LogoRef> {
    let ending = judge_logo(content)?;
    let mut digest = hex::encode(digest(&SHA256, content));
    digest.truncate(16);
    let reference = LogoRef { digest, ending: ending.to_owned() };
    set_setting(tx, LOGO_CONTENT, &BASE64.encode(content))?;
    set_setting(tx, LOGO_REF, &reference.file_name())?;
    changed_fields(tx, &["logo"])?;
    Ok(reference)
}

/// Goes back to the house that stands for a company without a logo.
pub fn remove_logo(tx: &mut Tx<'_>) -> Result<()> {
    remove_setting(tx, LOGO_REF)?;
    remove_setting(tx, LOGO_CONTENT)?;
    changed_fields(tx, &["logo"])
}

/// The logo.
pub fn logo(conn: &mut Conn) -> Result<Option<Logo>> {
    let Some(reference) = setting(conn, LOGO_REF)?.and_then(|text| LogoRef::parse(&text)) else { return Ok(None) };
    let Some(content) = setting(conn, LOGO_CONTENT)? else { return Ok(None) };
    Ok(Some(Logo { reference, content: BASE64.decode(content).map_err(Error::internal)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_logos() {
        for (content, expected) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], Some("png")),
            (b"\xff\xd8\xff\xe0", Some("jpg")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("webp")),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>", Some("svg")),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"x\"/>", Some("svg")),
            (b"<svg onload=\"alert(1)\"/>", None),
            (b"<svg/onload=alert(1)>", None),
            (b"<svg><a ONCLICK = 'x'/></svg>", None),
            (b"<svg><script>1</script></svg>", None),
            (b"<svg><SCRIPT>1</SCRIPT></svg>", None),
            (b"<svg><foreignObject/></svg>", None),
            (b"<svg><image href=\"https://tracker.example/x\"/></svg>", None),
            (b"<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg>&x;</svg>", None),
            (b"<html><svg/></html>", None),
            (b"GIF89a", None),
            (b"", None),
            (b"\xfe\xff<svg/>", None),
        ] {
            assert_eq!(ending(content), expected, "{}", String::from_utf8_lossy(content));
        }
    }
}
