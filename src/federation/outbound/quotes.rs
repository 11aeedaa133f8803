//! Asking whoever is quoted, and answering who asks (FEP-044f).

use serde_json::{Value, json};

use super::{
    audience::Recipients,
    compose::{Desk, Message},
    naming::{delete_uri, update_uri},
};
use crate::{
    db::{Conn, Timestamp},
    domain::{ActorId, PostId, QuoteId, actors, posts},
    error::Result,
    federation::objects::{
        addressing::{Addressing, PUBLIC},
        context::Terms,
        note::{self, Surroundings},
        quote,
    },
};

impl Desk<'_> {
    /// The request goes to whoever is quoted, with the post that quotes.
    pub(super) fn quote_request(&self, conn: &mut Conn, id: QuoteId) -> Result<Option<Message>> {
        let Some(found) = posts::find_quote(conn, id)? else { return Ok(None) };
        let Some(post) = posts::find(conn, found.post_id)?.and_then(posts::Post::federable) else { return Ok(None) };
        let (Some(quoted), Some(uri)) = (found.quoted_id, found.quoted_uri) else { return Ok(None) };
        let Some(quoted) = posts::find(conn, quoted)? else { return Ok(None) };
        let Some(author) = actors::find(conn, quoted.author_id)? else { return Ok(None) };
        let around = Surroundings::load(conn, &post)?;
        let request = self.app.site.activity_uri(id.0);
        let mut message = self.say("QuoteRequest", request, json!(uri), Addressing::only(&author.uri), None);
        add(&mut message.body, "instrument", note::to_json(&self.app.site, &post, &around)?);
        Ok(Some(Message { terms: Terms::Quote, ..self.to_one(message, &author, &uri) }))
    }

    /// The answer says where our consent can be read.
    pub(super) fn quote_accept(&self, conn: &mut Conn, id: QuoteId, asker: ActorId) -> Result<Option<Message>> {
        let Some(found) = posts::find_quote(conn, id)? else { return Ok(None) };
        let (Some(request), Some(quoted)) = (found.request_uri, found.quoted_uri) else { return Ok(None) };
        let Some(quoting) = posts::find(conn, found.post_id)?.and_then(|post| post.uri) else { return Ok(None) };
        let stamp = self.app.site.quote_uri(id);
        let Some(mut message) = self.quote_answer(conn, "Accept", (&request, &quoted, &quoting), asker)? else {
            return Ok(None);
        };
        add(&mut message.body, "result", json!(stamp));
        Ok(Some(message))
    }

    /// The answer that they may not, or its beginning where they may: the request with its post by id.
    pub(super) fn quote_answer(
        &self,
        conn: &mut Conn,
        kind: &'static str,
        (request, quoted, quoting): (&str, &str, &str),
        asker: ActorId,
    ) -> Result<Option<Message>> {
        let Some(asker) = actors::find(conn, asker)? else { return Ok(None) };
        let uri = self.derived(&[kind, &self.actor.uri, request]);
        let object = quote::request(request, &asker.uri, quoted, &json!(quoting));
        let message = self.say(kind, uri, object, Addressing::only(&asker.uri), None);
        Ok(Some(Message { terms: Terms::Quote, ..self.to_one(message, &asker, request) }))
    }

    /// That somebody does not agree any more goes to whoever may show what is quoted.
    pub(super) fn quote_revoke(&self, conn: &mut Conn, stamp: &str, author: ActorId) -> Result<Option<Message>> {
        let addressing = Addressing { to: vec![PUBLIC.to_owned()], cc: Vec::new() };
        let message = self.say("Delete", delete_uri(&self.app.site, stamp), json!(stamp), addressing, None);
        let mut recipients = Recipients::new(self.app);
        recipients.followers(conn, self.actor.id)?;
        recipients.followers(conn, author)?;
        recipients.actors_by_id(conn, &[author], true)?;
        Ok(Some(Message { object_uri: Some(stamp.to_owned()), recipients: recipients.finish(), ..message }))
    }

    /// A post whose quote, or whose policy of quotes, changed goes to whoever reads it or has it.
    pub(super) fn quote_changed(&self, conn: &mut Conn, id: PostId, at: Timestamp) -> Result<Option<Message>> {
        let Some(post) = posts::find(conn, id)?.and_then(posts::Post::federable) else { return Ok(None) };
        let around = Surroundings::load(conn, &post)?;
        let mut note = note::to_json(&self.app.site, &post, &around)?;
        // Servers take an Update for one that is newer than the last by this alone.
        add(&mut note, "updated", json!(at.rfc3339()));
        let uri = update_uri(&self.app.site, post.uri(), at);
        let message = self.say("Update", uri, note, around.addressing()?, Some(at));
        let mut recipients: Recipients<'_> = self.readers(conn, &post, &around)?;
        if post.audience.is_open() {
            recipients.heard_of(conn, post.uri())?;
        }
        let recipients = recipients.finish();
        Ok(Some(self.about_post(message, &post, recipients)))
    }
}

fn add(document: &mut Value, name: &str, value: Value) {
    if let Some(members) = document.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
