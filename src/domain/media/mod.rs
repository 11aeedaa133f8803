//! What people of ours upload: pictures, films and sounds that hang on posts, and the pictures of profiles.
//!
//! Here is who may do what with them; the files themselves are kept by `files`, below [`Media::name`]. What is
//! attached to nothing is forgotten after a day, and what is forgotten is [`MediaState::Gone`] until its files are
//! deleted.

mod attach;
mod describe;
mod elsewhere;
mod forget;
mod held;
mod queries;
mod upload;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

pub use attach::{FILES, attach, for_post, named, use_picture};
pub use describe::{DESCRIPTION, Words, check_description, describe, describe_attached};
pub use elsewhere::{Kept, find_kept, forget_kept, keep, make_room};
pub use forget::{
    delete, discard, drop_rows, forget_files_of_actor, forget_picture, forget_post, forget_unused, gone,
    take_off_picture,
};
pub use held::{Holder, hand_over, held, hold, must_be_by, release};
pub use queries::{descriptions, find, find_by_name, find_many, get_own};
pub use upload::{Allowance, Made, Upload, await_reading, begin, fail, finish};

use super::{AccountId, ActorId, DraftId, MediaId, PostId, PublishRequestId, ScheduledId};
use crate::{
    db::{Json, Timestamp, schema::media},
    text_enum,
};

text_enum! {
    /// What an upload is for.
    Purpose {
        /// To hang on a post.
        Post = "post",
        /// The picture of an actor.
        Avatar = "avatar",
        /// The wide picture above a profile.
        Header = "header",
    }
}

text_enum! {
    /// How far an upload is.
    MediaState {
        /// It is being read.
        Working = "working",
        /// It can be attached.
        Ready = "ready",
        /// It could not be read.
        Failed = "failed",
        /// It hangs on a post or a profile.
        Attached = "attached",
        /// Its files are being deleted.
        Gone = "gone",
    }
}

/// What is known of the files of an upload.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The name of the file itself.
    pub file: String,
    /// The name of the small picture that stands for it, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// Width and height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// The same of the small picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub small: Option<(u32, u32)>,
    /// How long it plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// A blur to show before it is loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// The point that matters, each from -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<(f32, f32)>,
}

/// Something that was uploaded.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = media)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Media {
    pub id: MediaId,
    pub actor_id: ActorId,
    pub account_id: AccountId,
    /// The post on which it hangs, or hung before an edit.
    pub post_id: Option<PostId>,
    pub purpose: Purpose,
    pub state: MediaState,
    /// The folder of its files; nobody can guess it.
    pub name: String,
    /// `image`, `video` or `audio`.
    pub kind: String,
    pub media_type: String,
    pub bytes: i32,
    pub description: String,
    pub details: Json<Facts>,
    pub created_at: Timestamp,
    /// The post that waits for its time and will have it.
    pub scheduled_id: Option<ScheduledId>,
    /// The draft that will have it.
    pub draft_id: Option<DraftId>,
    /// The copy of an internal post that will have it.
    pub copy_id: Option<PublishRequestId>,
}

impl Media {
    /// Where the file itself is.
    pub fn url(&self, base_url: &str) -> String {
        format!("{base_url}/media/{}/{}", self.name, self.details.0.file)
    }

    /// Where the small picture that stands for it is.
    pub fn preview_url(&self, base_url: &str) -> Option<String> {
        let preview = self.details.0.preview.as_ref()?;
        Some(format!("{base_url}/media/{}/{preview}", self.name))
    }

    /// The names of its files in the store.
    pub fn files(&self) -> Vec<String> {
        let facts = &self.details.0;
        let names = [Some(&facts.file), facts.preview.as_ref()].into_iter().flatten();
        names.filter(|name| !name.is_empty()).map(|name| format!("{}/{name}", self.name)).collect()
    }

    /// It as something that hangs on a post.
    pub fn attachment(&self, base_url: &str) -> Attachment {
        let facts = self.details.0.clone();
        Attachment {
            kind: self.kind.clone(),
            url: self.url(base_url),
            media_type: Some(self.media_type.clone()),
            description: (!self.description.is_empty()).then(|| self.description.clone()),
            blurhash: facts.blurhash,
            size: facts.size,
            focus: facts.focus,
            media: Some(self.id),
            preview: self.preview_url(base_url),
            small: facts.small,
            seconds: facts.seconds,
        }
    }
}

/// Something that hangs on a post: an image, a video, a file elsewhere.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Attachment {
    /// `image`, `video`, `audio` or `unknown`.
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// Its media type, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What it shows, for those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A blur to show before it is loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// Width and height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// The point that matters, each from -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<(f32, f32)>,
    /// The upload, when it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaId>,
    /// Where the small picture that stands for it is, when it is one of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// Width and height of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub small: Option<(u32, u32)>,
    /// How long it plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}
