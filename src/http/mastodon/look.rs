//! Reading as somebody: every answer of this API is read through a [`Look`], so that nobody sees more than they may.

use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        ActorId, BoostId, PostId, Site,
        actors::{self, Actor},
        filters::Sieve,
        posts::{self, EntryRef, Post, Viewer},
        servers,
    },
    error::{Error, Kind, Result},
    http::extract::{Json, Links, Paging},
};

/// A connection, and whose eyes it is read with.
pub(super) struct Look<'a> {
    /// The connection.
    pub conn: &'a mut Conn,
    /// Who we are on the network.
    pub site: &'a Site,
    /// Who looks.
    pub viewer: Viewer,
    /// When.
    pub now: Timestamp,
    /// The reader's filters, once they were needed.
    pub sieve: Option<Sieve>,
}

/// Reads as `reader`, or as nobody.
pub(super) async fn look<T, F>(app: &App, reader: Option<ActorId>, read: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Look<'_>) -> Result<T> + Send + 'static,
{
    let (site, now) = (app.site.clone(), app.db.now());
    app.db
        .read(move |conn| {
            let viewer = match reader {
                None => Viewer::Anonymous,
                Some(actor) => Viewer::local(conn, actor)?,
            };
            read(&mut Look { conn, site: &site, viewer, now, sieve: None })
        })
        .await
}

/// What the id of a status names: a post, or a boost of it.
pub(super) struct Target {
    /// The post.
    pub post: Post,
    /// The boost, when the id is one's.
    pub boost: Option<posts::Boost>,
}

impl Target {
    /// The entry that is shown under this id.
    pub(super) fn entry(&self) -> EntryRef {
        EntryRef { post: self.post.id, boost: self.boost.as_ref().map(|boost| boost.id) }
    }
}

impl Look<'_> {
    /// What this id names, as far as the reader may see it; hidden and missing are the same.
    pub(super) fn target(&mut self, id: i64) -> Result<Target> {
        let hidden = match posts::get_visible(self.conn, &self.viewer, PostId(id)) {
            Err(error) if error.kind() == Kind::NotFound => error,
            found => return Ok(Target { post: found?, boost: None }),
        };
        let boost = posts::find_visible_boost(self.conn, &self.viewer, BoostId(id))?.ok_or(hidden)?;
        let post = posts::get_visible(self.conn, &self.viewer, boost.post_id)?;
        Ok(Target { post, boost: Some(boost) })
    }

    /// What this id names, when the reader wrote it.
    pub(super) fn own(&mut self, id: i64) -> Result<Target> {
        let target = self.target(id)?;
        let by = target.boost.as_ref().map_or(target.post.author_id, |boost| boost.actor_id);
        if self.viewer.actor() == Some(by) {
            Ok(target)
        } else {
            Err(Error::not_found("post.not_yours", "There is no such post of yours."))
        }
    }

    /// Somebody by id; not found when there is nobody, they were deleted, or their server is blocked.
    pub(super) fn actor(&mut self, id: ActorId) -> Result<Actor> {
        if servers::is_refused(self.conn, id)? {
            return Err(Error::not_found("actor.not_found", "There is no such account."));
        }
        actors::get(self.conn, id)
    }
}

/// Rows of a list, with the ids by which it is paged.
pub(super) struct Listed<T> {
    /// The rows, newest first.
    pub rows: Vec<T>,
    /// The id of the newest row that was read, shown or not.
    pub first: Option<i64>,
    /// The id of the oldest.
    pub last: Option<i64>,
}

impl<T> Listed<T> {
    /// Nothing.
    pub(super) fn empty() -> Self {
        Self { rows: Vec::new(), first: None, last: None }
    }

    /// The answer with its `Link` header.
    pub(super) fn answer(self, app: &App, paging: &Paging) -> Answer<T> {
        (paging.links(&app.site.base_url, self.first, self.last), Json(self.rows))
    }
}

/// A list as it is answered.
pub(super) type Answer<T> = (Links, Json<Vec<T>>);
