//! How a boost is said, and that it is taken back.

use serde_json::json;

use super::{
    audience::Recipients,
    compose::{Desk, Message},
    naming::undo_uri,
};
use crate::{
    db::Conn,
    domain::{
        ActorId, BoostId,
        actors::{self, Actor},
        posts::{self, Audience},
    },
    error::Result,
    federation::objects::{activity::inner, addressing::Addressing},
};

impl Desk<'_> {
    pub(super) fn announce(&self, conn: &mut Conn, id: BoostId) -> Result<Option<Message>> {
        let Some(boost) = posts::find_boost(conn, id)? else { return Ok(None) };
        let post = posts::find(conn, boost.post_id)?.and_then(posts::Post::federable);
        let (Some(uri), Some(post), true) = (boost.uri, post, boost.audience.federates()) else { return Ok(None) };
        let Some(author) = actors::find(conn, post.author_id)? else { return Ok(None) };
        let addressing = self.boost_addressing(boost.audience, &author);
        let message = self.say("Announce", uri, json!(post.uri()), addressing, Some(boost.created_at));
        let recipients = self.boost_readers(conn, boost.audience, &author)?.finish();
        Ok(Some(Message {
            audience: Some(boost.audience),
            object_uri: Some(post.uri().to_owned()),
            recipients,
            ..message
        }))
    }

    pub(super) fn unannounce(
        &self,
        conn: &mut Conn,
        boost: &str,
        post: &str,
        author: ActorId,
        audience: Audience,
    ) -> Result<Option<Message>> {
        let Some(author) = actors::find(conn, author)? else { return Ok(None) };
        let object = inner(boost, "Announce", &self.actor.uri, post);
        let addressing = self.boost_addressing(audience, &author);
        let message = self.say("Undo", undo_uri(&self.app.site, boost), object, addressing, None);
        let recipients = self.boost_readers(conn, audience, &author)?.finish();
        Ok(Some(Message { audience: Some(audience), object_uri: Some(boost.to_owned()), recipients, ..message }))
    }

    fn boost_addressing(&self, audience: Audience, author: &Actor) -> Addressing {
        boost_addressing(&self.actor, audience, author)
    }

    fn boost_readers(&self, conn: &mut Conn, audience: Audience, author: &Actor) -> Result<Recipients<'_>> {
        let mut recipients = Recipients::new(self.app);
        if posts::addresses_followers(audience) {
            recipients.followers(conn, self.actor.id)?;
        }
        recipients.actors(std::slice::from_ref(author));
        Ok(recipients)
    }
}

/// The addresses of a boost of something by `author`.
pub fn boost_addressing(booster: &Actor, audience: Audience, author: &Actor) -> Addressing {
    let named = if author.id == booster.id { Vec::new() } else { vec![author.uri.clone()] };
    Addressing::of(audience, booster.followers_uri.as_deref().unwrap_or_default(), named)
}
