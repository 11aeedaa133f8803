//! Pages of the web as text, in whichever of its encodings they are written.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::tags::read_tags;

/// How much of a page is looked through for what it says of its encoding, in bytes (HTML, 13.2.3.2).
const BEGINNING: usize = 1024;

/// The text of a page: by its first bytes where they tell, else by its `Content-Type`, else by what it says itself.
/// What cannot be read becomes a replacement character.
pub fn decode(bytes: &[u8], content_type: &str) -> String {
    let said = label(content_type).and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = said.or_else(|| declared(bytes)).unwrap_or_else(|| guess(bytes));
    encoding.decode(bytes).0.into_owned()
}

/// What stands behind `charset=`.
fn label(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    // Every encoding in which a page can say this writes it as ASCII does.
    let beginning = String::from_utf8_lossy(bytes.get(..BEGINNING).unwrap_or(bytes));
    let (tags, _) = read_tags(&beginning);
    let said = tags.iter().filter(|tag| tag.name == "meta").find_map(|tag| {
        tag.attribute("charset").map(ToOwned::to_owned).or_else(|| tag.attribute("content").and_then(label))
    })?;
    let encoding = Encoding::for_label(said.as_bytes())?;
    // It was read as ASCII, so it is not in an encoding of two bytes (HTML, 13.2.3.2).
    Some(if [UTF_16BE, UTF_16LE].contains(&encoding) { UTF_8 } else { encoding })
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let broken_off = |error: std::str::Utf8Error| error.error_len().is_none();
    if std::str::from_utf8(bytes).map_or_else(broken_off, |_| true) { UTF_8 } else { WINDOWS_1252 }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_page_is_read_in_its_own_encoding() {
        for (bytes, content_type) in [
            ("<title>Käse</title>".as_bytes(), "text/html"),
            (b"<title>K\xe4se</title>", "text/html; charset=\"ISO-8859-1\""),
            (b"<meta charset=latin1><title>K\xe4se</title>", "text/html"),
            (b"<title>K\xe4se</title>", "text/html; charset=nonsense"),
            ("\u{feff}<title>Käse</title>".as_bytes(), "text/html; charset=iso-8859-1"),
        ] {
            assert!(decode(bytes, content_type).ends_with("<title>Käse</title>"), "{bytes:?} {content_type}");
        }
        let http_equiv =
            b"<meta http-equiv=content-type content='text/html; charset=shift_jis'><title>\x82\xa0</title>";
        assert!(decode(http_equiv, "text/html").contains('あ'));
        let escaped = b"<meta charset=iso-2022-jp><title>\x1b$B$\"\x1b(B</title>";
        assert!(decode(escaped, "text/html").contains('あ'));
        assert!(decode(b"<title>K\xe4se</title>", "text/html; charset=utf-8").contains("K\u{fffd}se"));
        assert!(decode("<title>Kä".as_bytes().split_last().unwrap().1, "text/html").starts_with("<title>K"));
    }
}
