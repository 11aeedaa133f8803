//! From whom a letter comes, and how it is set: once as plain text, and once as HTML without anything from elsewhere.

use askama::Template;
use jiff::tz::TimeZone;

use crate::{
    db::Timestamp,
    error::{Error, Result},
    text::{self, Direction, Language, sentences::Html},
};

/// The company that writes, as it looks, and the language in which it does.
#[derive(Debug, Clone)]
pub struct House {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// In which language.
    pub say: Language,
}

/// Something to send.
pub trait Letter: Sync {
    /// The line that is seen first.
    fn subject(&self, house: &House) -> Html;
    /// What it says, one below the other.
    fn parts(&self, house: &House) -> Vec<Part>;
}

/// A part of a letter.
#[derive(Debug, Clone)]
pub enum Part {
    /// A paragraph.
    Says(Html),
    /// What somebody wrote, word for word.
    Quotes(String),
    /// The way to go on: where to, and what the button says.
    Leads(String, &'static str),
    /// Small print.
    Adds(Html),
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Set<'a> {
    house: &'a House,
    subject: String,
    parts: Vec<Part>,
    /// The side on which lines begin.
    side: &'static str,
}

impl House {
    /// What the company is called, as a sentence says it.
    pub(super) fn name(&self) -> Html {
        Html::name(&self.company)
    }

    /// The subject of a letter.
    pub(super) fn subject(&self, letter: &impl Letter) -> String {
        plain(&letter.subject(self), self.say)
    }

    /// A letter as plain text.
    pub(super) fn text(&self, letter: &impl Letter) -> String {
        // On a line of its own nothing around an address changes its order.
        let parts = letter.parts(self).into_iter().map(|part| match part {
            Part::Says(words) | Part::Adds(words) => plain(&words, self.say),
            Part::Quotes(words) => words.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"),
            Part::Leads(to, says) if says.ends_with(['?', '؟']) => format!("{says}\n{to}"),
            Part::Leads(to, says) => format!("{says}:\n{to}"),
        });
        parts.collect::<Vec<_>>().join("\n\n")
    }

    /// A letter as HTML.
    pub(super) fn html(&self, letter: &impl Letter) -> Result<String> {
        let side = if self.say.direction() == "rtl" { "right" } else { "left" };
        let set = Set { house: self, subject: self.subject(letter), parts: letter.parts(self), side };
        set.render().map_err(Error::internal)
    }
}

/// Words without markup. A name is kept apart from what runs in the other direction: in Arabic each, and elsewhere one
/// in which anything runs from right to left.
fn plain(words: &Html, say: Language) -> String {
    let mut marked = String::new();
    for (at, part) in words.as_str().split("<bdi>").enumerate() {
        let Some((name, rest)) = part.split_once("</bdi>").filter(|_| at > 0) else {
            marked.push_str(part);
            continue;
        };
        // Signs in it that turn what follows around would end where we keep it apart, or turn our own words.
        let name = name.replace(turns, "");
        let apart = say.direction() == "rtl" || text::plain(&name).chars().any(from_right);
        let (from, to) = if apart { ("\u{2068}", "\u{2069}") } else { ("", "") };
        for piece in [from, &name, to, rest] {
            marked.push_str(piece);
        }
    }
    text::plain(&marked)
}

/// Whether a letter runs from right to left.
fn from_right(letter: char) -> bool {
    Direction::of(letter.encode_utf8(&mut [0; 4]), None) == Direction::RightToLeft
}

/// Whether a sign changes in which direction others run (UAX #9, explicit formatting).
const fn turns(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A handle, or the name of a brand behind an `@`.
pub(super) fn handle(of: &str) -> Html {
    Html::name(&format!("@{of}"))
}

/// A day, in UTC.
pub(super) fn day(at: Timestamp, say: Language) -> Html {
    Html::name(&say.day(civil(at)))
}

/// A day and the time of it, in UTC.
pub(super) fn moment(at: Timestamp, say: Language) -> Html {
    Html::name(&say.moment(civil(at)))
}

fn civil(at: Timestamp) -> jiff::civil::DateTime {
    let moment = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_apart_where_directions_meet() {
        let words = |name: &str| Html::of(format!("<b>{}</b> &amp; x", Html::name(name)));
        assert_eq!(plain(&words("A<b"), Language::German), "A<b & x");
        assert_eq!(plain(&words("@acme"), Language::Arabic), "\u{2068}@acme\u{2069} & x");
        assert_eq!(plain(&words("ليلى"), Language::English), "\u{2068}ليلى\u{2069} & x");
    }
}
