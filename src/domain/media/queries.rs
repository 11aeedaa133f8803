//! Looking uploads up.

use diesel::prelude::*;

use super::{Media, MediaState, Purpose};
use crate::{
    db::{Among, Conn, schema::media},
    domain::{ActorId, MediaId},
    error::{Error, Result},
};

pub(super) fn not_found() -> Error {
    Error::not_found("media.not_found", "There is no such upload of yours that hangs on nothing yet.")
}

/// An upload by id.
pub fn find(conn: &mut Conn, id: MediaId) -> Result<Option<Media>> {
    Ok(media::table.find(id).select(Media::as_select()).first(conn).optional()?)
}

/// These uploads, in no order.
pub fn find_many(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<Media>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(media::table.filter(media::id.among(ids.to_vec())).select(Media::as_select()).load(conn)?)
}

/// What is said of each of these.
pub fn descriptions(uploads: &[Media]) -> Vec<&str> {
    uploads.iter().map(|upload| upload.description.as_str()).collect()
}

/// An upload by the name of its folder.
pub fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Media>> {
    Ok(media::table.filter(media::name.eq(name)).select(Media::as_select()).first(conn).optional()?)
}

/// An upload for posts of this actor, as long as it hangs on nothing. That of somebody else is not there.
pub fn get_own(conn: &mut Conn, actor: ActorId, id: MediaId) -> Result<Media> {
    let open = [MediaState::Working, MediaState::Ready, MediaState::Failed];
    find(conn, id)?
        .filter(|found| found.actor_id == actor && found.purpose == Purpose::Post && open.contains(&found.state))
        .ok_or_else(not_found)
}
