//! Text in and out: rendering, names, and HTML that wants to do harm.

use guildhall::text::{self, Format, Links, MentionLink, Rendered};
use proptest::prelude::*;

fn render(source: &str, format: Format) -> Rendered {
    text::render(
        source,
        format,
        &Links {
            mention: &|name, host| {
                (name != "nobody").then(|| MentionLink {
                    href: format!("https://{}/@{name}", host.unwrap_or("home.example")),
                    handle: name.to_owned(),
                })
            },
            hashtag: &|name| format!("https://home.example/tags/{name}"),
        },
    )
}

#[test]
fn plain_text_becomes_paragraphs_with_links_and_names() {
    let rendered = render("Hi @ana@peer.example!\nSee https://a.example/x_(y), #Rust.\n\n<b>5 > 3</b>", Format::Plain);
    insta::assert_snapshot!("plain_text", rendered.html);
    assert_eq!(rendered.hashtags, ["rust"]);
    assert_eq!(rendered.mentions[0].host.as_deref(), Some("peer.example"));
}

#[test]
fn markdown_is_rendered_and_its_html_is_shown_not_obeyed() {
    let source = "# Title\n\n**bold** ~~old~~ @bo `@code #code`\n\n- one\n- two #Zwei\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![alt](https://a.example/i.png)\n\n```\n@nobody\n```";
    let rendered = render(source, Format::Markdown);
    insta::assert_snapshot!("markdown", rendered.html);
    assert_eq!(rendered.hashtags, ["zwei"]);
    assert_eq!(rendered.mentions.len(), 1);
}

#[test]
fn markdown_leaves_names_and_addresses_alone_and_keeps_lines() {
    for (source, wanted) in [
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("https://a.example/_x_/b*c*d", ">https://a.example/_x_/b*c*d</a>"),
        ("#_one_two_ and _so_", "#<span>_one_two_</span>"),
        ("#_one_two_ and _so_", "<em>so</em>"),
        ("@_ana_b_@peer.example", "@<span>_ana_b_</span>"),
        ("**@ana** *@bo*", "<em><span class=\"h-card\"><a href=\"https://home.example/@bo\""),
        ("**https://a.example/x**", "<strong><a href=\"https://a.example/x\""),
        ("[a_b](https://a.example/_x_)", "href=\"https://a.example/_x_\""),
        ("<https://a.example/_x_>", "href=\"https://a.example/_x_\""),
        ("`https://a.example/_x_`", "<code>https://a.example/_x_</code>"),
        ("\u{fdd0} _so_ https://a.example/_x_/", "\u{fffd} <em>so</em>"),
    ] {
        let html = render(source, Format::Markdown).html;
        assert!(html.contains(wanted), "{source} became {html}");
    }
}

#[test]
fn names_are_found_where_people_mean_them() {
    let handles = |source: &str| -> Vec<String> {
        text::find_mentions(source)
            .into_iter()
            .map(|m| m.host.map_or(m.username.clone(), |host| format!("{}@{host}", m.username)))
            .collect()
    };
    for (source, wanted) in [
        ("@ana", vec!["ana"]),
        ("(@ana)", vec!["ana"]),
        ("@ana.", vec!["ana"]),
        ("@ana@Peer.Example.", vec!["ana@peer.example"]),
        ("@ana@localhost:8082 hi", vec!["ana@localhost:8082"]),
        ("@a.b-c_d@x.example", vec!["a.b-c_d@x.example"]),
        ("@ana@münchen.example", vec!["ana@xn--mnchen-3ya.example"]),
        ("@ana @ANA @ana@b.example", vec!["ana", "ana@b.example"]),
        ("mail ana@peer.example please", vec![]),
        ("https://peer.example/@ana", vec![]),
        ("`@ana` and @bo", vec!["bo"]),
        ("@", vec![]),
        ("@@ana", vec![]),
        ("@-x", vec![]),
    ] {
        assert_eq!(handles(source), wanted, "{source}");
    }
    for (source, wanted) in [
        ("#Rust #rust", vec!["rust"]),
        ("#1 #1a", vec!["1a"]),
        ("a#b &#39; /#c", vec![]),
        ("#日本語 #ñandú", vec!["日本語", "ñandú"]),
        ("https://a.example/#frag", vec![]),
    ] {
        assert_eq!(text::find_hashtags(source), wanted, "{source}");
    }
}

