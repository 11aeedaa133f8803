//! In which direction a text runs: from left to right, or as Arabic and Hebrew from right to left.

use std::borrow::Cow;

/// A direction, as the attribute `dir` of HTML says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
    /// Nothing says; whoever shows it sees.
    #[default]
    Unknown,
}

impl Direction {
    /// The value of the attribute `dir`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
            Self::Unknown => "auto",
        }
    }

    /// That of a text as it was typed. Handles, hashtags and addresses do not decide: people begin with the name of whom
    /// they answer, whatever they go on in. What is said to be in a language from right to left and has any letters of
    /// such a language runs so; else its first letter decides. Apps name the language of the last post as often as that
    /// of this one, so what has none of its letters is not believed.
    pub fn of(text: &str, language: Option<&str>) -> Self {
        let named = language.is_some_and(runs_from_right);
        let mut first = Self::Unknown;
        for letter in text.split_whitespace().filter(|word| !is_address(word)).flat_map(str::chars).filter_map(strong) {
            if first == Self::Unknown {
                first = letter;
            }
            if !named || letter == Self::RightToLeft {
                return letter;
            }
        }
        if first == Self::Unknown && named { Self::RightToLeft } else { first }
    }

    /// That of clean HTML, in which no link decides either.
    pub fn of_html(html: &str, language: Option<&str>) -> Self {
        Self::of(&html_escape::decode_html_entities(&without_links(html)), language)
    }
}

/// Whether a language is written from right to left: by the script that its code names, or else as it is usual.
fn runs_from_right(code: &str) -> bool {
    const LANGUAGES: [&str; 27] = [
        "ar", "arc", "ary", "arz", "azb", "bal", "bgn", "bqi", "ckb", "dv", "fa", "glk", "he", "iw", "khw", "lrc",
        "mzn", "nqo", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur", "yi",
    ];
    const SCRIPTS: [&str; 10] = ["adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"];
    let code = code.to_ascii_lowercase();
    let mut parts = code.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    match parts.next().filter(|part| part.len() == 4) {
        Some(script) => SCRIPTS.contains(&script),
        None => LANGUAGES.contains(&language),
    }
}

/// Whether a word is a handle, a hashtag or an address.
fn is_address(word: &str) -> bool {
    word.contains(['@', '\u{ff20}'])
        || word.contains("://")
        || word.trim_start_matches(['(', '"', '“']).starts_with('#')
}

/// In which direction a letter runs; nothing for what has none of its own, as digits and signs.
fn strong(c: char) -> Option<Direction> {
    match c {
        '\u{200e}' => Some(Direction::LeftToRight),
        '\u{200f}' | '\u{61c}' => Some(Direction::RightToLeft),
        _ if !c.is_alphabetic() => None,
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}' => Some(Direction::RightToLeft),
        _ => Some(Direction::LeftToRight),
    }
}

/// Clean HTML without its tags and without its links, with their words; what stands in two blocks is no one word.
fn without_links(html: &str) -> Cow<'_, str> {
    if !html.contains('<') {
        return Cow::Borrowed(html);
    }
    let mut words = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        if !tag.starts_with("span") && !tag.starts_with("/span") {
            words.push(' ');
        }
        let link = tag.strip_prefix('a').is_some_and(|more| more.starts_with([' ', '>']));
        let end = if link { "</a>" } else { ">" };
        rest = tag.split_once(end).map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    Cow::Owned(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_says_decides_and_no_handle_before_it() {
        for (text, language, runs) in [
            ("Good morning", None, "ltr"),
            ("صباح الخير", None, "rtl"),
            ("שלום", None, "rtl"),
            ("@ana صباح الخير", None, "rtl"),
            ("@ana@company.example، https://company.example/a #heron صباح الخير", None, "rtl"),
            ("(#heron) 12. صباح Heron", None, "rtl"),
            ("@أنا good morning", None, "ltr"),
            ("12 … 😀", None, "auto"),
            ("", None, "auto"),
            ("@ana #heron", None, "auto"),
            ("@ana #heron", Some("en"), "auto"),
            ("@ana #heron", Some("ar"), "rtl"),
            ("Heron 3 هو الأفضل", None, "ltr"),
            ("Heron 3 هو الأفضل", Some("ar"), "rtl"),
            ("Heron 3 هو الأفضل", Some("fa-IR"), "rtl"),
            ("Heron 3 هو الأفضل", Some("en"), "ltr"),
            ("صباح الخير", Some("en"), "rtl"),
            ("Good morning", Some("ar"), "ltr"),
            ("Heron سلام", Some("uz-Arab"), "rtl"),
            ("Heron سلام", Some("fa-Latn"), "ltr"),
            ("Heron \u{200f}", Some("HE"), "rtl"),
        ] {
            assert_eq!(Direction::of(text, language).as_str(), runs, "{text} {language:?}");
        }
    }

    #[test]
    fn no_link_and_no_tag_of_html_decides() {
        let mention = "<a href=\"https://a.example/@ana\" class=\"u-url mention\">@<span>ana</span></a>";
        for (html, runs) in [
            (format!("<p><span class=\"h-card\">{mention}</span> صباح الخير</p>"), "rtl"),
            (format!("<p>{mention}, good <b>morning</b></p>"), "ltr"),
            ("<p><a href=\"https://a.example\">Heron 3</a>: صباح</p>".to_owned(), "rtl"),
            ("<p>@ana<br>صباح الخير</p>".to_owned(), "rtl"),
            ("<p>@<span>ana</span></p><p>صباح</p>".to_owned(), "rtl"),
            ("<p>&amp; &lt;صباح</p>".to_owned(), "rtl"),
            ("<img alt=\"x\"> <abbr>صباح</abbr>".to_owned(), "rtl"),
            ("<p>a &lt; b</p>".to_owned(), "ltr"),
            ("<a href=\"x\">never closed صباح".to_owned(), "auto"),
            ("<p".to_owned(), "auto"),
        ] {
            assert_eq!(Direction::of_html(&html, None).as_str(), runs, "{html}");
        }
    }
}
