//! Posts on the wire.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{addressing::Addressing, context::AUTHOR, emoji, poll, quote};
use crate::{
    db::Conn,
    domain::{
        ActorId, PostId, Site,
        actors::{self, Actor},
        emojis::OwnEmoji,
        posts::{self, Attachment, FederablePost, Post, Quote, Reach},
    },
    error::{Error, Result},
};

/// Bodies stay below 64 KiB, the least that a widespread peer accepts: posts that cannot are refused when they are
/// written, and what may be left out is left out when text takes more than this.
const ROOM: usize = 44 * 1024;

/// What a post's wire form says of others than the post.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Who wrote it.
    pub author: Option<Actor>,
    /// Who is mentioned, in the order of their ids.
    pub mentioned: Vec<Actor>,
    /// Whom it is addressed to.
    pub reach: Option<Reach>,
    /// Those of `reach` that are addressed by name.
    pub named: Vec<Actor>,
    /// Those who get it without being named in it.
    pub hidden: Vec<Actor>,
    /// Its hashtags, without `#`.
    pub hashtags: Vec<String>,
    /// The company's pictures that stand for names in it.
    pub emojis: Vec<OwnEmoji>,
    /// The id of the person who wrote it for a brand, where the brand names them.
    pub person: Option<String>,
    /// What it quotes, where that is consented to or asked for.
    pub quote: Option<Quote>,
}

impl Surroundings {
    /// Reads what is around a post.
    pub fn load(conn: &mut Conn, post: &FederablePost) -> Result<Self> {
        Ok(Self::load_many(conn, std::slice::from_ref(post))?.pop().unwrap_or_default())
    }

    /// Reads what is around each of these posts, in their order; a fixed number of queries whatever theirs.
    pub fn load_many(conn: &mut Conn, posts: &[FederablePost]) -> Result<Vec<Self>> {
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let addressed = posts::addressed_in(conn, &ids)?;
        let tags = posts::hashtags_in(conn, &ids)?;
        let quoting: Vec<PostId> =
            posts.iter().filter(|post| post.details.0.quote.is_some()).map(|post| post.id).collect();
        let quotes = if quoting.is_empty() { HashMap::new() } else { posts::quotes_among(conn, &quoting)? };
        let mut people: Vec<ActorId> = addressed.iter().map(|(_, actor, _)| *actor).collect();
        people.extend(posts.iter().map(|post| post.author_id));
        people.extend(posts.iter().filter_map(|post| post.reply_to_author_id));
        people.sort();
        people.dedup();
        let mut people = actors::get_many(conn, &people)?;
        people.sort_by_key(|actor| actor.id);
        let brands: Vec<ActorId> =
            people.iter().filter(|actor| actor.kind.has_speakers()).map(|actor| actor.id).collect();
        let by_brands: Vec<PostId> =
            posts.iter().filter(|post| brands.contains(&post.author_id)).map(|post| post.id).collect();
        let persons = posts::named_authors(conn, &by_brands)?;
        let said: Vec<&Post> = posts.iter().map(|post| &**post).collect();
        let emojis = posts::own_emojis_in(conn, &said)?;
        let among = |ids: &[ActorId]| people.iter().filter(|actor| ids.contains(&actor.id)).cloned().collect();
        let around = |(post, emojis): (&FederablePost, Vec<OwnEmoji>)| {
            let of_post = addressed.iter().filter(|(id, ..)| *id == post.id);
            let (hidden, named): (Vec<_>, Vec<_>) = of_post.partition(|(.., hidden)| *hidden);
            let ids = |rows: Vec<&(PostId, ActorId, bool)>| rows.iter().map(|(_, actor, _)| *actor).collect();
            let (named, hidden): (Vec<ActorId>, Vec<ActorId>) = (ids(named), ids(hidden));
            let reach = posts::reach_of(post, named.clone(), hidden);
            Self {
                author: people.iter().find(|actor| actor.id == post.author_id).cloned(),
                mentioned: among(&named),
                named: among(&reach.actors),
                hidden: among(&reach.hidden),
                reach: Some(reach),
                hashtags: tags.iter().filter(|(id, _)| *id == post.id).map(|(_, name)| name.clone()).collect(),
                person: persons.iter().find(|(id, _)| *id == post.id).map(|(_, person)| person.uri.clone()),
                quote: quotes.get(&post.id).cloned(),
                emojis,
            }
        };
        Ok(posts.iter().zip(emojis).map(around).collect())
    }

    /// The author, or an error: a post without one has no wire form.
    pub fn author(&self) -> Result<&Actor> {
        self.author.as_ref().ok_or_else(|| Error::internal("a post without an author"))
    }

    /// The addresses of the post.
    pub fn addressing(&self) -> Result<Addressing> {
        let author = self.author()?;
        let reach = self.reach.as_ref().ok_or_else(|| Error::internal("a post without a reach"))?;
        let named = self.named.iter().map(|actor| actor.uri.clone()).collect();
        Ok(Addressing::of(reach.audience, author.followers_uri.as_deref().unwrap_or_default(), named))
    }
}

