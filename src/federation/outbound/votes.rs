//! Votes, and how a poll of ours stands.

use serde_json::json;

use super::{
    audience::Recipients,
    compose::{Desk, Message},
    naming::{update_uri, vote_uri},
};
use crate::{
    db::{Conn, Timestamp},
    domain::{PostId, VoteId, actors, posts},
    error::Result,
    federation::objects::{
        addressing::Addressing,
        note::{self, Surroundings},
    },
};

impl Desk<'_> {
    /// A vote travels as the Create of a Note with the name of the choice and no text, to whoever asks and nobody else.
    pub(super) fn vote(&self, conn: &mut Conn, id: VoteId) -> Result<Option<Message>> {
        let Some((vote, post)) = posts::find_vote(conn, id)? else { return Ok(None) };
        let Some(post) = post.federable() else { return Ok(None) };
        let Some(author) = actors::find(conn, post.author_id)? else { return Ok(None) };
        let choice = usize::try_from(vote.choice).ok().and_then(|choice| post.details.0.options.get(choice));
        let Some((name, _)) = choice else { return Ok(None) };
        let note = json!({
            "id": format!("{}#votes/{}", self.actor.uri, vote.id),
            "type": "Note",
            "attributedTo": self.actor.uri,
            "name": name,
            "inReplyTo": post.uri(),
            "to": [author.uri],
            "published": vote.created_at.rfc3339(),
        });
        let uri = vote_uri(&self.app.site, vote.id);
        let message = self.say("Create", uri, note, Addressing::only(&author.uri), Some(vote.created_at));
        Ok(Some(self.to_one(message, &author, post.uri())))
    }

    /// A poll with its votes goes to whoever reads it, has it, or voted.
    pub(super) fn votes_counted(&self, conn: &mut Conn, id: PostId, at: Timestamp) -> Result<Option<Message>> {
        let Some(post) = posts::find(conn, id)?.and_then(posts::Post::federable) else { return Ok(None) };
        if !post.details.0.is_poll() {
            return Ok(None);
        }
        let around = Surroundings::load(conn, &post)?;
        let question = note::to_json(&self.app.site, &post, &around)?;
        let uri = update_uri(&self.app.site, post.uri(), at);
        let message = self.say("Update", uri, question, around.addressing()?, Some(at));
        let mut recipients: Recipients<'_> = self.readers(conn, &post, &around)?;
        if post.audience.is_open() {
            recipients.heard_of(conn, post.uri())?;
            recipients.voters(conn, post.id)?;
        }
        let recipients = recipients.finish();
        Ok(Some(self.about_post(message, &post, recipients)))
    }
}
