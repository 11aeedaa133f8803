//! How long a text is, as Mastodon counts it.

use super::names::{Piece, pieces};

/// What a link counts, whatever its length.
const LINK: usize = 23;

/// Characters: a link counts 23, and of a handle the host does not count.
pub fn count(source: &str) -> usize {
    pieces(source)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.chars().count(),
            Piece::Link(_) => LINK,
            Piece::Mention(mention) => mention.username.chars().count() + 1,
            Piece::Hashtag(name) => name.chars().count() + 1,
        })
        .sum()
}

/// As much of a text as fits into so many bytes.
pub fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// As much of a text as has at most so many characters, with a sign that it goes on where it does.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether a reader would see nothing.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Whether a reader sees nothing of a character, or space.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
