//! Markup that is safe to stand in a page.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::text;

/// A piece of HTML of ours, with what others wrote escaped in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Markup of our own making.
    pub(in crate::http) const fn of(markup: String) -> Self {
        Self(markup)
    }

    /// A name, which runs in its own direction whatever stands around it.
    pub(in crate::http) fn name(name: &str) -> Self {
        Self(format!("<bdi>{}</bdi>", text::escape(name)))
    }

    /// As text.
    pub(in crate::http) fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Something that can stand in a sentence with markup.
pub(in crate::http) trait Piece {
    /// It as HTML: text is escaped.
    fn as_html(&self) -> String;
}

impl Piece for str {
    fn as_html(&self) -> String {
        text::escape(self)
    }
}

impl Piece for String {
    fn as_html(&self) -> String {
        text::escape(self)
    }
}

impl Piece for Html {
    fn as_html(&self) -> String {
        self.0.clone()
    }
}

impl<T: Piece + ?Sized> Piece for &T {
    fn as_html(&self) -> String {
        (**self).as_html()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::extract::Language;

    #[test]
    fn what_others_wrote_is_escaped_once() {
        let said = Language::German.signed_in_as("<b>&");
        assert!(said.to_string().contains("@&lt;b&gt;&amp;</b>"), "{said}");
        let piece = Html::of("<i>x</i>".to_owned());
        assert!(Language::Arabic.signed_in_as(&piece).to_string().contains("@<i>x</i></b>"));
    }
}
