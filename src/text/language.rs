//! Codes of languages, and the languages that the house speaks itself.

/// Whether this is the code of a language, such as `en` or `pt-BR`; which languages there are is not checked.
pub fn is_language(code: &str) -> bool {
    (2..=35).contains(&code.len())
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// A language that the house speaks, on pages and in letters: [`sentences`](super::sentences) says how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// What is spoken where nobody wishes for another one: to robots, in feeds, in what servers tell each other.
    #[default]
    English,
    /// German.
    German,
    /// Arabic.
    Arabic,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Arabic];

    /// Its tag (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Arabic => "ar",
        }
    }

    /// In which direction it is written, as HTML says it.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German => "ltr",
            Self::Arabic => "rtl",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Arabic => "العربية",
        }
    }

    /// The language of a tag, whatever its region is: `de-AT` is German. Nothing where it is not spoken here.
    pub fn tagged(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}
