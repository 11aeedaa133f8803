//! What became of the words of a text in another one.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag};

/// Beyond so many words together two texts are compared for a while only: what it takes grows with their square.
const MANY: usize = 2_000;
/// For how long; what is left then is told to have nothing in common.
const WHILE: Duration = Duration::from_millis(200);

/// What became of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// They stand in both texts.
    Kept,
    /// They are new.
    Added,
    /// They are gone.
    Removed,
}

impl Kept {
    /// The name of this in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// How one text becomes another, word by word: runs of words that are kept, removed and added, in order. White space
/// between words says nothing.
pub fn diff(before: &str, after: &str) -> Vec<(Kept, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_whitespace().collect(), after.split_whitespace().collect());
    let mut runs = Runs::default();
    for (tag, was, is) in compare(&old, &new).iter().map(DiffOp::as_tag_tuple) {
        let (was, is) = (old.get(was).unwrap_or_default(), new.get(is).unwrap_or_default());
        if tag == DiffTag::Equal {
            runs.extend(Kept::Kept, was);
        } else {
            runs.extend(Kept::Removed, was);
            runs.extend(Kept::Added, is);
        }
    }
    runs.done
}

/// What two rows of words have in common, and where they differ, from the first to the last.
pub(super) fn compare(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let until = (old.len().saturating_add(new.len()) > MANY).then(|| Instant::now() + WHILE);
    similar::capture_diff_slices_deadline(Algorithm::Myers, old, new, until)
}

/// Runs of words of one kind.
#[derive(Default)]
struct Runs {
    done: Vec<(Kept, String)>,
}

impl Runs {
    fn push(&mut self, kept: Kept, word: &str) {
        match self.done.last_mut() {
            Some((last, words)) if *last == kept => {
                words.push(' ');
                words.push_str(word);
            }
            _ => self.done.push((kept, word.to_owned())),
        }
    }

    fn extend(&mut self, kept: Kept, words: &[&str]) {
        words.iter().for_each(|word| self.push(kept, word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let sign = |kept| match kept {
            Kept::Kept => "=",
            Kept::Added => "+",
            Kept::Removed => "-",
        };
        diff(before, after)
            .into_iter()
            .map(|(kept, words)| format!("{}{words}", sign(kept)))
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn words_are_kept_removed_and_added() {
        assert_eq!(shown("We open on Monday", "We open on Monday"), "=We open on Monday");
        assert_eq!(
            shown("Ana says we open on Monday", "We open on Monday!"),
            "-Ana says we|+We|=open on|-Monday|+Monday!"
        );
        assert_eq!(shown("a b c d", "a x c d y"), "=a|-b|+x|=c d|+y");
        assert_eq!(shown("", "new words"), "+new words");
        assert_eq!(shown("old words", " "), "-old words");
        assert_eq!(shown("", ""), "");
        assert_eq!(shown("one\n\ntwo", "one two"), "=one two");
    }

    #[test]
    fn both_texts_can_be_read_in_it() {
        let texts = ["a b a b c", "b a c a", "c c c", "a a b b c c a", "b", ""];
        for (before, after) in texts.iter().flat_map(|one| texts.map(|other| (*one, other))) {
            let runs = diff(before, after);
            let without = |gone: Kept| {
                let words: Vec<&str> =
                    runs.iter().filter(|(kept, _)| *kept != gone).map(|(_, words)| words.as_str()).collect();
                words.join(" ")
            };
            assert_eq!((without(Kept::Added).as_str(), without(Kept::Removed).as_str()), (before, after));
        }
    }

    #[test]
    fn very_long_texts_are_compared_for_a_while() {
        let (before, after) = ("a b ".repeat(30_000), "b c ".repeat(30_000));
        let runs = diff(&before, &after);
        let words = |kept| runs.iter().filter(|run| run.0 != kept).map(|run| run.1.split(' ').count()).sum::<usize>();
        assert_eq!((words(Kept::Added), words(Kept::Removed)), (60_000, 60_000));
        // A short text beside a very long one is no less work.
        let runs = diff("a b a b", &before);
        assert_eq!(
            runs.iter().filter(|run| run.0 != Kept::Removed).map(|run| run.1.split(' ').count()).sum::<usize>(),
            60_000
        );
    }
}
