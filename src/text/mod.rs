//! Text: Markdown, names in it, cleaning what comes from elsewhere. Pure functions.

mod balance;
mod canonical;
mod charset;
mod diff;
mod emoji;
mod html;
mod language;
mod length;
mod links;
mod markup;
mod names;
mod nul;
mod page;
mod render;
mod shortcodes;
mod tags;
mod terms;
mod urls;
mod words;

pub use canonical::{canonical, fingerprint};
pub use charset::decode;
pub use diff::{Kept, diff};
pub use emoji::is_emoji;
pub use html::{clean, clean_name, clean_own, escape, one_line, plain, typed_lines, typed_name};
pub use language::is_language;
pub use length::{beginning, count, is_blank, is_invisible, shortened};
pub use links::links;
pub use names::{MentionText, find_hashtags, find_mentions, normalise_hashtag};
pub use nul::replace_nul;
pub use page::{Page, read_page};
pub use render::{Format, Links, MentionLink, Rendered, render};
pub use shortcodes::{SHORTCODE, is_shortcode, shortcodes, with_pictures};
pub use tags::{OpeningTag, read_tags};
pub use terms::{Side, is_dense, terms};
pub use urls::http_url;
pub use words::{EDGE, called, folded, folded_words, spaced_words};
