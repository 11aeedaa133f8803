//! What exactly is approved.

use serde_json::{Value, json};

use crate::{
    db::Timestamp,
    domain::{media::Media, posts::Post, scheduled::Wish},
    error::Result,
    text,
};

/// The SHA-256 of everything that readers will see of a draft: whoever approves, approves this. `media` are its uploads;
/// the file of one never changes, so its name stands for it, but what it says of itself may be written anew. `changes` is
/// the post that it changes, as it is: whoever approves an edit approves it in place of that.
pub fn content_hash(wish: &Wish, media: &[Media], changes: Option<&Post>) -> Result<String> {
    let files = wish.media.iter().map(|id| {
        let upload = media.iter().find(|upload| upload.id == *id);
        json!({
            "id": id,
            "file": upload.map(|upload| format!("{}/{}", upload.name, upload.details.0.file)),
            "description": upload.map(|upload| upload.description.as_str()),
            "focus": upload.and_then(|upload| upload.details.0.focus),
        })
    });
    let mut said = json!({
        "body": wish.text,
        "markdown": wish.markdown,
        "content_warning": wish.summary,
        "sensitive": wish.sensitive,
        "language": wish.language,
        "audience": wish.audience,
        "team": wish.team,
        "reply_to": wish.reply_to,
        "quote_of": wish.quote,
        "quoting": wish.quoting,
        "poll": wish.poll,
        "media": files.collect::<Vec<_>>(),
    });
    if let (Some(post), Value::Object(fields)) = (changes, &mut said) {
        let since = post.edited_at.map(Timestamp::rfc3339);
        fields.insert("changes".to_owned(), json!({ "post": post.id, "since": since }));
    }
    Ok(text::fingerprint(&said)?)
}
