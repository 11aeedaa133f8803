//! Posts of other servers: notes, and everything else that can be shown as one.

use serde_json::Value;

use super::{
    actor::is_actor_kind,
    emojis, quote,
    values::{id, id_of, ids, is_public, kind, link, list, moment, one_origin, own_id, text},
};
use crate::{
    db::Tx,
    domain::{
        Site,
        actors::{self, Actor},
        posts::{self, Attachment, Audience, Details, Draft, ReplyTo},
    },
    error::{Error, Result},
    text as floor,
};

/// How many recipients of a post are read.
const RECIPIENTS: usize = 200;
/// How many attachments are read.
const ATTACHMENTS: usize = 16;
/// The longest title and content warning, in characters.
const TITLE: usize = 500;
/// How much of a text is read, in bytes.
const CONTENT: usize = 256 * 1024;
/// How many hashtags are read.
const HASHTAGS: usize = 100;
/// How many choices of a poll are read.
const OPTIONS: usize = 50;

/// A post as its own server says it, clean, with names not yet looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Its id.
    pub uri: String,
    /// Who wrote it.
    pub author: String,
    /// The id of what it answers.
    pub reply_to: Option<String>,
    /// Everyone in `to` and `cc`.
    pub recipients: Vec<String>,
    /// Hrefs of the mentions.
    pub mentions: Vec<String>,
    /// It is a vote on a poll, not a post.
    pub is_vote: bool,
    /// Who may quote it, as far as it says so.
    quoters: Option<quote::Quoters>,
    draft: Draft,
}

/// Whether this type can be shown as a post.
pub fn is_post_kind(kind: &str) -> bool {
    matches!(
        kind,
        "Note" | "Article" | "Page" | "Question" | "Video" | "Audio" | "Image" | "Event" | "Document" | "ChatMessage"
    )
}

/// Whether this can be shown as a post: it is of a kind that we know, or of another that has an author and says
/// something, and is neither an actor nor an activity nor a list.
pub fn is_post(object: &Value) -> bool {
    let kind = kind(object, is_post_kind);
    if is_post_kind(kind) {
        return true;
    }
    let says = |name: &str| text(object, name).is_some_and(|text| !floor::is_blank(text));
    let something_else = kind.is_empty()
        || is_actor_kind(kind)
        || kind.ends_with("Collection")
        || kind.ends_with("CollectionPage")
        || object.get("object").is_some()
        || object.get("actor").is_some()
        || matches!(kind, "Tombstone" | "Relationship" | "Link" | "Mention" | "Hashtag" | "Emoji" | "Key" | "Multikey");
    !something_else && author_of(object).is_some() && (says("content") || says("name"))
}

fn unusable(reason: &'static str) -> Error {
    Error::invalid("post.unusable", reason)
}

/// Whether the author deleted it and left a note of that.
pub fn is_tombstone(object: &Value) -> bool {
    kind(object, |kind| kind == "Tombstone") == "Tombstone"
}

/// The author: the first of `attributedTo` on the post's own origin (PeerTube lists a person and a channel).
pub fn author_of(object: &Value) -> Option<String> {
    let uri = own_id(object)?;
    let written_by = list(object, "attributedTo").into_iter().chain(list(object, "actor"));
    written_by.filter_map(id_of).find(|author| one_origin(author, uri)).map(ToOwned::to_owned)
}

/// Reads a post that was found at, or signed by, its own origin. `followers` is the author's followers collection.
pub fn read(object: &Value, followers: Option<&str>) -> Result<Incoming> {
    let uri = own_id(object).ok_or_else(|| unusable("The post has no id."))?;
    let kind = kind(object, is_post_kind);
    if !is_post(object) {
        return Err(unusable("This is not a post."));
    }
    let author = author_of(object).ok_or_else(|| unusable("The post's author is not on its own server."))?;
    let (to, cc) = (ids(object, "to", RECIPIENTS), ids(object, "cc", RECIPIENTS));
    let audience = audience(&to, &cc, followers);
    let title = text(object, "name").map(|name| floor::clean_name(name, TITLE)).filter(|title| !title.is_empty());
    let content = content(object, kind);
    let is_vote = kind == "Note" && title.is_some() && content.is_empty() && id(object, "inReplyTo").is_some();
    let summary = floor::plain(text(object, "summary").unwrap_or_default());
    let long_form = matches!(kind, "Article" | "Page" | "Video" | "Event");
    let mut draft = Draft::note(audience, content);
    if is_post_kind(kind) {
        draft.kind = kind.to_lowercase();
        draft.title = title;
    } else {
        // Its page shows what we cannot: the title leads there.
        draft.title = Some(title.unwrap_or_else(|| floor::clean_name(kind, 100)));
    }
    // On long forms the summary is a teaser, elsewhere a content warning.
    if long_form && draft.content.is_empty() {
        draft.content = floor::clean(text(object, "summary").unwrap_or_default());
    } else if !long_form {
        draft.summary = summary.chars().take(TITLE).collect();
    }
    draft.sensitive =
        object.get("sensitive").and_then(Value::as_bool).unwrap_or(false) || (!long_form && !draft.summary.is_empty());
    draft.language = language(object);
    draft.attachments = attachments(object, kind);
    draft.emojis = emojis::read(object, uri);
    draft.hashtags = hashtags(object);
    draft.details = details(object);
    draft.quote = quote::read(object);
    draft.details.quote = draft.quote.as_ref().and_then(|quoting| quoting.uri.clone());
    draft.uri = Some(uri.to_owned());
    draft.url = link(object, "url").or_else(|| floor::http_url(uri));
    draft.published_at = moment(object, "published");
    draft.edited_at = moment(object, "updated");
    let mentions = list(object, "tag")
        .into_iter()
        .filter(|tag| text(tag, "type") == Some("Mention"))
        .filter_map(|tag| tag.get("href").and_then(id_of));
    let mentions: Vec<String> = mentions.take(posts::MENTIONS).map(ToOwned::to_owned).collect();
    Ok(Incoming {
        uri: uri.to_owned(),
        author,
        reply_to: id(object, "inReplyTo").map(ToOwned::to_owned),
        recipients: to.into_iter().chain(cc).collect(),
        mentions,
        is_vote,
        quoters: quote::quoters(object),
        draft,
    })
}

