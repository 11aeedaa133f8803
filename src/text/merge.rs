//! Two texts that were made of one, put together.

use similar::DiffOp;

use super::diff::compare;

/// A place in which two texts differ from what both were made of, and from each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// What stood there.
    pub base: String,
    /// What stands there in the one.
    pub mine: String,
    /// What stands there in the other.
    pub theirs: String,
}

/// Two texts that were made of `base`, as one, word by word; or the places in which their changes touch each other.
pub fn merge(base: &str, mine: &str, theirs: &str) -> Result<String, Vec<Clash>> {
    let (base, mine, theirs) = (words(base), words(mine), words(theirs));
    let (in_mine, in_theirs) = (matches(&base, &mine), matches(&base, &theirs));
    let anchors = (0..base.len()).filter_map(|at| Some((at, (*in_mine.get(at)?)?, (*in_theirs.get(at)?)?)));
    let end = (base.len(), mine.len(), theirs.len());
    let (mut merged, mut clashes) = (String::new(), Vec::new());
    let mut from = (0, 0, 0);
    for to in anchors.chain([end]) {
        let part = |words: &[&str], from: usize, to: usize| words.get(from..to).unwrap_or_default().concat();
        let was = part(&base, from.0, to.0);
        let (one, other) = (part(&mine, from.1, to.1), part(&theirs, from.2, to.2));
        if one == was || one == other {
            merged.push_str(&other);
        } else if other == was {
            merged.push_str(&one);
        } else {
            clashes.push(Clash { base: was, mine: one, theirs: other });
        }
        merged.push_str(base.get(to.0).unwrap_or(&""));
        from = (to.0 + 1, to.1 + 1, to.2 + 1);
    }
    if clashes.is_empty() { Ok(merged) } else { Err(clashes) }
}

/// The words of a text, each with the white space before it; what follows the last one stands alone.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let begins = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        let length = rest.get(begins..).and_then(|word| word.find(char::is_whitespace));
        let (word, more) = rest.split_at(length.map_or(rest.len(), |length| begins + length));
        words.push(word);
        rest = more;
    }
    words
}

/// For each word of one text where it stands in the other, if it was kept.
fn matches(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    let mut found = vec![None; old.len()];
    for op in compare(old, new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            let places = found.iter_mut().skip(old_index).take(len);
            places.zip(new_index..).for_each(|(place, at)| *place = Some(at));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_do_not_touch_each_other_are_put_together() {
        for (base, mine, theirs, merged) in [
            ("We open at ten.", "We open at ten.", "We open at ten.", "We open at ten."),
            ("We open at ten.", "We open at nine.", "We open at ten.", "We open at nine."),
            ("We open at ten.", "We open at ten.", "Today we open at ten.", "Today we open at ten."),
            ("We open at ten.", "They open at ten.", "We open at nine.", "They open at nine."),
            ("a b c d e", "a c d e", "a b c d e f", "a c d e f"),
            ("a b c", "a b x c", "a b x c", "a b x c"),
            ("1\n\n2\n\n3\n", "1\n\n2\n\n3!\n", "0\n\n1\n\n2\n\n3\n", "0\n\n1\n\n2\n\n3!\n"),
            ("", "", "New", "New"),
            ("Gone", "", "Gone", ""),
            ("a b c b a", "a b c b a x", "y b c b a", "y b c b a x"),
        ] {
            assert_eq!(merge(base, mine, theirs), Ok(merged.to_owned()), "{base} {mine} {theirs}");
            assert_eq!(merge(base, theirs, mine), Ok(merged.to_owned()), "{base} {theirs} {mine}");
        }
    }

    #[test]
    fn changes_of_the_same_words_are_told() {
        let clash = |base: &str, mine: &str, theirs: &str| Clash {
            base: base.to_owned(),
            mine: mine.to_owned(),
            theirs: theirs.to_owned(),
        };
        assert_eq!(
            merge("We open at ten.", "We open at nine.", "We open at eleven."),
            Err(vec![clash(" ten.", " nine.", " eleven.")])
        );
        assert_eq!(merge("", "Mine", "Theirs"), Err(vec![clash("", "Mine", "Theirs")]));
        // Words beside each other touch.
        assert_eq!(merge("a b c d", "a x c d", "a b y d"), Err(vec![clash(" b c", " x c", " b y")]));
    }

    #[test]
    fn texts_of_any_length_are_put_together() {
        let long = "a b ".repeat(3_000);
        assert_eq!(
            merge(&long, &format!("{long}end"), &format!("begin {long}")).map(|text| text.len()),
            Ok(long.len() + 9)
        );
        let other = "c d ".repeat(3_000);
        assert!(merge(&long, &other, &long).is_ok() && merge(&long, &other, &format!("{other}e")).is_err());
    }
}
