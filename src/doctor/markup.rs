//! XML and robots.txt as their readers read them: strictly.

/// An element of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The text that stands directly in it, decoded.
    pub text: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// An attribute by its name, decoded.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The elements of an XML document in their order, or why it is none. Document types are refused.
pub(super) fn elements(xml: &str) -> Result<Vec<Element>, String> {
    let document = roxmltree::Document::parse(xml).map_err(|error| error.to_string())?;
    let element = |node: roxmltree::Node<'_, '_>| Element {
        name: node.tag_name().name().to_owned(),
        text: node.children().filter(roxmltree::Node::is_text).filter_map(|text| text.text()).collect(),
        attributes: node.attributes().map(|one| (one.name().to_owned(), one.value().to_owned())).collect(),
    };
    Ok(document.descendants().filter(roxmltree::Node::is_element).map(element).collect())
}

/// What robots.txt says to some crawlers.
struct Group {
    /// Their names, lower case.
    names: Vec<String>,
    /// What they may read, or not.
    rules: Vec<Rule>,
}

/// Whether what begins like this may be read.
struct Rule {
    allowed: bool,
    pattern: String,
}

/// Whether robots.txt lets a crawler of this name read this path (RFC 9309): the rules for its name, else those for
/// all; of those that fit the longest counts.
pub(super) fn admits(robots: &str, crawler: &str, path: &str) -> bool {
    let groups = groups(robots);
    let rules_for = |wanted: &str| -> Option<Vec<&Rule>> {
        let meant: Vec<_> = groups.iter().filter(|group| group.names.iter().any(|name| name == wanted)).collect();
        (!meant.is_empty()).then(|| meant.into_iter().flat_map(|group| &group.rules).collect())
    };
    let rules = rules_for(&crawler.to_ascii_lowercase()).or_else(|| rules_for("*")).unwrap_or_default();
    let fitting = rules.into_iter().filter(|rule| !rule.pattern.is_empty() && fits(&rule.pattern, path));
    // Of two that are as long the friendlier one counts.
    fitting.max_by_key(|rule| (rule.pattern.len(), rule.allowed)).is_none_or(|rule| rule.allowed)
}

fn groups(robots: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in robots.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "user-agent" => match groups.last_mut() {
                Some(group) if group.rules.is_empty() => group.names.push(value.to_ascii_lowercase()),
                _ => groups.push(Group { names: vec![value.to_ascii_lowercase()], rules: Vec::new() }),
            },
            name @ ("allow" | "disallow") => {
                if let Some(group) = groups.last_mut() {
                    group.rules.push(Rule { allowed: name == "allow", pattern: value.to_owned() });
                }
            }
            _ => {}
        }
    }
    groups
}

/// Whether a path begins as a pattern says; `*` is anything, `$` the end.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut last = None;
    for piece in pieces {
        last = Some(piece);
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    !whole || rest.is_empty() || last.is_some_and(|last| path.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_read_strictly() {
        let read =
            elements("<?xml version=\"1.0\"?>\n<!-- a --><a x=\"1 &amp; 2\" y='3'>b<c/> &lt;d<e>f</e></a>\n").unwrap();
        let shown: Vec<(&str, &str)> = read.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
        assert_eq!(shown, [("a", "b <d"), ("c", ""), ("e", "f")]);
        assert_eq!((read[0].attribute("x"), read[0].attribute("z")), (Some("1 & 2"), None));
        for broken in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&nbsp;</a>",
            "<a>&</a>",
            "<a x=1/>",
            "<a x=\"1/>",
            "<!DOCTYPE html><a/>",
            "<a><b></a></b>",
            "<a></a>text",
            "<a",
            "</a>",
            "<?xml",
            "<a>\u{e4}<1/></a>",
        ] {
            assert!(elements(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn robots_are_told_by_name_and_by_the_longest_rule() {
        let robots = "User-agent: Bingbot\nUser-agent: slurp\nDisallow: /\nAllow: /open # here\n\nUser-agent: *\nDisallow:\nDisallow: /api/\nDisallow: /*.pdf$\nAllow: /api/open\n\nSitemap: x\n";
        for (crawler, path, expected) in [
            ("Googlebot", "/", true),
            ("Googlebot", "/api/x", false),
            ("Googlebot", "/api/open", true),
            ("Googlebot", "/a/b.pdf", false),
            ("Googlebot", "/a/b.pdf?x", true),
            ("bingbot", "/", false),
            ("Slurp", "/@brand", false),
            ("bingbot", "/open/x", true),
        ] {
            assert_eq!(admits(robots, crawler, path), expected, "{crawler} {path}");
        }
        assert!(admits("", "Googlebot", "/"));
        assert!(!admits("user-agent:*\ndisallow:/", "Googlebot", "/"));
    }
}