/// Who may read what is addressed like this. `followers` is the followers collection of whoever says it.
pub fn audience(to: &[String], cc: &[String], followers: Option<&str>) -> Audience {
    let addressed = |uri: &str| to.iter().chain(cc).any(|known| known == uri);
    if to.iter().any(|uri| is_public(uri)) {
        Audience::Public
    } else if cc.iter().any(|uri| is_public(uri)) {
        Audience::Unlisted
    } else if followers.is_some_and(addressed) {
        Audience::Followers
    } else {
        Audience::Direct
    }
}

/// The text: `content`, or the first language of `contentMap`; Markdown and plain text as what they are.
fn content(object: &Value, kind: &str) -> String {
    let mapped =
        || object.get("contentMap").and_then(Value::as_object).and_then(|map| map.values().find_map(Value::as_str));
    let Some(raw) = text(object, "content").or_else(mapped) else { return String::new() };
    let raw = floor::beginning(raw, CONTENT);
    let plain_text = text(object, "mediaType").is_some_and(|media| media.starts_with("text/plain"));
    if plain_text || kind == "ChatMessage" && !raw.contains('<') {
        format!("<p>{}</p>", floor::escape(raw).replace('\n', "<br>"))
    } else {
        floor::clean(raw)
    }
}

/// The language that a post says it is in.
pub fn language(object: &Value) -> Option<String> {
    // Of several languages the one in which the text itself is; a map without that text begins with what is shown.
    let mapped = object.get("contentMap").and_then(Value::as_object).and_then(|map| {
        let content = text(object, "content");
        let same = map.iter().find(|(_, value)| content.is_some() && value.as_str() == content);
        same.or_else(|| map.iter().find(|(_, value)| content.is_none() && value.is_string()))
            .or_else(|| map.iter().next().filter(|_| map.len() == 1))
            .map(|(code, _)| code.clone())
    });
    let lemmy = object.get("language").and_then(|language| text(language, "identifier")).map(ToOwned::to_owned);
    mapped
        .or(lemmy)
        .filter(|code| code.len() <= 35 && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && code != "und")
}

/// The hashtags that a post lists, normalised, each once.
pub fn hashtags(object: &Value) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in list(object, "tag").into_iter().filter(|tag| text(tag, "type") == Some("Hashtag")).take(HASHTAGS) {
        if let Some(name) = text(tag, "name").and_then(floor::normalise_hashtag)
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

fn attachments(object: &Value, kind: &str) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = list(object, "attachment")
        .into_iter()
        .take(ATTACHMENTS)
        .filter_map(|attachment| read_attachment(attachment, "unknown"))
        .collect();
    // What is itself a picture, a film or a sound is its own attachment.
    if found.is_empty() && matches!(kind, "Image" | "Audio" | "Document") {
        found.extend(read_attachment(object, &kind.to_lowercase()));
    }
    // What PeerTube shows of a film before it is played.
    if found.is_empty()
        && kind == "Video"
        && let Some(still) = list(object, "icon").into_iter().next_back()
    {
        found.extend(read_attachment(still, "image"));
    }
    if found.is_empty()
        && let Some(picture) = list(object, "image").into_iter().next_back()
    {
        found.extend(read_attachment(picture, "image"));
    }
    found
}

