//! Times and beginnings of texts as people read them.

use jiff::tz::TimeZone;

use crate::{db::Timestamp, http::extract::Language, text};

/// How many bytes of HTML are read for a character that is shown.
const MARKUP: usize = 32;

/// A moment for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339.
    pub exact: String,
    /// `25 Nov 2026, 09:12 UTC`
    pub full: String,
    /// `25 Nov 2026`
    pub day: String,
}

impl Moment {
    /// The words for a moment.
    pub fn of(at: Timestamp, say: Language) -> Self {
        let moment = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let moment = TimeZone::UTC.to_datetime(moment);
        Self { exact: at.rfc3339(), full: say.moment(moment), day: say.day(moment) }
    }
}

/// The beginning of a text as one line of at most `longest` characters, cut between words where it can be.
pub fn excerpt(line: &str, longest: usize) -> String {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    let cut: String = line.chars().take(longest.saturating_sub(1)).collect();
    let end = cut.rfind(' ').filter(|at| *at > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end_matches([',', '.', ';', ':', '·', ' ']))
}

/// What HTML says at its beginning, as one line of at most `longest` characters, in which headings, paragraphs and items
/// of lists can be told apart. What is long is not read to its end: so much markup stands around no words.
pub fn excerpt_of_html(html: &str, longest: usize) -> String {
    excerpt(&text::one_line(text::beginning(html, longest.saturating_mul(MARKUP).max(4096))), longest)
}

/// Text without the characters that XML cannot hold.
pub fn for_xml(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
        .collect()
}

/// Text as the value of a parameter in an address.
pub fn parameter(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_cut_between_words() {
        assert_eq!(excerpt("one  two\nthree", 40), "one two three");
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("größergrößergrößer", 7), "größer…");
        assert_eq!(excerpt_of_html("<p>a &lt;b&gt;</p><p>c</p>", 40), "a <b> · c");
        let article = "<h2>What went wrong</h2><ul><li>We <b>hoped</b></li><li>Nobody wrote<ul><li>She was away</li></ul>\
                       </li></ul><p>She said “no.”</p><p>One<br>two</p>";
        let told = "What went wrong · We hoped · Nobody wrote · She was away · She said “no.” One two";
        assert_eq!(excerpt_of_html(article, 200), told);
        assert_eq!(excerpt_of_html(article, 20), "What went wrong…");
    }

    #[test]
    fn moments_read_well() {
        let at = Timestamp::parse_rfc3339("2026-03-05T09:02:03Z").unwrap();
        let read = |say: Language| {
            let moment = Moment::of(at, say);
            assert_eq!(moment.exact, at.rfc3339());
            (moment.full, moment.day)
        };
        assert_eq!(read(Language::English), ("5 Mar 2026, 09:02 UTC".to_owned(), "5 Mar 2026".to_owned()));
        assert_eq!(read(Language::German), ("5. März 2026, 09:02 UTC".to_owned(), "5. März 2026".to_owned()));
        assert_eq!(read(Language::Arabic), ("5 مارس 2026، 09:02 UTC".to_owned(), "5 مارس 2026".to_owned()));
        assert_eq!(for_xml("a\u{0}\u{b}b\u{ffff}\u{1f600}"), "ab\u{1f600}");
    }
}
