//! Text in the forms in which words are looked for in it.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{
    length::is_invisible,
    names::{is_mark, is_word},
    shortcodes::shortcodes,
    terms::is_dense,
};

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

/// How many pictures of a name are taken out of it.
const PICTURES: usize = 50;

/// The words of a text as a reader sees them, whatever their case and however they are typed: letters and digits, one
/// space between two words and around all. What nobody sees is left out, and so are signs on letters that are typed in
/// several ways or not at all.
pub fn spaced_words(text: &str) -> String {
    let spaced = text.chars().map(|c| if is_gap(c) { ' ' } else { c });
    let seen = spaced.filter(|c| *c == ' ' || !is_invisible(*c));
    let seen: String = seen.nfkd().filter(|c| !is_sign(*c)).collect();
    let mut words = String::with_capacity(text.len() + 2);
    words.push(' ');
    for c in folded(&seen).chars().nfc() {
        if c.is_alphanumeric() || is_combining_mark(c) {
            words.push(c);
        } else if !words.ends_with(' ') {
            words.push(' ');
        }
    }
    if !words.ends_with(' ') {
        words.push(' ');
    }
    words
}

/// The words of a display name as they stand in [`spaced_words`] where somebody is called so, without what people put beside their name: pictures, and what stands
/// in brackets. Nothing where it has no word.
pub fn called(name: &str) -> Option<String> {
    let bare = without_brackets(name);
    let codes = shortcodes(&bare, PICTURES);
    let bare = codes.iter().fold(bare.clone(), |name, code| name.replace(&format!(":{code}:"), " "));
    let words = [bare.as_str(), name].into_iter().map(spaced_words).find(|words| words != " ")?;
    let name = words.trim();
    // Where words stand side by side without spaces, none begins or ends.
    let edge = |letter: Option<char>| if letter.is_some_and(is_dense) { "" } else { " " };
    Some(format!("{}{name}{}", edge(name.chars().next()), edge(name.chars().next_back())))
}

/// What a reader takes for a space.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Accents, and what strikes letters through.
const fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A name without what stands in brackets that are closed.
fn without_brackets(name: &str) -> String {
    let mut bare = String::with_capacity(name.len());
    // How much there was before each bracket that is open.
    let mut open: Vec<usize> = Vec::new();
    for c in name.chars() {
        if matches!(c, '(' | '[' | '{' | '（' | '【' | '［') {
            open.push(bare.len());
        }
        bare.push(c);
        if matches!(c, ')' | ']' | '}' | '）' | '】' | '］')
            && let Some(start) = open.pop()
        {
            bare.truncate(start);
            bare.push(' ');
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_named_however_the_name_is_typed() {
        let names =
            |called_as: &str, text: &str| called(called_as).is_some_and(|name| spaced_words(text).contains(&name));
        for text in [
            "So says Ana Silva.",
            "ANA SILVA",
            "Ana\nSilva",
            "Ana  Silva",
            "Ana\u{a0}Silva",
            "A\u{200b}na Sil\u{ad}va",
            "Ana\u{2800}Silva",
            "Ana\u{3164}Silva",
            "_Ana_ “Silva”",
            "A\u{301}na Si\u{335}lva",
            "𝐀𝐧𝐚 Ｓｉｌｖａ",
        ] {
            for name in
                ["Ana Silva", "Ana Silva (she/her)", "Ana Silva 🌻", "🌻 ana  silva [Acme (DE)]", ":star: Ána Silva"]
            {
                assert!(names(name, text), "{name} in {text:?}");
            }
        }
        for (name, text) in [
            ("Ana Silva", "Ana da Silva"),
            ("Ana", "Anastasia and Diana"),
            ("Ana 🌻", "Nobody 🌻"),
            ("🌻", "Nobody 🌻"),
            ("  ", "Nobody"),
            ("Ana (she/her)", "She and her"),
        ] {
            assert!(!names(name, text), "{name} in {text:?}");
        }
        assert!(names("田中太郎 🌻", "昨日、田中太郎さんが来た") && !names("田中太郎", "田中さんが来た"));
        // Whose name stands in brackets as a whole is called so, and so is who forgets one.
        assert!(names("(Ana)", "Ana says") && names("Ana (Silva", "ana silva") && names("जोशी", "यह जोशी है"));
        assert!(names("Jose\u{301}", "JOSÉ says so") && names("José", "Jose says so"));
    }

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