/// The post as others read it. Takes only what may leave: an internal post has no wire form.
pub fn to_json(site: &Site, post: &FederablePost, around: &Surroundings) -> Result<Value> {
    let author = around.author()?;
    let addressing = around.addressing()?;
    let uri = post.uri();
    let mut note = Map::new();
    let mut put = |name: &str, value: Value| {
        note.insert(name.to_owned(), value);
    };
    put("id", json!(uri));
    put("type", json!(type_name(&post.kind)));
    put("url", json!(post.url.as_deref().unwrap_or(uri)));
    // Always one string: NodeBB and Lemmy refuse a list. Whoever wrote it for the brand stands beside it.
    put("attributedTo", json!(author.uri));
    if let Some(person) = &around.person {
        put(AUTHOR, json!(person));
    }
    if let Some(title) = &post.title {
        put("name", json!(title));
    }
    put("content", json!(post.content));
    let (with_map, with_source) = what_fits(post);
    if let Some(language) = post.language.as_ref().filter(|_| with_map) {
        put("contentMap", json!({ language: post.content }));
    }
    if !post.summary.is_empty() {
        put("summary", json!(post.summary));
    }
    put("sensitive", json!(post.sensitive));
    put("published", json!(post.published_at.rfc3339()));
    if let Some(edited) = post.edited_at {
        put("updated", json!(edited.rfc3339()));
    }
    if let Some(parent) = &post.reply_to_uri {
        put("inReplyTo", json!(parent));
    }
    for (name, value) in quote::members(site, around.quote.as_ref()) {
        put(name, value);
    }
    for (name, value) in poll::members(&post.details.0) {
        put(name, value);
    }
    put("to", json!(addressing.to));
    put("cc", json!(addressing.cc));
    put("tag", Value::Array(tags(site, around)));
    put("attachment", Value::Array(post.attachments.0.iter().map(attachment).collect()));
    if let (Some(source), true) = (&post.source, with_source) {
        put("source", json!({ "content": source, "mediaType": post.source_type.as_deref().unwrap_or("text/plain") }));
    }
    put(
        "replies",
        json!({ "id": format!("{uri}/replies"), "type": "Collection", "first": format!("{uri}/replies?page=true") }),
    );
    put("likes", json!({ "id": format!("{uri}/likes"), "type": "Collection", "totalItems": post.likes_count }));
    put("shares", json!({ "id": format!("{uri}/shares"), "type": "Collection", "totalItems": post.boosts_count }));
    put("interactionPolicy", quote::policy(post, author));
    Ok(Value::Object(note))
}

/// Whether there is room for the text once more by language, and for its source.
fn what_fits(post: &FederablePost) -> (bool, bool) {
    let content = posts::wire_length(&post.content);
    let source = post.source.as_deref().map_or(0, posts::wire_length);
    let shown: usize = post.attachments.0.iter().map(posts::attachment_length).sum();
    let map = content * 2 + shown <= ROOM;
    (map, shown + source + if map { content * 2 } else { content } <= ROOM)
}

/// `note` as `Note`; kinds that we do not write are notes.
fn type_name(kind: &str) -> &'static str {
    match kind {
        "article" => "Article",
        "page" => "Page",
        "question" => "Question",
        _ => "Note",
    }
}

fn tags(site: &Site, around: &Surroundings) -> Vec<Value> {
    let mentions = around
        .mentioned
        .iter()
        .map(|actor| json!({ "type": "Mention", "href": actor.uri, "name": format!("@{}", actor.handle(site)) }));
    let hashtags = around
        .hashtags
        .iter()
        .map(|name| json!({ "type": "Hashtag", "href": site.tag_url(name), "name": format!("#{name}") }));
    let emojis = around.emojis.iter().map(|emoji| emoji::to_json(site, emoji));
    mentions.chain(hashtags).chain(emojis).collect()
}

fn attachment(attachment: &Attachment) -> Value {
    let mut wire = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            wire.insert(name.to_owned(), value);
        }
    };
    put("type", Some(json!("Document")));
    put("mediaType", attachment.media_type.as_ref().map(|kind| json!(kind)));
    put("url", Some(json!(attachment.url)));
    put("name", attachment.description.as_ref().map(|text| json!(text)));
    put("blurhash", attachment.blurhash.as_ref().map(|hash| json!(hash)));
    put("width", attachment.size.map(|(width, _)| json!(width)));
    put("height", attachment.size.map(|(_, height)| json!(height)));
    if attachment.kind != "image" {
        // A film is shown by this until it is played.
        put("icon", attachment.preview.as_ref().map(|url| json!({ "type": "Image", "url": url })));
    }
    put("focalPoint", attachment.focus.map(|(x, y)| json!([x, y])));
    Value::Object(wire)
}
