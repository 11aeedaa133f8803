//! What letters say, in each language that the house speaks.
//!
//! [`text::sentences`](crate::text::sentences) says how sentences are written down; these are for letters alone. Names,
//! handles and times are given as [`Html::name`](crate::text::sentences::Html::name), which keeps them apart from words
//! that run in the other direction.

mod account;
mod brands;
mod certificates;
mod held;
mod roles;
mod sign_up;

/// A catalogue of letters; see the module.
macro_rules! sentences {
    ($($sentences:tt)*) => {
        $crate::text::sentences::catalogue!(pub(in crate::mail), $($sentences)*);
    };
}

use sentences;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sentences::assert_whole;

    #[test]
    fn every_language_says_the_same_of_the_same_things() {
        let all = [account::ALL, brands::ALL, certificates::ALL, held::ALL, roles::ALL, sign_up::ALL];
        assert_whole(all.into_iter().flatten(), &[]);
    }
}
