//! How the house says something in each [`Language`](crate::text::Language): on its pages, and in its letters.
//!
//! A sentence is a line of a catalogue: its name, what stands in it, and its words in every language. The macro
//! `catalogue` makes a method of it, so that a page says `frame.say.skip()`. A language that is left out, and a name in
//! braces that the sentence is not given, are not compiled; a test compares what each language has of both. Nothing is
//! read or looked up while something is said.
//!
//! - `say` is plain text, escaped where it is shown.
//! - `html` has markup of its own, and whatever it is given is escaped, unless it is [`Html`] itself.
//! - `count` is about a number, the first thing it is given: it has a form for each plural of the language, and the
//!   number as the language writes it. `count_html` is the same with markup.

mod html;
mod number;

pub use html::{Html, Piece};
pub use number::Form;

/// What is said in one language, for the test that compares them: its tag, and its words in every form.
#[cfg(test)]
pub type Said = (&'static str, &'static [&'static str]);
/// A sentence: its kind, its name, what it is given, and what is said.
#[cfg(test)]
pub type Sentence = (&'static str, &'static str, &'static [&'static str], &'static [Said]);

/// A catalogue, with those who may say what is in it; see the module.
macro_rules! catalogue {
    ($seen:vis, $($kind:ident $name:ident($($given:ident),*) { $($language:ident $words:tt)* })*) => {
        impl $crate::text::Language {
            $($crate::text::sentences::sentence!($seen $kind $name($($given),*) { $($language $words)* });)*
        }

        #[cfg(test)]
        pub(super) const ALL: &[$crate::text::sentences::Sentence] = &[$((
            stringify!($kind),
            stringify!($name),
            &[$(stringify!($given)),*],
            &[$((stringify!($language), $crate::text::sentences::forms!($words))),*],
        )),*];
    };
}

/// One sentence as a method.
macro_rules! sentence {
    ($seen:vis say $name:ident() { en $en:literal de $de:literal ar $ar:literal }) => {
        #[doc = $en]
        $seen const fn $name(self) -> &'static str {
            match self {
                Self::English => $en,
                Self::German => $de,
                Self::Arabic => $ar,
            }
        }
    };
    ($seen:vis say $name:ident($($given:ident),+) { en $en:literal de $de:literal ar $ar:literal }) => {
        #[doc = $en]
        $seen fn $name(self, $($given: impl std::fmt::Display),+) -> String {
            match self {
                Self::English => format!($en),
                Self::German => format!($de),
                Self::Arabic => format!($ar),
            }
        }
    };
    ($seen:vis html $name:ident($($given:ident),*) { en $en:literal de $de:literal ar $ar:literal }) => {
        #[doc = stringify!($name)]
        $seen fn $name(self, $($given: impl $crate::text::sentences::Piece),*) -> $crate::text::sentences::Html {
            $(let $given = $given.as_html();)*
            $crate::text::sentences::Html::of(match self {
                Self::English => format!($en),
                Self::German => format!($de),
                Self::Arabic => format!($ar),
            })
        }
    };
    ($seen:vis count $name:ident($count:ident $(, $given:ident)*) { $($forms:tt)* }) => {
        #[doc = stringify!($name)]
        $seen fn $name(self, $count: i64 $(, $given: impl std::fmt::Display)*) -> String {
            $crate::text::sentences::counted!(self $count { $($forms)* })
        }
    };
    ($seen:vis count_html $name:ident($count:ident $(, $given:ident)*) { $($forms:tt)* }) => {
        #[doc = stringify!($name)]
        $seen fn $name(
            self,
            $count: i64
            $(, $given: impl $crate::text::sentences::Piece)*
        ) -> $crate::text::sentences::Html {
            $(let $given = $given.as_html();)*
            $crate::text::sentences::Html::of($crate::text::sentences::counted!(self $count { $($forms)* }))
        }
    };
}

/// The words about a number, in the form that follows it.
macro_rules! counted {
    ($say:ident $count:ident {
        en { one $en_one:literal other $en:literal }
        de { one $de_one:literal other $de:literal }
        ar { zero $zero:literal one $one:literal two $two:literal few $few:literal many $many:literal other $other:literal }
    }) => {{
        use $crate::text::sentences::Form;
        let form = $say.form($count);
        let $count = $say.number($count);
        // Not every sentence says the number itself.
        let _ = &$count;
        match ($say, form) {
            (Self::English, Form::One) => format!($en_one),
            (Self::English, _) => format!($en),
            (Self::German, Form::One) => format!($de_one),
            (Self::German, _) => format!($de),
            (Self::Arabic, Form::Zero) => format!($zero),
            (Self::Arabic, Form::One) => format!($one),
            (Self::Arabic, Form::Two) => format!($two),
            (Self::Arabic, Form::Few) => format!($few),
            (Self::Arabic, Form::Many) => format!($many),
            (Self::Arabic, Form::Other) => format!($other),
        }
    }};
}

/// The words of one language, in every form.
#[cfg(test)]
macro_rules! forms {
    ($words:literal) => {
        &[$words]
    };
    ({ $($form:ident $words:literal)* }) => {
        &[$($words),*]
    };
}

pub(crate) use catalogue;
pub(crate) use counted;
#[cfg(test)]
pub(crate) use forms;
pub(crate) use sentence;

/// The names in braces.
#[cfg(test)]
fn named(words: &str) -> std::collections::BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// The tags, in the order of the alphabet: languages put them in their own.
#[cfg(test)]
fn tags(words: &str) -> Vec<&str> {
    let mut tags: Vec<&str> = words.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    tags.sort_unstable();
    tags
}

/// Whether every language says the same of the same things, each in its own words but for those that are the `same`.
#[cfg(test)]
pub fn assert_whole(all: impl Iterator<Item = &'static Sentence>, same: &[&str]) {
    let mut names = std::collections::BTreeSet::new();
    for (kind, name, given, said) in all {
        assert!(names.insert(*name), "{name} occurs twice");
        assert_eq!(said.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), ["en", "de", "ar"], "{name}");
        let given: std::collections::BTreeSet<&str> = given.iter().copied().collect();
        let (english, counts, marked) = (tags(said[0].1[0]), kind.starts_with("count"), kind.ends_with("html"));
        for (language, forms) in *said {
            for words in *forms {
                let named = named(words);
                // One and two may be told by the form of a word alone.
                let left_out = given.difference(&named).filter(|_| !counts).count();
                assert_eq!(left_out, 0, "{name} in {language} does not tell all of {given:?}: {words}");
                assert_eq!(tags(words), english, "{name} in {language} has other markup");
                assert_eq!(*words, words.trim(), "{name} in {language} has spaces around it");
                assert!(!words.is_empty() && !words.contains("  "), "{name} in {language}");
                assert!(!words.contains(['\'', '"']) || marked, "{name} in {language} has straight quotes: {words}");
            }
            // What is said of many names the number, unless that stands apart in every language.
            let other = forms.last().unwrap();
            let apart = !said.iter().flat_map(|(_, forms)| forms.iter()).any(|words| named(words).contains("n"));
            let left_out = given.difference(&named(other)).filter(|given| !(apart && **given == "n")).count();
            assert!(!counts || left_out == 0, "{name} in {language}");
        }
        let arabic = |words: &str| words.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
        let speaks = |words: &str| {
            let between = words.split('{').map(|part| part.rsplit('}').next().unwrap_or_default());
            between.collect::<String>().chars().any(char::is_alphabetic)
        };
        let fine = |words: &&str| arabic(words) || !speaks(words) || **words == *said[0].1[0];
        assert!(said[2].1.iter().all(fine), "{name} is not in Arabic");
        assert_eq!(said[0].1 == said[1].1, same.contains(name), "{name} is left in English, or is not the same");
    }
}
