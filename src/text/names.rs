//! Links, mentions and hashtags in plain text.

use std::ops::Range;

/// How many different mentions of a text count.
const MENTIONS: usize = 50;
/// How many different hashtags of a text count.
const HASHTAGS: usize = 100;
/// The longest hashtag, in characters.
const HASHTAG_LENGTH: usize = 100;
/// The longest host that is looked at, in bytes: names have 253 characters at most.
const HOST: usize = 1024;

/// A handle that stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionText {
    /// As written.
    pub username: String,
    /// Lower case, punycode, with its port; `None` for our own.
    pub host: Option<String>,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Link(&'a str),
    Mention(MentionText),
    Hashtag(&'a str),
}

/// The different handles in a text, the first 50; code is skipped.
pub fn find_mentions(source: &str) -> Vec<MentionText> {
    let mut found: Vec<MentionText> = Vec::new();
    for piece in pieces(&without_code(source)) {
        if let Piece::Mention(mention) = piece {
            let same = |known: &MentionText| {
                known.host == mention.host && known.username.eq_ignore_ascii_case(&mention.username)
            };
            if found.len() < MENTIONS && !found.iter().any(same) {
                found.push(mention);
            }
        }
    }
    found
}

/// The different hashtags in a text, normalised, the first 100; code is skipped.
pub fn find_hashtags(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in pieces(&without_code(source)) {
        if let Piece::Hashtag(name) = piece
            && let Some(name) = normalise_hashtag(name)
            && found.len() < HASHTAGS
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

/// A hashtag in the form in which it is compared: lower case, without `#`. Nothing when it is none.
pub fn normalise_hashtag(name: &str) -> Option<String> {
    let name = name.trim().trim_start_matches(['#', '＃']);
    let sound = !name.is_empty()
        && name.chars().count() <= HASHTAG_LENGTH
        && name.chars().all(in_hashtag)
        && name.chars().any(|c| !c.is_numeric() && c != '_' && c != '·');
    sound.then(|| name.to_lowercase())
}

fn in_hashtag(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '·' | '\u{200c}') || is_mark(c)
}

/// Combining marks, without which many scripts cannot be written.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}

/// The text with its code blanked out, byte for byte as long.
fn without_code(source: &str) -> String {
    let mut text = source.to_owned();
    for fence in ["```", "`"] {
        let mut from = 0;
        while let Some(start) = text.get(from..).and_then(|rest| rest.find(fence)).map(|at| at + from) {
            let inside = start + fence.len();
            let Some(end) = text.get(inside..).and_then(|rest| rest.find(fence)).map(|at| at + inside + fence.len())
            else {
                break;
            };
            text.replace_range(start..end, &" ".repeat(end - start));
            from = end;
        }
    }
    text
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Splits a text into what is plain and what is a link, a mention or a hashtag.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut plain, mut at) = (0, 0);
    // Where the last address ends that is none: there is no other one inside it.
    let mut refused = 0;
    let mut before: Option<char> = None;
    while let Some(rest) = text.get(at..)
        && let Some(c) = rest.chars().next()
    {
        let free = !before.is_some_and(|c| is_word(c) || matches!(c, '/' | '@' | '#' | '&' | '.'));
        let special = match c {
            '@' if free => mention(rest, at),
            '#' if free => hashtag(rest),
            'h' | 'H' if at >= refused && !before.is_some_and(is_word) => {
                let written = address(rest);
                let link = written.and_then(link);
                if link.is_none() {
                    refused = at + written.map_or(0, str::len);
                }
                link
            }
            _ => None,
        };
        if let Some((piece, length)) = special {
            if let Some(text) = text.get(plain..at).filter(|text| !text.is_empty()) {
                found.push(Piece::Text(text));
            }
            before = rest.get(..length).and_then(|piece| piece.chars().last());
            at += length;
            plain = at;
            found.push(piece);
        } else {
            before = Some(c);
            at += c.len_utf8();
        }
    }
    if let Some(text) = text.get(plain..).filter(|text| !text.is_empty()) {
        found.push(Piece::Text(text));
    }
    found
}

/// `@user` or `@user@host[:port]` at the beginning of `rest`.
fn mention(rest: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let name: &str = prefix(rest.get(1..)?, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let username = name.trim_end_matches(['.', '-']);
    if username.is_empty() || !username.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let mut length = 1 + username.len();
    let mut host = None;
    if username.len() == name.len()
        && let Some(after) = rest.get(length..).and_then(|rest| rest.strip_prefix('@'))
        && let Some((name, taken)) = host_at(after)
    {
        length += 1 + taken;
        host = Some(name);
    }
    // `@user` right before another word character, or an `@` that begins no host, is something else.
    let next = rest.get(length..).and_then(|rest| rest.chars().next());
    if next.is_some_and(|c| is_word(c) || c == '@') {
        return None;
    }
    Some((Piece::Mention(MentionText { username: username.to_owned(), host, range: at..at + length }), length))
}

/// A host with an optional port at the beginning of `text`, normalised, and how many bytes it takes.
fn host_at(text: &str) -> Option<(String, usize)> {
    let name = prefix(text, |c| c.is_alphanumeric() || matches!(c, '.' | '-')).trim_end_matches(['.', '-']);
    let mut taken = name.len();
    let digits = text
        .get(taken..)
        .and_then(|rest| rest.strip_prefix(':'))
        .map(|rest| prefix(rest, |c| c.is_ascii_digit()))
        .unwrap_or_default();
    if (1..=5).contains(&digits.len()) {
        taken += 1 + digits.len();
    }
    if !name.contains('.') && digits.is_empty() && !name.eq_ignore_ascii_case("localhost") {
        return None;
    }
    if taken > HOST {
        return None;
    }
    let url = url::Url::parse(&format!("https://{}/", text.get(..taken)?)).ok()?;
    let host = url.host_str()?.to_ascii_lowercase();
    Some((url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")), taken))
}

fn hashtag(rest: &str) -> Option<(Piece<'_>, usize)> {
    let name = prefix(rest.get(1..)?, in_hashtag);
    normalise_hashtag(name)?;
    Some((Piece::Hashtag(name), 1 + name.len()))
}

/// What is written like an address at the beginning of `rest`, to the next space.
fn address(rest: &str) -> Option<&str> {
    let begins = |scheme: &&str| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["https://", "http://"].iter().find(|scheme| begins(scheme))?;
    Some(prefix(rest, |c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"' | '`')))
}

/// The link at the beginning of what is written like an address, without what belongs to the sentence around it.
fn link(written: &str) -> Option<(Piece<'_>, usize)> {
    let mut address = written;
    // Brackets are counted once: each that goes lowers the count.
    let count = |bracket: char| address.matches(bracket).count();
    let mut unopened = [(')', count(')').saturating_sub(count('('))), (']', count(']').saturating_sub(count('[')))];
    while let Some(last) = address.chars().last() {
        let is_bracket = |(bracket, _): &&mut (char, usize)| *bracket == last;
        let belongs = match unopened.iter_mut().find(is_bracket) {
            // A closing bracket belongs to the address only when it was opened there.
            Some((_, 0)) => true,
            Some((_, more)) => {
                *more -= 1;
                false
            }
            None => !matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~'),
        };
        if belongs {
            break;
        }
        address = address.get(..address.len() - last.len_utf8())?;
    }
    // The address itself says whether something follows its scheme.
    super::http_url(address)?;
    Some((Piece::Link(address), address.len()))
}

/// The longest beginning of which every character passes.
fn prefix(text: &str, passes: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !passes(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}
