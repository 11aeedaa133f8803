//! What became of the words of a text in another one.

/// Beyond so many comparisons two texts are told to have nothing in common: nobody reads such a comparison.
const MOST: usize = 4_000_000;

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
    let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let old_middle = old_rest.get(..old_rest.len() - end).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - end).unwrap_or_default();
    let mut runs = Runs::default();
    runs.extend(Kept::Kept, old.get(..start).unwrap_or_default());
    if old_middle.len().saturating_mul(new_middle.len()) > MOST {
        runs.extend(Kept::Removed, old_middle);
        runs.extend(Kept::Added, new_middle);
    } else {
        middle(old_middle, new_middle, &mut runs);
    }
    runs.extend(Kept::Kept, old_rest.get(old_middle.len()..).unwrap_or_default());
    runs.done
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

/// The longest that both have in common, by the lengths of what the rests of both have in common.
fn middle(old: &[&str], new: &[&str], runs: &mut Runs) {
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    let at = |common: &[u32], one: usize, other: usize| common.get(one * width + other).copied().unwrap_or(0);
    for (one, word) in old.iter().enumerate().rev() {
        for (other, new_word) in new.iter().enumerate().rev() {
            let longest = if word == new_word {
                at(&common, one + 1, other + 1) + 1
            } else {
                at(&common, one + 1, other).max(at(&common, one, other + 1))
            };
            if let Some(cell) = common.get_mut(one * width + other) {
                *cell = longest;
            }
        }
    }
    let (mut one, mut other) = (0, 0);
    loop {
        match (old.get(one), new.get(other)) {
            (Some(word), Some(new_word)) if word == new_word => {
                runs.push(Kept::Kept, word);
                (one, other) = (one + 1, other + 1);
            }
            (Some(word), next) if next.is_none() || at(&common, one + 1, other) >= at(&common, one, other + 1) => {
                runs.push(Kept::Removed, word);
                one += 1;
            }
            (_, Some(word)) => {
                runs.push(Kept::Added, word);
                other += 1;
            }
            _ => return,
        }
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
    fn very_long_texts_are_not_compared() {
        let (before, after) = ("a b ".repeat(3_000), "b c ".repeat(3_000));
        assert_eq!(diff(&before, &after).len(), 2);
    }
}
