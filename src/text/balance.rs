//! HTML in order before it is cleaned: every element closed inside the one in which it was opened, and none deep.
//!
//! What a browser does with disorder costs it: elements that stay open are looked through for every tag, and open
//! formatting is repeated in every paragraph (HTML, 13.2.4.3), so that a few kilobytes become many megabytes.

use super::{
    html::ALLOWED,
    markup::{Tag, Token, tokens},
};

/// Deeper nesting than this is left out; its text stays.
const DEPTH: usize = 100;

/// Tags that end a paragraph when they open (HTML, 13.2.6.4.7), and those of tables, which divide as well.
const ENDS_PARAGRAPH: [&str; 41] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// The same HTML with nothing but elements that may stay, well formed. It is not clean yet.
pub(super) fn balanced(html: &str) -> String {
    let mut writer = Writer { html: String::with_capacity(html.len()), open: Vec::new(), divided: None };
    for token in tokens(html) {
        match token {
            Token::Text(text) => writer.text(&html_escape::decode_html_entities(text)),
            Token::Raw("script" | "style", _) => {}
            Token::Raw(_, text) => writer.text(text),
            Token::Open(tag) => writer.open(&tag),
            Token::Close(name) => {
                writer.divide(name);
                writer.close(name);
            }
        }
    }
    while writer.close_last() {}
    writer.html
}

struct Writer {
    html: String,
    /// What is open, the outermost first.
    open: Vec<&'static str>,
    /// What stands for the border of an element that is left out, before the next words.
    divided: Option<&'static str>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.keep_apart();
        }
        self.html.push_str(&html_escape::encode_text(text));
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let known = |names: &[&'static str]| names.iter().find(|name| name.eq_ignore_ascii_case(tag.name)).copied();
        if known(&ENDS_PARAGRAPH).is_some() {
            self.close("p");
        }
        let Some(name) = known(&ALLOWED) else {
            self.divide(tag.name);
            return;
        };
        if is_border(name) {
            self.divided = None;
        } else {
            self.keep_apart();
        }
        match name {
            // An item ends the one before it in the same list.
            "li" if self.is_inside("li", &["ul", "ol"]) => self.close("li"),
            // No link inside a link, no heading inside a heading: a browser would close the outer one.
            "a" => self.close("a"),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                if let Some(outer) = self.open.iter().rev().find(|open| is_heading(open)).copied() {
                    self.close(outer);
                }
            }
            "rt" | "rp" => {
                self.close("rt");
                self.close("rp");
            }
            _ => {}
        }
        let is_void = matches!(name, "br" | "hr");
        if !is_void && self.open.len() >= DEPTH {
            return;
        }
        self.html.push('<');
        self.html.push_str(name);
        for (name, value) in &tag.attributes {
            if name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                let value = html_escape::decode_html_entities(value);
                let value = html_escape::encode_double_quoted_attribute(&value);
                self.html.push_str(&format!(" {name}=\"{value}\""));
            }
        }
        self.html.push('>');
        if !is_void {
            self.open.push(name);
        }
    }

    /// Words in and behind an element that stands below others do not run into those before it, also where it is left
    /// out.
    fn divide(&mut self, name: &str) {
        let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if is(&ENDS_PARAGRAPH) && !is(&ALLOWED) {
            // Cells stand beside each other.
            let border = if is(&["td", "th"]) { self.divided.unwrap_or(" ") } else { "<br>" };
            self.divided = Some(border);
        }
    }

    fn keep_apart(&mut self) {
        let Some(border) = self.divided.take() else { return };
        let last = self.html.strip_suffix('>').and_then(|html| html.rsplit('<').next());
        let apart =
            last.is_some_and(|tag| is_border(tag.trim_start_matches('/').split(' ').next().unwrap_or_default()));
        if !apart && !self.html.trim().is_empty() {
            self.html.push_str(border);
        }
    }

    /// Whether the innermost of `name` and `around` is `name`.
    fn is_inside(&self, name: &str, around: &[&str]) -> bool {
        self.open.iter().rev().find(|open| **open == name || around.contains(open)).is_some_and(|open| *open == name)
    }

    /// Closes the innermost element of this name with all that is open in it.
    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.eq_ignore_ascii_case(name)) else { return };
        while self.open.len() > at && self.close_last() {}
    }

    fn close_last(&mut self) -> bool {
        let Some(name) = self.open.pop() else { return false };
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
        true
    }
}

/// Whether what stands before and behind this tag is apart by itself.
fn is_border(name: &str) -> bool {
    name == "br" || ENDS_PARAGRAPH.contains(&name)
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

#[cfg(test)]
mod tests {
    use super::balanced;

    #[test]
    fn words_of_elements_that_are_left_out_stay_apart() {
        for (html, kept) in [
            ("<div>one</div><div>two</div>", "one<br>two"),
            ("Our<div>price</div>is", "Our<br>price<br>is"),
            ("<table><tr><th>A</th><td>B</td></tr><tr><td>C</td></tr></table>", "A B<br>C"),
            ("<dl><dt>t</dt><dd>d</dd></dl><section>s</section>", "t<br>d<br>s"),
            ("<div><p>one</p></div><div><p>two</p></div>", "<p>one</p><p>two</p>"),
            ("<div>a <b>b</b></div><div><b>c</b></div>", "a <b>b</b><br><b>c</b>"),
            ("<div>\n<ul><li>a</li></ul>\n</div>", "\n<ul><li>a</li></ul>\n"),
            ("a <span>b</span> c", "a <span>b</span> c"),
        ] {
            assert_eq!(balanced(html), kept, "{html}");
            assert_eq!(balanced(kept), kept, "it stays so");
        }
    }
}
