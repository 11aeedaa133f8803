//! The words of a post and what hangs on it, as far as there is room for them.

use askama::Template;
use url::Url;

use super::{pictures::Pictures, words};
use crate::{
    domain::{
        PostId, Site,
        cards::Linked,
        posts::{Attachment, Post, PostView},
    },
    http::{elsewhere, extract::Language},
    text::{self, Direction},
};

/// What is longer than this, in bytes of HTML, is only begun in a list.
const SHORT: usize = 900;
/// How many characters of it are shown then.
const BEGINNING: usize = 400;

/// How much of a post is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// All of it.
    Whole,
    /// Its beginning, when it is long.
    Short,
}

/// Something that hangs on a post. Pictures of other servers are handed on by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Picture, video, sound or file.
    pub kind: &'static str,
    /// Where it is.
    pub href: String,
    /// What it shows, or nothing.
    pub description: String,
    /// The picture that can be shown, because it is one of ours.
    pub picture: Option<Shown>,
}

/// A picture as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Where it is.
    pub src: String,
    /// Its width and height, so that nothing moves when it comes.
    pub size: Option<(u32, u32)>,
}

/// A page that a post links to. Its picture is handed on by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// What it is about, or nothing.
    pub description: String,
    /// The host of its address: what it says of itself may be anything.
    pub host: String,
    /// A picture of it.
    pub picture: Option<String>,
}

/// The words of a post.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/body.html")]
pub struct Body {
    /// In which language the house speaks.
    pub say: Language,
    /// A content warning as HTML, or nothing.
    pub warning: String,
    /// In which direction that runs.
    pub warning_runs: &'static str,
    /// Clean HTML.
    pub html: String,
    /// In which direction that runs.
    pub runs: &'static str,
    /// Where the rest is, when this is only the beginning.
    pub rest: Option<String>,
    /// The language, or nothing.
    pub language: String,
    /// What hangs on it.
    pub files: Vec<File>,
    /// The choices of a poll as HTML with how often they were chosen.
    pub choices: Vec<(String, Option<String>)>,
    /// The page that it links to, where it is shown whole and nothing else hangs on it.
    pub link: Option<Link>,
    /// What it quotes.
    pub quoted: Option<Quoted>,
}

/// A quoted post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Where it can be read.
    pub href: String,
    /// Who wrote it, where it is shown: when they agree, and everybody may read it.
    pub name: String,
    /// How it begins.
    pub words: String,
    /// In which direction that runs.
    pub runs: &'static str,
}

impl Quoted {
    /// What is shown of a post that another quotes.
    pub fn of(site: &Site, view: &PostView, say: Language) -> Self {
        let words = line(&view.post, BEGINNING, say);
        Self {
            href: address(site, view),
            name: view.author.display_name().to_owned(),
            runs: Direction::of(&words, view.post.language.as_deref()).as_str(),
            words,
        }
    }
}

