//! What the house says on its pages, in each language that it speaks.
//!
//! A sentence is a line of a catalogue: its name, what stands in it, and its words in every [`Language`]. The macro
//! [`sentences`] makes a method of it, so that a page says `frame.say.skip()`. A language that is left out, and a name in
//! braces that the sentence is not given, are not compiled; a test compares what each language has of both. Nothing is
//! read or looked up while a page is written.
//!
//! - `say` is plain text, escaped where it is shown.
//! - `html` has markup of its own, and whatever it is given is escaped, unless it is [`Html`] itself.
//! - `count` is about a number, the first thing it is given: it has a form for each plural of the language, and the
//!   number as the language writes it.

mod about;
mod account;
mod apps;
mod frame;
mod home;
mod html;
mod interact;
mod invited;
mod legal;
mod number;
mod post;
mod profile;
mod setup;
mod sign_in;
mod workroom;

pub use html::Html;

/// What is said in one language, for the test that compares them: its tag, and its words in every form.
#[cfg(test)]
type Said = (&'static str, &'static [&'static str]);
/// A sentence: its kind, its name, what it is given, and what is said.
#[cfg(test)]
type Sentence = (&'static str, &'static str, &'static [&'static str], &'static [Said]);

/// A catalogue; see the module.
macro_rules! sentences {
    ($($kind:ident $name:ident($($given:ident),*) { $($language:ident $words:tt)* })*) => {
        impl $crate::http::extract::Language {
            $($crate::http::web::sentences::sentence!($kind $name($($given),*) { $($language $words)* });)*
        }

        #[cfg(test)]
        pub(super) const ALL: &[super::Sentence] = &[$((
            stringify!($kind),
            stringify!($name),
            &[$(stringify!($given)),*],
            &[$((stringify!($language), $crate::http::web::sentences::forms!($words))),*],
        )),*];
    };
}

/// One sentence as a method.
macro_rules! sentence {
    (say $name:ident() { en $en:literal de $de:literal ar $ar:literal }) => {
        #[doc = $en]
        pub(in crate::http) const fn $name(self) -> &'static str {
            match self {
                Self::English => $en,
                Self::German => $de,
                Self::Arabic => $ar,
            }
        }
    };
    (say $name:ident($($given:ident),+) { en $en:literal de $de:literal ar $ar:literal }) => {
        #[doc = $en]
        pub(in crate::http) fn $name(self, $($given: impl std::fmt::Display),+) -> String {
            match self {
                Self::English => format!($en),
                Self::German => format!($de),
                Self::Arabic => format!($ar),
            }
        }
    };
    (html $name:ident($($given:ident),*) { en $en:literal de $de:literal ar $ar:literal }) => {
        #[doc = stringify!($name)]
        pub(in crate::http) fn $name(self, $($given: impl $crate::http::web::sentences::html::Piece),*) -> $crate::http::web::sentences::Html {
            $(let $given = $given.as_html();)*
            $crate::http::web::sentences::Html::of(match self {
                Self::English => format!($en),
                Self::German => format!($de),
                Self::Arabic => format!($ar),
            })
        }
    };
    (count $name:ident($count:ident $(, $given:ident)*) {
        en { one $en_one:literal other $en:literal }
        de { one $de_one:literal other $de:literal }
        ar { zero $zero:literal one $one:literal two $two:literal few $few:literal many $many:literal other $other:literal }
    }) => {
        #[doc = $en]
        pub(in crate::http) fn $name(self, $count: i64 $(, $given: impl std::fmt::Display)*) -> String {
            use $crate::http::web::sentences::number::Form;
            let form = self.form($count);
            let $count = self.number($count);
            // Not every sentence says the number itself.
            let _ = &$count;
            match (self, form) {
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
        }
    };
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

#[cfg(test)]
use forms;
use sentence;
use sentences;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = &'static Sentence> {
        let catalogues = [
            about::ALL,
            account::ALL,
            apps::ALL,
            frame::ALL,
            home::ALL,
            interact::ALL,
            invited::ALL,
            legal::ALL,
            post::ALL,
            profile::ALL,
            setup::ALL,
            sign_in::ALL,
            workroom::ALL,
        ];
        catalogues.into_iter().flatten()
    }

    /// The names in braces.
    fn named(words: &str) -> BTreeSet<&str> {
        words.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    /// The tags, in the order of the alphabet: languages put them in their own.
    fn tags(words: &str) -> Vec<&str> {
        let mut tags: Vec<&str> = words.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
        tags.sort_unstable();
        tags
    }

    #[test]
    fn every_language_says_the_same_of_the_same_things() {
        assert!(all().count() > 300, "{}", all().count());
        for (kind, name, given, said) in all() {
            assert_eq!(said.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), ["en", "de", "ar"], "{name}");
            let given: BTreeSet<&str> = given.iter().copied().collect();
            let english = tags(said[0].1[0]);
            for (language, forms) in *said {
                for words in *forms {
                    let named = named(words);
                    // One and two may be told by the form of a word alone.
                    let left_out = given.difference(&named).filter(|_| *kind != "count").count();
                    assert_eq!(left_out, 0, "{name} in {language} does not tell all of {given:?}: {words}");
                    assert_eq!(tags(words), english, "{name} in {language} has other markup");
                    assert_eq!(*words, words.trim(), "{name} in {language} has spaces around it");
                    assert!(!words.is_empty() && !words.contains("  "), "{name} in {language}");
                    assert!(
                        !words.contains(['\'', '"']) || *kind == "html",
                        "{name} in {language} has straight quotes: {words}"
                    );
                }
                // What is said of many names the number, unless that stands apart in every language.
                let other = forms.last().unwrap();
                let apart = !said.iter().flat_map(|(_, forms)| forms.iter()).any(|words| named(words).contains("n"));
                let left_out = given.difference(&named(other)).filter(|given| !(apart && **given == "n")).count();
                assert!(*kind != "count" || left_out == 0, "{name} in {language}");
            }
            let arabic = |words: &str| words.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
            let speaks = |words: &str| {
                let between = words.split('{').map(|part| part.rsplit('}').next().unwrap_or_default());
                between.collect::<String>().chars().any(char::is_alphabetic)
            };
            let fine = |words: &&str| arabic(words) || !speaks(words) || **words == *said[0].1[0];
            assert!(said[2].1.iter().all(fine), "{name} is not in Arabic");
        }
    }

    #[test]
    fn no_sentence_is_left_in_english() {
        /// Words that are the same.
        const SAME: [&str; 10] = [
            "feed",
            "name_and_handle",
            "your_address_example",
            "passkeys",
            "tag_title",
            "video",
            "titled",
            "list_of",
            "said_by",
            "one_brand",
        ];
        for (_, name, _, said) in all() {
            let same = said[0].1 == said[1].1;
            assert_eq!(same, SAME.contains(name), "{name}");
        }
    }

    #[test]
    fn names_occur_once() {
        let mut names: Vec<&str> = all().map(|(_, name, ..)| *name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
