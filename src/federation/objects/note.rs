//! Our posts as others read them.

use serde_json::{Value, json};

use super::context::PUBLIC;
use crate::{
    domain::{
        Site,
        actors::Actor,
        posts::{Attachment, Audience, FederablePost},
    },
    error::Result,
};

/// What a post's document says besides the post.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surroundings {
    /// The author's id.
    pub author: String,
    /// The author's followers collection.
    pub followers: String,
    /// Those who are mentioned.
    pub mentions: Vec<Actor>,
    /// Others who are addressed: whoever is answered.
    pub addressed: Vec<String>,
    /// Hashtags, normalised.
    pub hashtags: Vec<String>,
}

/// `to` and `cc` for an audience. Mastodon reads Public in `to` as public and in `cc` as unlisted.
pub fn addressing(audience: Audience, followers: &str, named: &[String]) -> (Vec<String>, Vec<String>) {
    let with =
        |first: &[&str]| first.iter().map(|uri| (*uri).to_owned()).chain(named.iter().cloned()).collect::<Vec<_>>();
    match audience {
        Audience::Public => (vec![PUBLIC.to_owned()], with(&[followers])),
        Audience::Unlisted => (vec![followers.to_owned()], with(&[PUBLIC])),
        Audience::Followers => (vec![followers.to_owned()], named.to_vec()),
        Audience::Direct | Audience::Space => (named.to_vec(), Vec::new()),
        // Never reached: internal posts are no FederablePost. Addressed to nobody, to be sure.
        Audience::Company | Audience::Team => (Vec::new(), Vec::new()),
    }
}

impl Surroundings {
    /// `to` and `cc` of a post.
    pub fn addressing(&self, audience: Audience) -> (Vec<String>, Vec<String>) {
        let mut named: Vec<String> = self.mentions.iter().map(|actor| actor.uri.clone()).collect();
        named
            .extend(self.addressed.iter().filter(|uri| !self.mentions.iter().any(|actor| actor.uri == **uri)).cloned());
        named.retain(|uri| *uri != self.author);
        addressing(audience, &self.followers, &named)
    }
}

/// The document of a post, without its context. Takes only what may leave.
pub fn to_json(site: &Site, post: &FederablePost, around: &Surroundings) -> Result<Value> {
    let uri = post.uri();
    let (to, cc) = around.addressing(post.audience);
    let mut document = json!({
        "id": uri,
        "type": if post.title.is_some() && post.kind == "article" { "Article" } else { "Note" },
        "url": post.url,
        "attributedTo": around.author,
        "content": post.content,
        "published": post.published_at.rfc3339(),
        "sensitive": post.sensitive,
        "to": to,
        "cc": cc,
        "tag": tags(site, around),
        "attachment": post.attachments.0.iter().map(attachment).collect::<Vec<_>>(),
        "replies": { "id": format!("{uri}/replies"), "type": "Collection", "totalItems": post.replies_count, "first": format!("{uri}/replies?page=true") },
        "likes": { "id": format!("{uri}/likes"), "type": "Collection", "totalItems": post.likes_count },
        "shares": { "id": format!("{uri}/shares"), "type": "Collection", "totalItems": post.boosts_count },
    });
    let Some(members) = document.as_object_mut() else { return Ok(document) };
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    add("contentMap", post.language.as_ref().map(|language| json!({ language.as_str(): post.content })));
    add("summary", (!post.summary.is_empty()).then(|| json!(post.summary)));
    add("name", post.title.as_ref().map(|title| json!(title)));
    add("inReplyTo", post.reply_to_uri.as_ref().map(|uri| json!(uri)));
    add("updated", post.edited_at.map(|at| json!(at.rfc3339())));
    add(
        "source",
        post.source.as_ref().map(
            |source| json!({ "content": source, "mediaType": post.source_type.as_deref().unwrap_or("text/plain") }),
        ),
    );
    Ok(document)
}

/// Always a list: Lemmy reads nothing else.
fn tags(site: &Site, around: &Surroundings) -> Vec<Value> {
    let mentions = around
        .mentions
        .iter()
        .map(|actor| json!({ "type": "Mention", "href": actor.uri, "name": format!("@{}", actor.handle(site)) }));
    let hashtags =
        around.hashtags.iter().map(|name| json!({ "type": "Hashtag", "href": format!("{}/tags/{name}", site.base_url), "name": format!("#{name}") }));
    mentions.chain(hashtags).collect()
}

fn attachment(attachment: &Attachment) -> Value {
    let kind = match attachment.kind.as_str() {
        "image" => "Image",
        "video" => "Video",
        "audio" => "Audio",
        _ => "Document",
    };
    let mut document = json!({ "type": kind, "url": attachment.url, "mediaType": attachment.media_type, "name": attachment.description });
    if let (Some(members), Some((width, height))) = (document.as_object_mut(), attachment.size) {
        members.insert("width".to_owned(), json!(width));
        members.insert("height".to_owned(), json!(height));
    }
    document
}
