//! Small edits: what may be changed in a post without asking those who agreed to it.

use super::{Draft, Post, hashtags_in, hidden_readers, mentioned};
use crate::{db::Conn, error::Result, text};

/// How many characters of a post may be changed altogether before somebody must agree again.
pub const TYPO: usize = 20;

/// How many characters a new text changes, where that is all that it changes; nothing, where it changes more than
/// [`TYPO`], or links, mentions, hashtags, numbers, files, the poll, the language, what is hidden, or in what was typed
/// more than can be seen.
pub(super) fn changed_characters(conn: &mut Conn, old: &Post, new: &Draft) -> Result<Option<usize>> {
    let details = (&old.details.0, &new.details);
    let settled = old.title == new.title
        && old.sensitive == new.sensitive
        && new.language.as_ref().is_none_or(|language| old.language.as_ref() == Some(language))
        && old.attachments.0 == new.attachments
        && (new.source_type.is_none() || old.source_type == new.source_type)
        && details.0.asks_the_same(details.1)
        && details.0.ends_at == details.1.ends_at
        && anchors(&old.content) == anchors(&new.content)
        && numbers(&old.summary, &old.content) == numbers(&new.summary, &new.content);
    if !settled {
        return Ok(None);
    }
    let hidden = hidden_readers(conn, old.id)?;
    let mut named = new.mentions.clone();
    named.sort();
    let mut tags: Vec<String> = hashtags_in(conn, &[old.id])?.into_iter().map(|(_, name)| name).collect();
    let mut new_tags = new.hashtags.clone();
    for names in [&mut tags, &mut new_tags] {
        names.sort();
    }
    if named != mentioned(conn, old.id)? || tags != new_tags || !new.hidden.iter().all(|one| hidden.contains(one)) {
        return Ok(None);
    }
    let said = |summary: &str, content: &str| -> Vec<char> { format!("{summary}\n{content}").chars().collect() };
    let seen = distance(&said(&old.summary, &old.content), &said(&new.summary, &new.content), TYPO);
    // What somebody wrote goes to other servers as well, and becomes the text when it is edited again.
    let typed = match (&old.source, &new.source) {
        (Some(old), Some(new)) => {
            let typed = |source: &str| source.trim().chars().collect::<Vec<char>>();
            distance(&typed(old), &typed(new), TYPO)
        }
        // HTML is its own source.
        _ => Some(0),
    };
    // What nobody sees is no typo.
    Ok(seen.filter(|seen| typed.is_some_and(|typed| typed <= *seen)))
}

/// The links of clean HTML, with what they show.
fn anchors(html: &str) -> Vec<&str> {
    html.split("<a ").skip(1).filter_map(|rest| rest.split("</a>").next()).collect()
}

/// The words with digits in them, with every sign that belongs to the word: `1.000` is another one than `1,000`.
fn numbers(summary: &str, html: &str) -> Vec<String> {
    let said = format!("{summary}\n{}", text::plain(html));
    said.split_whitespace().filter(|word| word.chars().any(char::is_numeric)).map(ToOwned::to_owned).collect()
}

/// How many characters must be put in, taken out or replaced to make one text of the other; nothing when it is more
/// than `most`. Only what lies within `most` of the diagonal of the table is worked out: the others cost more.
fn distance(old: &[char], new: &[char], most: usize) -> Option<usize> {
    const FAR: usize = usize::MAX / 2;
    let mut band: Vec<usize> = (0..=2 * most).map(|place| place.checked_sub(most).unwrap_or(FAR)).collect();
    for (row, before) in (1..).zip(old) {
        let above = band.iter().skip(1).copied().chain([FAR]);
        let mut left = FAR;
        let cells = band.iter().zip(above).enumerate().map(|(place, (diagonal, above))| {
            left = match (row + place).checked_sub(most) {
                None => FAR,
                Some(0) => row,
                Some(column) => match new.get(column - 1) {
                    None => FAR,
                    Some(after) => (diagonal + usize::from(before != after)).min(above + 1).min(left + 1),
                },
            };
            left
        });
        band = cells.collect();
    }
    let end = (new.len() + most).checked_sub(old.len())?;
    band.get(end).copied().filter(|changed| *changed <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(old: &str, new: &str, most: usize) -> Option<usize> {
        distance(&old.chars().collect::<Vec<_>>(), &new.chars().collect::<Vec<_>>(), most)
    }

    #[test]
    fn characters_are_counted_that_differ() {
        for (old, new, expected) in [
            ("", "", Some(0)),
            ("same", "same", Some(0)),
            ("teh", "the", Some(2)),
            ("kitten", "sitting", Some(3)),
            ("", "abc", Some(3)),
            ("abc", "", Some(3)),
            ("ä€🎈", "äx🎈", Some(1)),
            ("one two three", "two three", Some(4)),
            ("abcdef", "", None),
            ("", "abcdef", None),
            ("aaaaaa", "bbbbbb", None),
        ] {
            assert_eq!(between(old, new, 5), expected, "{old} {new}");
        }
        let long = "word ".repeat(2_000);
        assert_eq!(between(&long, &format!("A{long}"), 20), Some(1));
        assert_eq!(between(&format!("{long}end"), &format!("x{long}and"), 20), Some(2));
    }

    #[test]
    fn links_and_numbers_are_seen_whole() {
        assert_eq!(anchors("<p><a href=\"x\">y</a> and <a href=\"z\">z</a></p>"), ["href=\"x\">y", "href=\"z\">z"]);
        assert_ne!(numbers("", "<p>It costs 10.00 €</p>"), numbers("", "<p>It costs 1.000 €</p>"));
        assert_eq!(numbers("", "<p>Teh 3 wishes</p>"), numbers("", "<p>The 3 wishes</p>"));
    }
}
