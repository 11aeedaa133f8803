//! Whether a text is one emoji.

/// Whether this is one emoji, as people react with, and nothing else.
pub fn is_emoji(text: &str) -> bool {
    let mut rest = text.chars();
    let Some(first) = rest.next() else { return false };
    if is_flag_letter(first) {
        return rest.next().is_some_and(is_flag_letter) && rest.next().is_none();
    }
    // 1, # and * are emoji only with the key around them.
    if first.is_ascii() {
        let key: String = rest.filter(|c| *c != '\u{fe0f}').collect();
        return (first.is_ascii_digit() || matches!(first, '#' | '*')) && key == "\u{20e3}";
    }
    if !is_picture(first) {
        return false;
    }
    // What follows changes the picture, or is joined to it.
    let mut joined = false;
    for c in rest {
        let fits = if joined { is_picture(c) } else { c == '\u{200d}' || changes(c) };
        if !fits {
            return false;
        }
        joined = c == '\u{200d}';
    }
    !joined
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// The blocks that hold pictures.
fn is_picture(c: char) -> bool {
    !is_tone(c)
        && matches!(c, '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21aa}' | '\u{231a}'..='\u{23ff}' | '\u{24c2}' | '\u{25aa}'..='\u{27bf}' | '\u{2934}'..='\u{2935}' | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Presentation, skin tone, and the tags that flags of regions are spelt with.
fn changes(c: char) -> bool {
    is_tone(c) || matches!(c, '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn one_emoji_is_one_however_many_characters_it_takes() {
        for emoji in ["👍", "❤", "❤️", "👍🏽", "👩‍💻", "🏳️‍🌈", "🇩🇪", "1️⃣", "☕", "⭐"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in ["", "x", "like", "👍👍", "☕👍", "1", "🇩", "👍\u{200d}", "\u{1f3fd}", ":blobcat:", "a👍"]
        {
            assert!(!is_emoji(other), "{other}");
        }
    }
}
