//! Who gets it: inboxes on other servers, each once, none that we refuse to talk with.

use diesel::prelude::*;
use url::Url;

use crate::{
    app::App,
    db::{
        Conn,
        schema::{activities, deliveries},
    },
    domain::{
        ActorId, PostId,
        actors::{self, Actor},
        follows, posts,
    },
    error::Result,
    net::host_of,
};

/// An inbox on another server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inbox {
    /// The server that is connected to.
    pub host: String,
    /// Its address.
    pub url: String,
}

/// Inboxes being gathered.
pub(super) struct Recipients<'a> {
    app: &'a App,
    inboxes: Vec<Inbox>,
}

impl<'a> Recipients<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        Self { app, inboxes: Vec::new() }
    }

    /// Adds an inbox of an actor whose handle has this host.
    fn add(&mut self, handle_host: &str, url: &str) {
        let Ok(parsed) = Url::parse(url) else { return };
        let host = host_of(&parsed);
        let ours = self.app.site.owns(url);
        if ours
            || host.is_empty()
            || !self.app.config.federates()
            || self.app.refuses(handle_host)
            || self.app.refuses(&host)
        {
            return;
        }
        self.inboxes.push(Inbox { host, url: url.to_owned() });
    }

    /// Everyone who follows `actor`, by their servers' shared inboxes.
    pub(super) fn followers(&mut self, conn: &mut Conn, actor: ActorId) -> Result<()> {
        for (host, inbox) in follows::follower_inboxes(conn, actor)? {
            self.add(&host, &inbox);
        }
        Ok(())
    }

    /// Everyone elsewhere who voted in a poll of ours, by their servers' shared inboxes.
    pub(super) fn voters(&mut self, conn: &mut Conn, poll: PostId) -> Result<()> {
        for (host, inbox) in posts::voter_inboxes(conn, poll)? {
            self.add(&host, &inbox);
        }
        Ok(())
    }

    /// These actors, by the inboxes that their servers prefer.
    pub(super) fn actors(&mut self, actors: &[Actor]) {
        for actor in actors.iter().filter(|actor| !actor.is_local() && actor.deleted_at.is_none()) {
            self.add(&actor.host, actor.best_inbox());
        }
    }

    /// These actors, by their own inboxes: for what nobody else on their server is meant to get.
    pub(super) fn personally(&mut self, actors: &[Actor]) {
        for actor in actors.iter().filter(|actor| !actor.is_local() && actor.deleted_at.is_none()) {
            self.add(&actor.host, &actor.inbox);
        }
    }

    /// These actors by id, by the inboxes that their servers prefer.
    pub(super) fn actors_by_id(&mut self, conn: &mut Conn, ids: &[ActorId], personally: bool) -> Result<()> {
        let actors = actors::get_many(conn, ids)?;
        if personally {
            self.personally(&actors);
        } else {
            self.actors(&actors);
        }
        Ok(())
    }

    /// Whoever was sent something about this object before.
    pub(super) fn heard_of(&mut self, conn: &mut Conn, object: &str) -> Result<()> {
        let rows: Vec<(String, String)> = deliveries::table
            .inner_join(activities::table)
            .filter(activities::object_uri.eq(object))
            .select((deliveries::host, deliveries::inbox))
            .distinct()
            .load(conn)?;
        self.again(rows);
        Ok(())
    }

    /// Whoever was sent anything by this actor.
    pub(super) fn heard_from(&mut self, conn: &mut Conn, actor: ActorId) -> Result<()> {
        let rows: Vec<(String, String)> = deliveries::table
            .inner_join(activities::table)
            .filter(activities::actor_id.eq(actor.0))
            .select((deliveries::host, deliveries::inbox))
            .distinct()
            .load(conn)?;
        self.again(rows);
        Ok(())
    }

    fn again(&mut self, rows: Vec<(String, String)>) {
        for (host, inbox) in rows {
            self.add(&host, &inbox);
        }
    }

    /// Each inbox once, in a fixed order.
    pub(super) fn finish(mut self) -> Vec<Inbox> {
        self.inboxes.sort();
        self.inboxes.dedup();
        self.inboxes
    }
}
