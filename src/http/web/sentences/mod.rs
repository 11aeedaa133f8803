//! What the house says on its pages, in each language that it speaks.
//!
//! [`text::sentences`](crate::text::sentences) says how sentences are written down; these are for pages alone.

mod about;
mod account;
mod apps;
mod frame;
mod home;
mod interact;
mod invited;
mod legal;
mod post;
mod profile;
mod setup;
mod sign_in;
mod workroom;

pub use crate::text::sentences::Html;

/// A catalogue of pages; see the module.
macro_rules! sentences {
    ($($sentences:tt)*) => {
        $crate::text::sentences::catalogue!(pub(in crate::http), $($sentences)*);
    };
}

use sentences;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{
        Language,
        sentences::{Sentence, assert_whole},
    };

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

    #[test]
    fn every_language_says_the_same_of_the_same_things() {
        /// Words that are the same.
        const SAME: [&str; 9] =
            ["feed", "name_and_handle", "passkeys", "tag_title", "video", "titled", "list_of", "said_by", "one_brand"];
        assert!(all().count() > 300, "{}", all().count());
        assert_whole(all(), &SAME);
    }

    #[test]
    fn what_others_wrote_is_escaped_once() {
        let said = Language::German.signed_in_as("<b>&");
        assert!(said.to_string().contains("@&lt;b&gt;&amp;</b>"), "{said}");
        let piece = Html::of("<i>x</i>".to_owned());
        assert!(Language::Arabic.signed_in_as(&piece).to_string().contains("@<i>x</i></b>"));
    }

    #[test]
    fn a_word_has_the_form_that_follows_its_number() {
        let said = [0, 1, 2, 3, 11, 100].map(|n| Language::Arabic.answers(n));
        assert_eq!(said, ["لا أجوبة", "جواب واحد", "جوابان", "3 أجوبة", "11 جوابًا", "100 جواب"]);
        assert_eq!([0, 1, 2].map(|n| Language::German.answers(n)), ["0 Antworten", "1 Antwort", "2 Antworten"]);
        assert_eq!([0, 1, 2].map(|n| Language::English.answers(n)), ["0 answers", "1 answer", "2 answers"]);
    }
}
