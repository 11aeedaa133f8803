//! Text in the forms in which words are looked for in it.

use super::names::{is_mark, is_word};

/// Stands in a text where a word begins or ends; no text has one of its own.
pub const EDGE: char = '\0';

/// Text in which words are found whatever their case.
pub fn folded(text: &str) -> String {
    // The Greek sigma has two small forms, of which one stands at ends of words.
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// The same with a mark wherever a word begins or ends. What was made of words is found in what was made of a text
/// only where they stand there as whole words, on those sides on which they have letters.
pub fn folded_words(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() * 2);
    let mut inside = false;
    for c in folded(text).chars() {
        let word = is_word(c) || is_mark(c);
        if word != inside {
            marked.push(EDGE);
            inside = word;
        }
        marked.push(c);
    }
    if inside {
        marked.push(EDGE);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_found_as_such() {
        let found = |word: &str, text: &str| folded_words(text).contains(&folded_words(word));
        for (word, text) in [
            ("cat", "The CAT, again"),
            ("naïve", "So NAÏVE!"),
            ("C++", "C++17 and C++"),
            ("two words", "these Two Words here"),
            ("οδός", "ΟΔΌΣ"),
            ("हिन्दी", "यह हिन्दी है"),
            ("#tea", "#tea time"),
        ] {
            assert!(found(word, text), "{word} in {text}");
        }
        for (word, text) in
            [("cat", "concatenate"), ("cat", "cats"), ("naïve", "naïvely"), ("C++", "ABC++"), ("दी", "हिन्दी")]
        {
            assert!(!found(word, text), "{word} in {text}");
            assert!(folded(text).contains(&folded(word)) || word == "C++", "{word} as a part of {text}");
        }
    }
}
