//! Reports to other servers: by the server itself, so that nobody learns who reports.

use serde_json::json;

use super::compose::{Desk, Message};
use crate::{
    db::Conn,
    domain::{ReportId, actors, reports},
    error::Result,
    federation::objects::addressing::Addressing,
};

impl Desk<'_> {
    /// One Flag, with the account first and then its posts, as Mastodon reads it.
    pub(super) fn flag(&self, conn: &mut Conn, id: ReportId) -> Result<Option<Message>> {
        let Some(report) = reports::find(conn, id)? else { return Ok(None) };
        let Some(target) = actors::find(conn, report.target_id)? else { return Ok(None) };
        let posts = reports::reported_in(conn, &[id])?.remove(&id).unwrap_or_default();
        let mut objects = vec![target.uri.clone()];
        objects.extend(posts.into_iter().filter_map(|post| post.uri));
        let uri = self.app.site.activity_uri(id.0);
        let mut message = self.say("Flag", uri, json!(objects), Addressing::only(&target.uri), None);
        if let Some(members) = message.body.as_object_mut() {
            members.insert("content".to_owned(), json!(report.comment));
        }
        Ok(Some(self.to_one(message, &target, &target.uri)))
    }
}
