//! The address that a visitor types: who they are, and on which server.

use url::Url;

use crate::{net::host_of, text};

/// What a visitor typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VisitorAddress {
    /// Their name there; nothing where only the server is named.
    pub name: Option<String>,
    /// Their server.
    pub host: String,
}

impl VisitorAddress {
    /// Reads `@me@server`, `me@server`, `acct:me@server`, the address of a profile, or a server alone.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.len() > 320 || typed.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let (name, host) = if let Some(url) = text::http_url(typed).and_then(|url| Url::parse(&url).ok()) {
            let name = url.path_segments()?.rfind(|part| !part.is_empty()).map(|part| part.trim_start_matches('@'));
            (name.map(str::to_owned), host_of(&url))
        } else {
            let bare = typed.strip_prefix("acct:").unwrap_or(typed);
            let bare = bare.strip_prefix('@').unwrap_or(bare);
            match bare.split_once('@') {
                Some((name, host)) => (Some(name.to_owned()), host.to_lowercase()),
                None if is_server(bare) => (None, bare.trim_end_matches('/').to_lowercase()),
                None => return None,
            }
        };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let name_ok = name.as_ref().is_none_or(|name| !name.is_empty() && name.chars().all(plain));
        let host_ok = !host.is_empty() && !host.contains(['/', '?', '#', '@', '\\', '%']);
        (name_ok && host_ok).then_some(Self { name, host })
    }

    /// Whom to ask for there. Mastodon and others call the actor of the server itself like the server.
    pub(super) fn asked_for(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.host.split(':').next().unwrap_or_default())
    }
}

/// Whether a word names a server and no person: it has a dot inside, or a port.
fn is_server(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
    let word = word.trim_end_matches('/');
    let parted = word.split_once(['.', ':']).is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
    parted && word.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let read = |text: &str| {
            VisitorAddress::read(text).map(|address| format!("{}@{}", address.name.unwrap_or_default(), address.host))
        };
        for text in [
            "@kim@kunde.example",
            "kim@kunde.example",
            " acct:kim@Kunde.example ",
            "https://kunde.example/@kim",
            "https://kunde.example/users/kim/",
        ] {
            assert_eq!(read(text).as_deref(), Some("kim@kunde.example"), "{text}");
        }
        for text in ["kunde.example", "@kunde.example", "Kunde.example/", "https://kunde.example/", " kunde.example "] {
            assert_eq!(read(text).as_deref(), Some("@kunde.example"), "{text}");
        }
        assert_eq!(read("localhost:8083").as_deref(), Some("@localhost:8083"));
        for text in [
            "",
            "@",
            "kim",
            "@kim",
            "@kim@",
            "@@kunde.example",
            "kim@kunde.example/path",
            "kim@evil.example#@kunde.example",
            "kim@kunde.example@evil.example",
            "ki m@kunde.example",
            "kim@kunde.example\r\nX: y",
            "javascript:alert(1)",
            "kunde.",
            ".example",
            "kunde.example/path",
            "<b>@kunde.example",
            "kim@kunde.example?x",
            "kim@%6b",
            &format!("{}@kunde.example", "a".repeat(400)),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
