//! What hangs on a post as MediaAttachments. Media of others stays where it is, and no reader's browser is sent there
//! unasked: it is of `unknown` type without a preview, which clients show as a link.

use serde_json::{Value, json};

use crate::{
    domain::{PostId, posts::Attachment},
    http::mastodon::entities::MediaAttachment,
};

/// The attachments of a post.
pub(in crate::http::mastodon) fn attachments(post: PostId, attachments: &[Attachment]) -> Vec<MediaAttachment> {
    attachments.iter().enumerate().map(|(index, attachment)| one(post, index, attachment)).collect()
}

fn one(post: PostId, index: usize, attachment: &Attachment) -> MediaAttachment {
    MediaAttachment {
        // Attachments of others have no id of their own; this one is stable as long as their order is.
        id: format!("{post}{index:02}"),
        kind: "unknown",
        url: attachment.url.clone(),
        preview_url: None,
        remote_url: Some(attachment.url.clone()),
        preview_remote_url: None,
        text_url: None,
        meta: meta(attachment),
        description: attachment.description.clone(),
        blurhash: attachment.blurhash.clone(),
    }
}

fn meta(attachment: &Attachment) -> Value {
    let mut meta = json!({});
    if let Some((width, height)) = attachment.size.filter(|(width, height)| *width > 0 && *height > 0) {
        let aspect = f64::from(width) / f64::from(height);
        meta = json!({ "original": { "width": width, "height": height, "size": format!("{width}x{height}"), "aspect": aspect } });
    }
    if let (Some((x, y)), Some(meta)) = (attachment.focus, meta.as_object_mut()) {
        meta.insert("focus".to_owned(), json!({ "x": x, "y": y }));
    }
    meta
}
