//! How it is said: one activity for each change.

use serde_json::{Value, json};

use super::{
    audience::{Inbox, Recipients},
    naming::{create_uri, delete_uri, undo_uri, update_uri},
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        ActorId, FollowId, LikeId, PostId,
        actors::{self, Actor, ActorKey},
        follows,
        posts::{self, Audience, FederablePost},
        work::Change,
    },
    error::Result,
    federation::objects::{
        activity::{Activity, inner},
        actor,
        addressing::{Addressing, PUBLIC},
        context::Terms,
        note::{self, Surroundings},
        tombstone,
    },
};

/// Answers to the same question within this many seconds are the same answer.
const SAME_ANSWER: i64 = 600;

/// An activity with those it is owed to, before it is written down.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who says it.
    pub actor: Actor,
    /// Its type.
    pub kind: &'static str,
    /// Its id.
    pub uri: String,
    /// The activity, without context.
    pub body: Value,
    /// Which context it needs.
    pub terms: Terms,
    /// Who may read it, where it is about a post or an actor; others are read by those they are sent to only.
    pub audience: Option<Audience>,
    /// What it is about.
    pub object_uri: Option<String>,
    /// The post whose publication lets it out.
    pub post: Option<PostId>,
    /// Those it is owed to.
    pub recipients: Vec<Inbox>,
}

impl Message {
    /// Whether anybody may read it.
    pub fn is_open(&self) -> bool {
        self.audience.is_some_and(Audience::is_open)
    }
}

/// The id of an activity that has no row of its own. It follows from what happened, so that telling it again is
/// telling the same.
pub fn derived_uri(site: &crate::domain::Site, parts: &[&str]) -> String {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in parts {
        digest.update(part.as_bytes());
        digest.update(&[0]);
    }
    let number = digest.finish().as_ref().iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    site.activity_uri((number & i64::MAX).max(1))
}

/// What is around a message while it is composed.
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) actor: Actor,
}

/// Says what happened; `None` when there is nothing left to say.
pub fn message(
    conn: &mut Conn,
    app: &App,
    actor: Actor,
    keys: &[ActorKey],
    change: &Change,
    now: Timestamp,
) -> Result<Option<Message>> {
    let desk = Desk { app, actor };
    match change {
        Change::PostCreated { post } => desk.create(conn, *post),
        Change::PostEdited { post } => desk.edit(conn, *post),
        Change::PostDeleted { uri, audience, concerned, hidden } => {
            desk.delete(conn, uri, *audience, concerned, hidden)
        }
        Change::Liked { like } => desk.like(conn, *like),
        Change::Unliked { uri, post_uri, author } => desk.unlike(conn, uri, post_uri, *author),
        Change::Boosted { boost } => desk.announce(conn, *boost),
        Change::Unboosted { uri, post_uri, author, audience } => {
            desk.unannounce(conn, uri, post_uri, *author, *audience)
        }
        Change::Pinned { pin } => desk.pin(conn, *pin),
        Change::Unpinned { pin, post_uri, audience } => desk.unpin(conn, *pin, post_uri, *audience),
        Change::Voted { vote } => desk.vote(conn, *vote),
        Change::VotesCounted { post, at } => desk.votes_counted(conn, *post, *at),
        Change::QuoteRequested { quote } => desk.quote_request(conn, *quote),
        Change::QuoteAccepted { quote, asker } => desk.quote_accept(conn, *quote, *asker),
        Change::QuoteRejected { request, quoted, quoting, asker } => {
            desk.quote_answer(conn, "Reject", (request, quoted, quoting), *asker)
        }
        Change::QuoteRevoked { stamp, author } => desk.quote_revoke(conn, stamp, *author),
        Change::QuoteChanged { post, at } => desk.quote_changed(conn, *post, *at),
        Change::Reported { report } => desk.flag(conn, *report),
        Change::FollowRequested { follow } => desk.follow(conn, *follow),
        Change::FollowUndone { uri, target } => desk.about_actor(conn, "Undo", Some(("Follow", uri)), *target, ""),
        Change::FollowAccepted { uri, follower } => desk.answer(conn, "Accept", uri, *follower, now),
        Change::FollowRejected { uri, follower } => desk.answer(conn, "Reject", uri, *follower, now),
        Change::Blocked { uri, target } => desk.about_actor(conn, "Block", None, *target, uri),
        Change::Unblocked { uri, target } => desk.about_actor(conn, "Undo", Some(("Block", uri)), *target, ""),
        Change::ActorUpdated => desk.actor_updated(conn, keys),
        Change::ActorDeleted => desk.actor_deleted(conn),
    }
}