#[test]
fn hostile_html_loses_its_teeth_and_keeps_its_text() {
    let payloads = [
        "<script>evil()</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>evil()</script>",
        "<img src=x onerror=evil()>",
        "<svg onload=evil()>",
        "<svg><script>evil()</script></svg>",
        "<math><mi//xlink:href=\"data:x,<script>evil()</script>\">",
        "<a href=\"javascript:evil()\">x</a>",
        "<a href=\"JaVaScRiPt:evil()\">x</a>",
        "<a href=\"java\nscript:evil()\">x</a>",
        "<a href=\"&#106;avascript:evil()\">x</a>",
        "<a href=\"\u{1}javascript:evil()\">x</a>",
        "<a href=\"data:text/html,evil()\">x</a>",
        "<a href=\"vbscript:evil()\">x</a>",
        "<a href=\"//evil.example\">x</a>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<form action=\"https://evil.example\"><input name=p><button>go</button></form>",
        "<base href=\"https://evil.example\">",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        "<link rel=stylesheet href=\"https://evil.example\">",
        "<style>*{background:url(https://evil.example)}</style>",
        "<p style=\"position:fixed\">x</p>",
        "<p id=x name=y class=\"btn fixed\">x</p>",
        "<template><script>evil()</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=evil()>\"></noscript>",
        "<object data=\"https://evil.example\"></object>",
        "<embed src=\"https://evil.example\">",
        "<video src=x onerror=evil()></video>",
        "<a href=x onclick=evil()>x</a>",
        "<!--><img src=x onerror=evil()>-->",
        "<![CDATA[<script>evil()</script>]]>",
        "<a href=\"https://user:pass@evil.example\" onmouseover=evil()>x</a>",
        "<table background=\"javascript:evil()\"><tr><td>x</td></tr></table>",
        "<details open ontoggle=evil()>x</details>",
        "<p><marquee onstart=evil()>x</marquee>",
        "<xmp><script>evil()</script></xmp>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=evil()>",
    ];
    for payload in payloads {
        let cleaned = text::clean(&format!("<p>before</p>{payload}<p>after</p>"));
        assert!(cleaned.contains("before"), "{payload} -> {cleaned}");
        for tooth in [
            "<script",
            "<img",
            "<svg",
            "<iframe",
            "<form",
            "<input",
            "<base",
            "<meta",
            "<link",
            "<style",
            "<object",
            "<embed",
            "<video",
            "style=",
            "id=",
            "javascript:",
            "vbscript:",
            "data:text",
        ] {
            assert!(!cleaned.to_lowercase().contains(tooth), "{payload} -> {cleaned}");
        }
        for handler in [" onerror=", " onload=", " onclick=", " ontoggle=", " onstart=", " onmouseover="] {
            let tags: Vec<&str> = cleaned.split('<').skip(1).filter_map(|part| part.split('>').next()).collect();
            assert!(tags.iter().all(|tag| !tag.contains(handler.trim())), "{payload} -> {cleaned}");
        }
    }
    assert_eq!(
        text::clean("<p>x <em>y</em> <a href=\"https://a.example\" class=\"u-url mention evil\">z</a></p>"),
        "<p>x <em>y</em> <a href=\"https://a.example\" class=\"u-url mention\" target=\"_blank\" rel=\"nofollow noopener noreferrer\">z</a></p>"
    );
}

#[test]
fn a_hundred_thousand_nested_tags_do_no_harm() {
    for tag in ["<b>", "<div>", "<p><span>", "<blockquote>"] {
        let cleaned = text::clean(&tag.repeat(100_000));
        // Of what is not nested, such as paragraphs, every one is closed.
        assert!(cleaned.len() < 1_000_000);
        assert_eq!(text::plain(&format!("x{}", tag.repeat(100_000))), "x");
    }
    let long = text::clean(&"ä".repeat(1_000_000));
    assert_eq!(long.len(), 256 * 1024);
}

