//! What hangs on a post as MediaAttachments. Media of others is handed on by us, and no reader's browser is sent there
//! unasked; what is of no known type is a link.

use serde_json::{Map, Value, json};

use crate::{
    domain::{
        PostId, Site,
        media::{Media, MediaState},
        posts::Attachment,
    },
    http::{elsewhere, mastodon::entities::MediaAttachment},
};

/// The attachments of a post.
pub(in crate::http::mastodon) fn attachments(
    site: &Site,
    post: PostId,
    attachments: &[Attachment],
) -> Vec<MediaAttachment> {
    attachments.iter().enumerate().map(|(index, attachment)| one(site, post, index, attachment)).collect()
}

/// An upload that hangs on nothing yet. Without an address as long as it is read: clients ask until there is one.
pub(in crate::http::mastodon) fn upload(site: &Site, media: &Media) -> MediaAttachment {
    let shown = own(&media.attachment(&site.base_url), media.id.to_string());
    if media.state == MediaState::Working { MediaAttachment { url: None, preview_url: None, ..shown } } else { shown }
}

fn one(site: &Site, post: PostId, index: usize, attachment: &Attachment) -> MediaAttachment {
    if let Some(media) = attachment.media {
        return own(attachment, media.to_string());
    }
    let kind = known_kind(&attachment.kind);
    let ours = (kind != "unknown").then(|| elsewhere::file_of_post(site, post, &attachment.url));
    MediaAttachment {
        // Attachments of others have no id of their own; this one is stable as long as their order is.
        id: format!("{post}{index:02}"),
        kind,
        preview_url: ours.clone().filter(|_| kind == "image"),
        url: ours.or_else(|| Some(attachment.url.clone())),
        remote_url: Some(attachment.url.clone()),
        preview_remote_url: None,
        text_url: None,
        meta: meta(attachment),
        description: attachment.description.clone(),
        blurhash: attachment.blurhash.clone(),
    }
}

fn own(attachment: &Attachment, id: String) -> MediaAttachment {
    MediaAttachment {
        id,
        kind: known_kind(&attachment.kind),
        url: Some(attachment.url.clone()),
        preview_url: attachment.preview.clone(),
        remote_url: None,
        preview_remote_url: None,
        text_url: None,
        meta: meta(attachment),
        description: attachment.description.clone(),
        blurhash: attachment.blurhash.clone(),
    }
}

fn known_kind(kind: &str) -> &'static str {
    match kind {
        "image" => "image",
        "video" => "video",
        "audio" => "audio",
        _ => "unknown",
    }
}

fn meta(attachment: &Attachment) -> Value {
    let mut meta = Map::new();
    let mut original = attachment.size.map_or_else(Map::new, dimensions);
    if let Some(seconds) = attachment.seconds {
        original.insert("duration".to_owned(), json!(seconds));
    }
    if !original.is_empty() {
        meta.insert("original".to_owned(), Value::Object(original));
    }
    if let Some(small) = attachment.small {
        meta.insert("small".to_owned(), Value::Object(dimensions(small)));
    }
    if let Some((x, y)) = attachment.focus {
        meta.insert("focus".to_owned(), json!({ "x": x, "y": y }));
    }
    Value::Object(meta)
}

fn dimensions((width, height): (u32, u32)) -> Map<String, Value> {
    let mut dimensions = Map::new();
    if width > 0 && height > 0 {
        dimensions.insert("width".to_owned(), json!(width));
        dimensions.insert("height".to_owned(), json!(height));
        dimensions.insert("size".to_owned(), json!(format!("{width}x{height}")));
        dimensions.insert("aspect".to_owned(), json!(f64::from(width) / f64::from(height)));
    }
    dimensions
}
