//! How somebody says what they look for: words, quoted or not, and operators as in Mastodon.

use std::time::Duration;

use crate::{
    db::{Timestamp, first_id_at},
    domain::{
        PostId,
        words::{Content, Mark},
    },
    text::{self, Side},
};

/// How many words count.
const WORDS: usize = 20;
/// How many authors count that are named as such, and as many that are not to be: each is looked up.
const NAMES: usize = 5;
/// How many bytes of what somebody types are read.
const READ: usize = 1_000;
/// From how many characters on the last word may be the beginning of one; in other scripts than Latin, two.
const BEGINNING: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What somebody looks for, as they say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording {
    /// The post has these words.
    pub words: Vec<String>,
    /// And one that begins so.
    pub beginnings: Vec<String>,
    /// And none of these.
    pub without_words: Vec<String>,
    /// What else it is.
    pub marks: Vec<Mark>,
    /// What else it is not.
    pub without_marks: Vec<Mark>,
    /// By whom it is: a handle, or `me`.
    pub from: Vec<String>,
    /// By whom it is not.
    pub not_from: Vec<String>,
    /// Only what has to do with the searcher, or only what everybody may read.
    pub place: Place,
    /// After which post.
    pub above: PostId,
    /// Before which post.
    pub below: PostId,
}

/// Where somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Wherever they may find something.
    All,
    /// In what they wrote, like or keep, and what names them.
    Library,
    /// In what everybody may read.
    Public,
}

impl Wording {
    /// Reads what somebody typed. What is no operator is words.
    pub(super) fn read(typed: &str) -> Self {
        let mut wording = Self {
            words: Vec::new(),
            beginnings: Vec::new(),
            without_words: Vec::new(),
            marks: Vec::new(),
            without_marks: Vec::new(),
            from: Vec::new(),
            not_from: Vec::new(),
            place: Place::All,
            above: PostId(0),
            below: PostId(i64::MAX),
        };
        let parts = parts(text::beginning(typed, READ));
        for (place, part) in parts.iter().enumerate() {
            let (without, part) = match part.strip_prefix('-') {
                Some(rest) if !rest.is_empty() => (true, rest),
                _ => (false, part.strip_prefix('+').unwrap_or(part)),
            };
            let said = part.split_once(':').is_some_and(|(name, value)| wording.operator(name, value, without));
            if !said {
                wording.say(part, without, place + 1 == parts.len());
            }
        }
        wording
    }

    /// Whether nothing at all is looked for.
    pub(super) fn is_empty(&self) -> bool {
        let words = self.words.is_empty() && self.beginnings.is_empty();
        words && self.marks.is_empty() && self.from.is_empty() && self.place == Place::All && !self.is_of_a_time()
    }

    fn is_of_a_time(&self) -> bool {
        self.above > PostId(0) || self.below < PostId(i64::MAX)
    }

    fn say(&mut self, part: &str, without: bool, last: bool) {
        let quoted = part.starts_with('"');
        let room = WORDS.saturating_sub(self.words.len() + self.beginnings.len() + self.without_words.len());
        let mut words = text::terms(part, Side::Asked, room);
        if without {
            self.without_words.append(&mut words);
            return;
        }
        // Whoever types goes on typing; a letter of a script without spaces begins pairs.
        let begins = |word: &String| {
            let letters = word.chars().count();
            let enough = if word.is_ascii() { BEGINNING } else { 2 };
            (last && !quoted && letters >= enough) || (letters == 1 && !word.is_ascii())
        };
        if words.last().is_some_and(begins) {
            self.beginnings.extend(words.pop());
        }
        self.words.append(&mut words);
    }

    /// Takes an operator; answers whether it is one.
    fn operator(&mut self, name: &str, value: &str, without: bool) -> bool {
        let day = || Timestamp::parse_rfc3339(&format!("{value}T00:00:00Z"));
        match (name, value) {
            ("from", from) if !from.is_empty() => {
                let names = if without { &mut self.not_from } else { &mut self.from };
                names.extend((names.len() < NAMES).then(|| from.to_owned()));
                true
            }
            ("in", "library") => self.look_in(Place::Library),
            ("in", "public") => self.look_in(Place::Public),
            ("in", "all") => self.look_in(Place::All),
            ("before" | "after" | "during", _) => day().is_some_and(|day| self.limit(name, day)),
            _ => mark(name, value).is_some_and(|mark| {
                let marks = if without { &mut self.without_marks } else { &mut self.marks };
                marks.push(mark);
                true
            }),
        }
    }

    fn look_in(&mut self, place: Place) -> bool {
        self.place = place;
        true
    }

    /// Ids begin with the time at which a post was published.
    fn limit(&mut self, name: &str, day: Timestamp) -> bool {
        let (begins, ends) = (PostId(first_id_at(day)), PostId(first_id_at(day.plus(DAY))));
        if name != "after" {
            self.below = self.below.min(if name == "before" { begins } else { ends });
        }
        if name != "before" {
            let first = if name == "after" { ends } else { begins };
            self.above = self.above.max(PostId(first.0.saturating_sub(1)));
        }
        true
    }
}

/// What a post is or has, as it is asked for.
fn mark(name: &str, value: &str) -> Option<Mark> {
    match (name, value) {
        ("has", content) => content.parse::<Content>().ok().map(Mark::Has),
        ("is", "reply") => Some(Mark::Reply),
        ("is", "sensitive") => Some(Mark::Sensitive),
        ("language", language) if !language.is_empty() => Some(Mark::language(language)),
        _ => None,
    }
}

/// What stands between spaces, or between quotes.
fn parts(typed: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for c in typed.chars() {
        match c {
            '"' | '“' | '”' => {
                quoted = !quoted;
                parts.extend(quoted.then(|| "\"".to_owned()));
                parts.extend((!quoted).then(String::new));
            }
            c if c.is_whitespace() && !quoted => parts.push(String::new()),
            c => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
    }
    parts.retain(|part| !matches!(part.as_str(), "" | "\""));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_operators_are_told_apart() {
        let read = Wording::read("green \"black tea\" -milk from:@ana -is:reply has:image language:pt-BR x:y sug");
        assert_eq!(read.words, ["green", "black", "tea", "x", "y"]);
        assert_eq!((read.beginnings, read.without_words), (vec!["sug".to_owned()], vec!["milk".to_owned()]));
        assert_eq!((read.from, read.without_marks), (vec!["@ana".to_owned()], vec![Mark::Reply]));
        assert_eq!(read.marks, [Mark::Has(Content::Image), Mark::Language("pt".to_owned())]);
        for nothing in ["", " ", "\"\"", "-", "...", "-milk", "has:", "from:", "before:"] {
            assert!(Wording::read(nothing).words.len() < 2 && Wording::read(nothing).marks.is_empty(), "{nothing}");
        }
        assert_eq!(Wording::read(&"from:ana ".repeat(99)).from.len(), NAMES);
        assert!(Wording::read("-milk").is_empty() && !Wording::read("from:me").is_empty());
    }

    #[test]
    fn days_are_bounds() {
        let day = |text: &str| first_id_at(Timestamp::parse_rfc3339(&format!("{text}T00:00:00Z")).unwrap());
        let read = Wording::read("during:2026-11-01");
        assert_eq!((read.above.0, read.below.0), (day("2026-11-01") - 1, day("2026-11-02")));
        let read = Wording::read("after:2026-11-01 before:2026-11-05");
        assert_eq!((read.above.0, read.below.0), (day("2026-11-02") - 1, day("2026-11-05")));
        assert!(Wording::read("before:yesterday").words.contains(&"before".to_owned()));
    }
}