#[test]
fn names_cannot_pretend() {
    assert_eq!(text::clean_name("<b>Ana</b>\u{202e}evil\u{0}\n x", 50), "Anaevil x");
    assert_eq!(text::clean_name("\u{200b}\u{200b}", 50), "");
    assert_eq!(text::clean_name("Zoë 👩‍💻", 50), "Zoë 👩‍💻");
    assert_eq!(text::clean_name(&"x".repeat(500), 30).len(), 30);
    assert_eq!(text::plain("<p>a<br>b</p><p>c &amp; d</p>"), "a\nb\n\nc & d");
    assert_eq!(text::http_url("https://a.example/x y").as_deref(), Some("https://a.example/x%20y"));
    for bad in ["javascript:1", "https://u:p@a.example", "ftp://a.example", "//a.example", "https://", ""] {
        assert_eq!(text::http_url(bad), None, "{bad}");
    }
    assert_eq!(
        text::count("@ana@peer.example https://a.example/very/long/address/that/goes/on #x"),
        4 + 1 + 23 + 1 + 2
    );
    assert!(text::is_blank("\u{200b} \n\u{2060}") && !text::is_blank(" a "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cleaning_twice_changes_nothing(html in "(<[a-z]{1,6}( [a-z]{1,5}=\"?[a-z:/&#;]{0,12}\"?)?>|</[a-z]{1,6}>|[a-z&;<>\" ]{0,10}){0,20}") {
        let once = text::clean(&html);
        prop_assert_eq!(text::clean(&once), once.clone());
        prop_assert!(!once.to_lowercase().contains("<script"));
    }

    #[test]
    fn nothing_that_is_typed_makes_it_panic(source in "\\PC{0,200}") {
        for format in [Format::Plain, Format::Markdown] {
            let rendered = render(&source, format);
            prop_assert_eq!(text::clean(&rendered.html), rendered.html.clone());
        }
        let _ = (text::count(&source), text::plain(&source), text::clean_name(&source, 30), text::is_blank(&source));
    }
}

/// The tags of clean HTML with their attributes: text has no `<`, and values are quoted.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let name_end = rest.find([' ', '>']).expect("a tag ends");
        let name = rest[..name_end].to_owned();
        rest = &rest[name_end..];
        let mut attributes = Vec::new();
        while let Some(after) = rest.strip_prefix(' ') {
            let (attribute, value) = after.split_once("=\"").expect("an attribute has a quoted value");
            let (value, more) = value.split_once('"').expect("the quote ends");
            attributes.push((attribute.to_owned(), value.to_owned()));
            rest = more;
        }
        rest = rest.strip_prefix('>').expect("a tag ends");
        found.push((name, attributes));
    }
    found
}

/// Pieces that have broken sanitisers.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">",
    "<a href='jAvAsCrIpT&colon;alert(1)'>",
    "<a href=\"data:text/html,x\">",
    "<a href=\" https://x.example\" style=\"x\" onclick=x id=y name=z>",
    "<svg><style>",
    "<math><mtext><mglyph>",
    "<noscript><p title=\"</noscript><img src=x>\">",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?xml",
    "<table><tr><td>",
    "<iframe srcdoc=x>",
    "<p class=\"mention evil\">",
    "<p class=\"evil quote-inline\">",
    "<span class='h-card evil' data-x=1>",
    "<ol start=9 reversed>",
    "<li value=3>",
    "<template>",
    "</p>",
    "</a>",
    "</noscript>",
    "<form action=x><input name=y>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=x>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x>",
    "<video src=x>",
    "&lt;script&gt;",
    "<a href=//evil.example>",
    "<a href=\"\u{0}javascript:x\">",
    "<textarea>",
    "<xmp>",
    "<plaintext>",
    "\"",
    "'",
    "`",
    ">",
    "<",
    "=",
    "\u{202e}",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_clean_has_allowed_tags_attributes_and_addresses_only(
        pieces in proptest::collection::vec(prop_oneof![prop::sample::select(HOSTILE.to_vec()).prop_map(ToOwned::to_owned), "[a-z <>/=\"'&;:]{0,12}"], 0..12),
    ) {
        let clean = text::clean(&pieces.concat());
        for (tag, attributes) in tags(&clean) {
            let name = tag.trim_start_matches('/');
            let allowed = [
                "p", "br", "span", "a", "del", "s", "strike", "pre", "code", "em", "strong", "b", "i", "u", "sub", "sup", "ul", "ol", "li", "blockquote",
                "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ruby", "rt", "rp",
            ];
            prop_assert!(allowed.contains(&name), "<{tag}> in {clean}");
            for (attribute, value) in attributes {
                let fits = match (name, attribute.as_str()) {
                    ("a", "href") => ["http:", "https:", "mailto:"].iter().any(|scheme| value.trim_start().to_ascii_lowercase().starts_with(scheme)),
                    ("a", "rel") => value == "nofollow noopener noreferrer",
                    ("a", "target") => value == "_blank",
                    ("a" | "span", "class") => value.split(' ').all(|class| {
                        ["", "mention", "hashtag", "ellipsis", "invisible", "h-card", "u-url", "quote-inline"].contains(&class)
                    }),
                    ("p", "class") => value == "quote-inline",
                    ("ol", "start" | "reversed") | (_, "lang" | "translate") => true,
                    _ => false,
                };
                prop_assert!(fits, "{attribute}={value:?} of <{tag}> in {clean}");
            }
        }
    }
}