impl Body {
    /// The words of this post.
    pub fn of(site: &Site, view: &PostView, room: Room, say: Language) -> Self {
        let post = &view.post;
        let pictures = Pictures::of_post(site, post.id, &view.emojis);
        let long = room == Room::Short && post.content.len() > SHORT;
        let html = if long {
            format!("<p>{}</p>", text::escape(&words::excerpt_of_html(&post.content, BEGINNING)))
        } else {
            post.content.clone()
        };
        let most = if room == Room::Short { 4 } else { 32 };
        let language = post.language.clone().filter(|language| {
            language.len() <= 20 && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let alone = room == Room::Whole && post.attachments.0.is_empty();
        let choice = |(name, votes): (&str, Option<u64>)| {
            (
                pictures.in_text(&words::excerpt(name, 200)),
                votes.map(|votes| say.votes(votes.try_into().unwrap_or(i64::MAX))),
            )
        };
        Self {
            say,
            warning: pictures.in_text(&words::excerpt(&post.summary, 300)),
            warning_runs: Direction::of(&post.summary, post.language.as_deref()).as_str(),
            runs: Direction::of_html(&post.content, post.language.as_deref()).as_str(),
            html: pictures.in_html(&html),
            rest: long.then(|| address(site, view)),
            language: language.unwrap_or_default(),
            files: post.attachments.0.iter().take(most).filter_map(|file| File::of(site, post.id, file, say)).collect(),
            choices: post.details.0.told(post.details.0.closed).into_iter().take(most * 2).map(choice).collect(),
            link: view.card.as_ref().filter(|_| alone).and_then(|linked| Link::of(site, post.id, linked)),
            quoted: quoted(post),
        }
    }
}

impl Link {
    fn of(site: &Site, post: PostId, Linked { url, card, .. }: &Linked) -> Option<Self> {
        let href = text::http_url(url)?;
        let host = Url::parse(&href).ok()?.host_str()?.to_owned();
        Some(Self {
            host: host.strip_prefix("www.").map(ToOwned::to_owned).unwrap_or(host),
            title: words::excerpt(&card.title, 150),
            description: words::excerpt(&card.description, 200),
            picture: card.image.as_deref().map(|image| elsewhere::file_of_post(site, post, image)),
            href,
        })
    }
}

impl File {
    fn of(site: &Site, post: PostId, attachment: &Attachment, say: Language) -> Option<Self> {
        let kind = match attachment.kind.as_str() {
            "image" => say.picture(),
            "video" => say.video(),
            "audio" => say.sound(),
            _ => say.file(),
        };
        let href = text::http_url(&attachment.url)?;
        let whole = (attachment.kind == "image").then(|| (href.clone(), attachment.size));
        let small = attachment.preview.clone().map(|preview| (preview, attachment.small));
        let ours =
            |src: String| if site.owns(&src) { src } else { elsewhere::file_of_post(site, post, &attachment.url) };
        let picture = small.or(whole).map(|(src, size)| (ours(src), size));
        Some(Self {
            kind,
            href,
            description: words::excerpt(attachment.description.as_deref().unwrap_or_default(), 300),
            picture: picture.map(|(src, size)| Shown { src, size }),
        })
    }
}

/// The link to what a post quotes, where its text has none.
fn quoted(post: &Post) -> Option<Quoted> {
    let href = post.details.0.quote.as_deref().filter(|_| !post.content.contains("quote-inline"))?;
    Some(Quoted {
        href: text::http_url(href)?,
        name: String::new(),
        words: String::new(),
        runs: Direction::default().as_str(),
    })
}

/// Where a post can be read by itself: here when it is ours, else at home.
pub fn address(site: &Site, view: &PostView) -> String {
    let post = &view.post;
    if view.author.is_local() {
        return post.url.clone().unwrap_or_else(|| format!("{}/@{}/{}", site.base_url, view.author.username, post.id));
    }
    let known = post.url.as_deref().and_then(text::http_url);
    known.or_else(|| post.uri.as_deref().and_then(text::http_url)).unwrap_or_default()
}

/// What a post is called where one line must do: its title, or how it begins. What stands behind a content warning
/// is not told.
pub fn line(post: &Post, longest: usize, say: Language) -> String {
    match &post.title {
        Some(title) if !title.is_empty() => words::excerpt(title, longest),
        _ => beginning(post, longest, say),
    }
}

/// In which direction the title of a post runs.
pub fn title_runs(post: &Post) -> &'static str {
    Direction::of(post.title.as_deref().unwrap_or_default(), post.language.as_deref()).as_str()
}

/// How a post begins, for who is told its title besides. What stands behind a content warning is not told.
pub fn beginning(post: &Post, longest: usize, say: Language) -> String {
    if !post.summary.is_empty() {
        return words::excerpt(&post.summary, longest);
    }
    let line = words::excerpt_of_html(&post.content, longest);
    if line.is_empty() && !post.attachments.0.is_empty() { say.post_without_words().to_owned() } else { line }
}
