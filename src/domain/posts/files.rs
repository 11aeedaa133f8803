//! Who may see the files of an upload: decided here, asked by whoever hands them on.

use super::{Post, Viewer, find, may_see};
use crate::{
    db::Conn,
    domain::{
        actors,
        media::{self, Media, MediaState, Purpose},
    },
    error::Result,
};

/// Who may see the files of an upload.
#[derive(Debug, Clone, PartialEq)]
pub enum Showing {
    /// Everybody, and anybody may keep them.
    Everybody,
    /// Whoever was told its address, which nobody can guess: the readers of a post outside of the company, on their own
    /// servers, and whoever uploads it.
    Told,
    /// Readers of this post, which is internal.
    Readers(Box<Post>),
}

/// The upload with this name and who may see its files; nothing when nobody may.
pub fn find_file(conn: &mut Conn, name: &str) -> Result<Option<(Media, Showing)>> {
    let Some(found) = media::find_by_name(conn, name)? else { return Ok(None) };
    let showing = match found.state {
        MediaState::Ready => Showing::Told,
        MediaState::Working | MediaState::Failed | MediaState::Gone => return Ok(None),
        MediaState::Attached => {
            if !actors::get(conn, found.actor_id)?.is_active() {
                return Ok(None);
            }
            let post = match found.post_id {
                Some(post) => find(conn, post)?,
                None => None,
            };
            match post {
                None if found.purpose != Purpose::Post => Showing::Everybody,
                None => return Ok(None),
                Some(post) if !post.audience.federates() => Showing::Readers(Box::new(post)),
                Some(post) if post.audience.is_open() => Showing::Everybody,
                Some(_) => Showing::Told,
            }
        }
    };
    Ok(Some((found, showing)))
}

/// Whether this viewer may see what is shown like this.
pub fn may_see_file(conn: &mut Conn, viewer: &Viewer, showing: &Showing) -> Result<bool> {
    match showing {
        Showing::Everybody | Showing::Told => Ok(true),
        Showing::Readers(post) => may_see(conn, viewer, post),
    }
}