impl Desk<'_> {
    pub(super) fn followers_uri(&self) -> &str {
        self.actor.followers_uri.as_deref().unwrap_or_default()
    }

    pub(super) fn derived(&self, parts: &[&str]) -> String {
        derived_uri(&self.app.site, parts)
    }

    /// Puts a message together.
    pub(super) fn say(
        &self,
        kind: &'static str,
        uri: String,
        object: Value,
        addressing: Addressing,
        published: Option<Timestamp>,
    ) -> Message {
        let activity = Activity { id: &uri, kind, actor: &self.actor.uri, object, addressing, published };
        let body = activity.to_json();
        Message {
            actor: self.actor.clone(),
            kind,
            body,
            uri,
            terms: Terms::Plain,
            audience: None,
            object_uri: None,
            post: None,
            recipients: Vec::new(),
        }
    }

    fn create(&self, conn: &mut Conn, id: PostId) -> Result<Option<Message>> {
        let Some(post) = posts::find(conn, id)?.and_then(posts::Post::federable) else { return Ok(None) };
        let around = Surroundings::load(conn, &post)?;
        let uri = create_uri(&self.app.site, &post);
        let note = note::to_json(&self.app.site, &post, &around)?;
        let message = self.say("Create", uri, note, around.addressing()?, Some(post.published_at));
        let recipients = self.readers(conn, &post, &around)?.finish();
        Ok(Some(self.about_post(message, &post, recipients)))
    }

    fn edit(&self, conn: &mut Conn, id: PostId) -> Result<Option<Message>> {
        let Some(post) = posts::find(conn, id)?.and_then(posts::Post::federable) else { return Ok(None) };
        let around = Surroundings::load(conn, &post)?;
        let edited = post.edited_at.unwrap_or(post.published_at);
        let uri = update_uri(&self.app.site, post.uri(), edited);
        let note = note::to_json(&self.app.site, &post, &around)?;
        let message = self.say("Update", uri, note, around.addressing()?, Some(edited));
        let mut recipients = self.readers(conn, &post, &around)?;
        // A new text of something that is not open goes to those only whom it is addressed to now.
        if post.audience.is_open() {
            recipients.heard_of(conn, post.uri())?;
        }
        let recipients = recipients.finish();
        Ok(Some(self.about_post(message, &post, recipients)))
    }

    pub(super) fn about_post(&self, message: Message, post: &FederablePost, recipients: Vec<Inbox>) -> Message {
        Message {
            terms: Terms::Post,
            audience: Some(post.audience),
            object_uri: Some(post.uri().to_owned()),
            post: Some(post.id),
            recipients,
            ..message
        }
    }

    pub(super) fn readers(
        &self,
        conn: &mut Conn,
        post: &FederablePost,
        around: &Surroundings,
    ) -> Result<Recipients<'_>> {
        let mut recipients = Recipients::new(self.app);
        if around.reach.as_ref().is_some_and(|reach| reach.followers) {
            recipients.followers(conn, self.actor.id)?;
        }
        if post.audience == Audience::Direct {
            recipients.personally(&around.named);
        } else {
            recipients.actors(&around.named);
        }
        recipients.personally(&around.hidden);
        Ok(recipients)
    }

    fn delete(
        &self,
        conn: &mut Conn,
        post: &str,
        audience: Audience,
        concerned: &[ActorId],
        hidden: &[ActorId],
    ) -> Result<Option<Message>> {
        if !audience.federates() {
            return Ok(None);
        }
        let named = actors::get_many(conn, concerned)?.into_iter().filter(|actor| actor.id != self.actor.id);
        let mut named: Vec<String> = named.map(|actor| actor.uri).collect();
        named.sort();
        let uri = delete_uri(&self.app.site, post);
        let addressing = Addressing::of(audience, self.followers_uri(), named);
        let message = self.say("Delete", uri, tombstone::to_json(post, None), addressing, None);
        let mut recipients = Recipients::new(self.app);
        if posts::addresses_followers(audience) {
            recipients.followers(conn, self.actor.id)?;
        }
        recipients.actors_by_id(conn, concerned, audience == Audience::Direct)?;
        recipients.actors_by_id(conn, hidden, true)?;
        recipients.heard_of(conn, post)?;
        let recipients = recipients.finish();
        Ok(Some(Message { audience: Some(audience), object_uri: Some(post.to_owned()), recipients, ..message }))
    }

    fn like(&self, conn: &mut Conn, id: LikeId) -> Result<Option<Message>> {
        let Some(like) = posts::find_like(conn, id)? else { return Ok(None) };
        let post = posts::find(conn, like.post_id)?.and_then(posts::Post::federable);
        let (Some(uri), Some(post)) = (like.uri, post) else { return Ok(None) };
        let Some(author) = actors::find(conn, post.author_id)? else { return Ok(None) };
        let message = self.say("Like", uri, json!(post.uri()), Addressing::only(&author.uri), None);
        Ok(Some(self.to_one(message, &author, post.uri())))
    }

    fn unlike(&self, conn: &mut Conn, like: &str, post: &str, author: ActorId) -> Result<Option<Message>> {
        let Some(author) = actors::find(conn, author)? else { return Ok(None) };
        let object = inner(like, "Like", &self.actor.uri, post);
        let message = self.say("Undo", undo_uri(&self.app.site, like), object, Addressing::only(&author.uri), None);
        Ok(Some(self.to_one(message, &author, like)))
    }

    /// A message for one actor alone.
    pub(super) fn to_one(&self, message: Message, target: &Actor, object: &str) -> Message {
        let mut recipients = Recipients::new(self.app);
        recipients.personally(std::slice::from_ref(target));
        Message { object_uri: Some(object.to_owned()), recipients: recipients.finish(), ..message }
    }

    fn follow(&self, conn: &mut Conn, id: FollowId) -> Result<Option<Message>> {
        let Some(follow) = follows::find(conn, id)? else { return Ok(None) };
        let Some(uri) = follow.uri else { return Ok(None) };
        self.about_actor(conn, "Follow", None, follow.target_id, &uri)
    }

    /// Follow and Block, and the Undo of each, whose object is the whole earlier activity.
    fn about_actor(
        &self,
        conn: &mut Conn,
        kind: &'static str,
        undone: Option<(&'static str, &str)>,
        target: ActorId,
        uri: &str,
    ) -> Result<Option<Message>> {
        let Some(target) = actors::find(conn, target)? else { return Ok(None) };
        let (uri, object, about) = match undone {
            Some((earlier, id)) => {
                (undo_uri(&self.app.site, id), inner(id, earlier, &self.actor.uri, &target.uri), id.to_owned())
            }
            None => (uri.to_owned(), json!(target.uri), target.uri.clone()),
        };
        let message = self.say(kind, uri, object, Addressing::only(&target.uri), None);
        Ok(Some(self.to_one(message, &target, &about)))
    }

    /// Accept and Reject, with the whole Follow in them.
    fn answer(
        &self,
        conn: &mut Conn,
        kind: &'static str,
        follow: &str,
        follower: ActorId,
        now: Timestamp,
    ) -> Result<Option<Message>> {
        let Some(follower) = actors::find(conn, follower)? else { return Ok(None) };
        // Some servers give every Follow between the same two the same id: what tells one from the next is when
        // it is answered.
        let held = follows::find_between(conn, follower.id, self.actor.id)?.map_or(0, |follow| follow.id.0);
        let when = now.0 / 1_000_000 / SAME_ANSWER;
        let uri = self.derived(&[kind, &self.actor.uri, follow, &held.to_string(), &when.to_string()]);
        let object = inner(follow, "Follow", &follower.uri, &self.actor.uri);
        let message = self.say(kind, uri, object, Addressing::only(&follower.uri), None);
        Ok(Some(self.to_one(message, &follower, follow)))
    }

    fn actor_updated(&self, conn: &mut Conn, keys: &[ActorKey]) -> Result<Option<Message>> {
        if !self.actor.is_active() {
            return Ok(None);
        }
        let uri = update_uri(&self.app.site, &self.actor.uri, self.actor.updated_at);
        let around = actor::Surroundings::load(conn, &self.actor)?;
        let object = actor::to_json(&self.app.site, &self.actor, keys, &around)?;
        let message = self.say("Update", uri, object, self.everybody(), Some(self.actor.updated_at));
        let message = Message { terms: Terms::Actor, ..message };
        self.to_all_who_know(conn, message)
    }

    fn actor_deleted(&self, conn: &mut Conn) -> Result<Option<Message>> {
        let uri = delete_uri(&self.app.site, &self.actor.uri);
        let message = self.say("Delete", uri, json!(self.actor.uri), self.everybody(), None);
        self.to_all_who_know(conn, message)
    }

    fn everybody(&self) -> Addressing {
        Addressing { to: vec![PUBLIC.to_owned()], cc: vec![self.followers_uri().to_owned()] }
    }

    fn to_all_who_know(&self, conn: &mut Conn, message: Message) -> Result<Option<Message>> {
        let mut recipients = Recipients::new(self.app);
        recipients.followers(conn, self.actor.id)?;
        recipients.heard_from(conn, self.actor.id)?;
        let recipients = recipients.finish();
        Ok(Some(Message {
            audience: Some(Audience::Public),
            object_uri: Some(self.actor.uri.clone()),
            recipients,
            ..message
        }))
    }
}

/// The Create of a post, as the outbox lists it.
pub fn create_json(site: &crate::domain::Site, post: &FederablePost, around: &Surroundings) -> Result<Value> {
    let uri = create_uri(site, post);
    let activity = Activity {
        id: &uri,
        kind: "Create",
        actor: &around.author()?.uri,
        object: note::to_json(site, post, around)?,
        addressing: around.addressing()?,
        published: Some(post.published_at),
    };
    Ok(activity.to_json())
}
