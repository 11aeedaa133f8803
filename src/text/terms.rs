//! The words of a text, by which it is found, and those by which somebody looks for one.

use super::{
    folded,
    names::{is_mark, is_word},
};

/// The longest word that is told apart, in characters; of a longer one the beginning counts.
const LENGTH: usize = 64;

/// On which side of a search a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It is looked through.
    Said,
    /// It is looked for.
    Asked,
}

/// The different words of a text whatever their case, at most `most` of them, in the order in which they come.
///
/// Scripts that put no spaces between words are cut into pairs of letters, so that any part of a text is found.
pub fn terms(text: &str, side: Side, most: usize) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let folded = folded(text);
    for word in folded.split(|c| !(is_word(c) || is_mark(c))).filter(|word| !word.is_empty()) {
        for term in cut(word, side) {
            if terms.len() >= most {
                return terms;
            }
            if seen.insert(term.clone()) {
                terms.push(term);
            }
        }
    }
    terms
}

/// Whether words of this script stand side by side without spaces: Thai, Lao, Khmer, Burmese, Japanese, Chinese.
pub fn is_dense(c: char) -> bool {
    matches!(
        c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

fn cut(word: &str, side: Side) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut terms = Vec::new();
    for run in letters.chunk_by(|one, next| is_dense(*one) == is_dense(*next)) {
        if !run.first().copied().is_some_and(is_dense) {
            terms.push(run.iter().take(LENGTH).collect());
            continue;
        }
        terms.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
        // Whoever looks for one letter finds the pairs that begin with it, and the last one of a text.
        if let Some(last) = run.last().filter(|_| side == Side::Said || run.len() == 1) {
            terms.push(last.to_string());
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_stands_between_them() {
        let said = |text: &str| terms(text, Side::Said, 99);
        assert_eq!(said("Green TEA, green-tea! 'x' & y:* \"z\""), ["green", "tea", "x", "y", "z"]);
        assert_eq!(said("Straße हिन्दी snake_case"), ["straße", "हिन्दी", "snake_case"]);
        assert_eq!(said("... -- '' \" \\ \0"), [""; 0]);
        assert_eq!(said(&"x".repeat(100)), ["x".repeat(LENGTH)]);
        assert_eq!(terms("a b c", Side::Said, 2), ["a", "b"]);
    }

    #[test]
    fn text_without_spaces_is_found_by_any_part() {
        assert_eq!(terms("緑茶が好き", Side::Said, 99), ["緑茶", "茶が", "が好", "好き", "き"]);
        assert_eq!(terms("茶が好", Side::Asked, 99), ["茶が", "が好"]);
        assert_eq!(terms("茶", Side::Asked, 99), ["茶"]);
        assert_eq!(terms("Rust入門", Side::Asked, 99), ["rust", "入門"]);
    }
}