fn read_attachment(value: &Value, fallback: &str) -> Option<Attachment> {
    let url =
        value.as_str().and_then(floor::http_url).or_else(|| link(value, "url")).or_else(|| link(value, "href"))?;
    let nested = list(value, "url").into_iter().find_map(|url| text(url, "mediaType"));
    let media_type = text(value, "mediaType").or(nested).filter(|media| media.len() <= 100).map(ToOwned::to_owned);
    let kind = match media_type.as_deref().and_then(|media| media.split('/').next()) {
        Some(kind @ ("image" | "video" | "audio")) => kind,
        _ => match text(value, "type") {
            Some("Image") => "image",
            Some("Video") => "video",
            Some("Audio") => "audio",
            _ if fallback == "image" || fallback == "audio" => fallback,
            _ => "unknown",
        },
    };
    let number = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_u64)
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number > 0)
    };
    let focus = value.get("focalPoint").and_then(Value::as_array).and_then(|point| match point.as_slice() {
        [x, y] => Some((x.as_f64()? as f32, y.as_f64()? as f32)),
        _ => None,
    });
    let description = text(value, "name")
        .or_else(|| text(value, "summary"))
        .map(|name| floor::clean_name(name, 1500))
        .filter(|name| !name.is_empty());
    Some(Attachment {
        kind: kind.to_owned(),
        url,
        media_type,
        description,
        blurhash: text(value, "blurhash").filter(|hash| hash.len() <= 200).map(ToOwned::to_owned),
        size: number("width").zip(number("height")),
        focus: focus.filter(|(x, y)| (-1.0..=1.0).contains(x) && (-1.0..=1.0).contains(y)),
        ..Attachment::default()
    })
}

fn details(object: &Value) -> Details {
    let any_of = list(object, "anyOf");
    let multiple = !any_of.is_empty();
    let options = if multiple { any_of } else { list(object, "oneOf") };
    Details {
        options: options
            .into_iter()
            .take(OPTIONS)
            .filter_map(|option| {
                let votes = option.get("replies").and_then(|replies| replies.get("totalItems")).and_then(Value::as_u64);
                Some((posts::named(text(option, "name")?), votes))
            })
            .collect(),
        multiple,
        // Pleroma always writes when a poll closes, others write when it did.
        ends_at: ["endTime", "closed"].iter().filter_map(|name| moment(object, name)).min(),
        voters: object.get("votersCount").and_then(Value::as_u64),
        hide_totals: false,
        closed: object.get("closed").and_then(Value::as_bool).unwrap_or(false),
        refreshed_at: None,
        starts_at: moment(object, "startTime"),
        location: location(object),
        ..Details::default()
    }
}

/// Where something takes place: the name of a place and what is known of its address.
fn location(object: &Value) -> Option<String> {
    let place = list(object, "location").into_iter().next()?;
    let mut parts: Vec<&str> = place.as_str().or_else(|| text(place, "name")).into_iter().collect();
    match place.get("address") {
        Some(Value::String(address)) => parts.push(address),
        Some(address) => {
            parts.extend(["streetAddress", "addressLocality"].iter().filter_map(|part| text(address, part)));
        }
        None => {}
    }
    let parts: Vec<String> =
        parts.into_iter().map(|part| floor::clean_name(part, 200)).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl Incoming {
    /// The same post, now that the address of its author's followers is known.
    pub fn for_followers(mut self, followers: Option<&str>) -> Self {
        let addressed = |uri: &str| self.recipients.iter().any(|known| known == uri);
        if self.draft.audience == Audience::Direct && followers.is_some_and(addressed) {
            self.draft.audience = Audience::Followers;
        }
        self
    }

    /// Whether it says when it was edited.
    pub fn says_when(&self) -> bool {
        self.draft.edited_at.is_some()
    }

    /// The post, before names are looked up.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The same post, to which so many quotes lead.
    pub fn at_depth(mut self, depth: u8) -> Self {
        if let Some(quoting) = &mut self.draft.quote {
            quoting.depth = depth;
        }
        self
    }

    /// The draft with names looked up among the actors we know; those we do not know stay text.
    pub fn into_draft(self, tx: &mut Tx<'_>, site: &Site) -> Result<Draft> {
        let mut draft = self.draft;
        let mut wanted: Vec<String> = self.mentions.clone();
        // Whoever is addressed by name may read it, mentioned or not.
        if !draft.audience.is_open() {
            wanted.extend(self.recipients.iter().filter(|uri| site.owns(uri)).take(posts::MENTIONS).cloned());
        }
        let mut known: Vec<Actor> = actors::find_by_uris(tx.conn(), &wanted)?;
        known.retain(Actor::is_active);
        draft.mentions = known.iter().map(|actor| actor.id).collect();
        draft.mentions.sort();
        draft.mentions.dedup();
        draft.details.quoting = match &self.quoters {
            None => None,
            Some(quoters) => Some(quoters.policy(actors::find_by_uri(tx.conn(), &self.author)?.as_ref())),
        };
        draft.link = posts::first_link(site, &draft.content, draft.details.quote.as_deref());
        draft.reply_to = self.reply_to.map(|uri| ReplyTo { post: None, uri: Some(uri) });
        Ok(draft)
    }
}
