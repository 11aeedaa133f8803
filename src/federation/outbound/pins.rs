//! How it is said that a post is pinned, and that it no longer is: `Add` to and `Remove` from the collection `featured`.

use serde_json::{Value, json};

use super::{
    audience::Recipients,
    compose::{Desk, Message},
    naming::{pin_uri, unpin_uri},
};
use crate::{
    db::Conn,
    domain::{
        PinId, Site,
        actors::Actor,
        posts::{self, Audience, Pin},
    },
    error::Result,
    federation::objects::{
        activity::{Activity, targeted},
        addressing::Addressing,
    },
};

impl Desk<'_> {
    pub(super) fn pin(&self, conn: &mut Conn, id: PinId) -> Result<Option<Message>> {
        let Some((pin, post)) = posts::find_pin(conn, id)? else { return Ok(None) };
        self.featured(conn, "Add", pin_uri(&self.app.site, id), &pin.post_uri, post.audience)
    }

    pub(super) fn unpin(&self, conn: &mut Conn, id: PinId, post: &str, audience: Audience) -> Result<Option<Message>> {
        self.featured(conn, "Remove", unpin_uri(&self.app.site, id), post, audience)
    }

    /// Followers are told: they show the profile, and what is first in it.
    fn featured(
        &self,
        conn: &mut Conn,
        kind: &'static str,
        uri: String,
        post: &str,
        audience: Audience,
    ) -> Result<Option<Message>> {
        let addressing = Addressing::of(audience, self.followers_uri(), Vec::new());
        let mut message = self.say(kind, uri, json!(post), addressing, None);
        message.body = targeted(message.body, &featured_of(&self.actor));
        let mut recipients = Recipients::new(self.app);
        recipients.followers(conn, self.actor.id)?;
        let recipients = recipients.finish();
        Ok(Some(Message { audience: Some(audience), object_uri: Some(post.to_owned()), recipients, ..message }))
    }
}

/// The collection of what one of our actors pins.
pub fn featured_of(actor: &Actor) -> String {
    format!("{}/featured", actor.uri)
}

/// The Add of a pinned post, as the outbox lists it.
pub fn add_json(site: &Site, actor: &Actor, pin: &Pin, audience: Audience) -> Value {
    let uri = pin_uri(site, pin.id);
    let followers = actor.followers_uri.as_deref().unwrap_or_default();
    let addressing = Addressing::of(audience, followers, Vec::new());
    let object = json!(pin.post_uri);
    let activity = Activity { id: &uri, kind: "Add", actor: &actor.uri, object, addressing, published: None };
    targeted(activity.to_json(), &featured_of(actor))
}
