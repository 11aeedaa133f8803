//! stub
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Plain,
    Markdown,
}
pub struct Links<'a> {
    pub mention: &'a dyn Fn(&str, Option<&str>) -> Option<MentionLink>,
    pub hashtag: &'a dyn Fn(&str) -> String,
}
#[derive(Debug, Clone)]
pub struct MentionLink {
    pub href: String,
    pub handle: String,
}
pub struct MentionText {
    pub username: String,
    pub host: Option<String>,
    pub range: std::ops::Range<usize>,
}
pub struct Rendered {
    pub html: String,
    pub mentions: Vec<MentionText>,
    pub hashtags: Vec<String>,
}
pub fn render(_: &str, _: Format, _: &Links<'_>) -> Rendered {
    todo!()
}
pub fn find_mentions(_: &str) -> Vec<MentionText> {
    todo!()
}
pub fn is_blank(_: &str) -> bool {
    todo!()
}
pub fn count(_: &str) -> usize {
    todo!()
}
