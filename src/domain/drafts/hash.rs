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
/// the post that it changes, as it is: whoever approves an edit approves it in place of that. `signature` is the paragraph
/// that says who wrote it: another name is another text.
pub(super) fn content_hash(
    wish: &Wish,
    media: &[Media],
    changes: Option<&Post>,
    signature: Option<&str>,
) -> Result<String> {
    let Wish {
        text: body,
        markdown,
        summary,
        sensitive,
        language,
        audience,
        team,
        reply_to,
        poll,
        media: uploads,
        quote,
        quoting,
        inside,
        twin,
    } = wish;
    let files = uploads.iter().map(|id| {
        let upload = media.iter().find(|upload| upload.id == *id);
        json!({
            "id": id,
            "file": upload.map(|upload| format!("{}/{}", upload.name, upload.details.0.file)),
            "description": upload.map(|upload| upload.description.as_str()),
            "focus": upload.and_then(|upload| upload.details.0.focus),
        })
    });
    let mut said = json!({
        "body": body,
        "markdown": markdown,
        "content_warning": summary,
        "sensitive": sensitive,
        "language": language,
        "audience": audience,
        "team": team,
        "reply_to": reply_to,
        "quote_of": quote,
        "quoting": quoting,
        "poll": poll,
        "media": files.collect::<Vec<_>>(),
    });
    if let Value::Object(fields) = &mut said {
        if !inside.is_unsaid() {
            fields.insert("inside".to_owned(), json!(inside));
        }
        if let Some(twin) = twin {
            fields.insert("also_internal".to_owned(), json!(twin));
        }
        if let Some(post) = changes {
            let since = post.edited_at.map(Timestamp::rfc3339);
            fields.insert("changes".to_owned(), json!({ "post": post.id, "since": since }));
        }
        if let Some(signature) = signature {
            fields.insert("signature".to_owned(), json!(signature));
        }
    }
    Ok(text::fingerprint(&said)?)
}
