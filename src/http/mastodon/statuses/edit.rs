//! Giving a post a new text.

use axum::extract::State;

use super::{form::Writing, poll::PollChange, waiting};
use crate::{
    app::App,
    domain::{
        media,
        posts::{self, EntryRef},
    },
    error::{Error, Kind, Result},
    federation::fetch,
    http::{
        extract::{Form, Id, Json, Session},
        mastodon::{
            entities::Status,
            look::{Look, look},
        },
    },
};

/// `PUT /api/v1/statuses/:id`
pub(super) async fn edit(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: Session,
    Form(writing): Form<Writing>,
) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    let reader = Some(me.actor.id);
    let found = match me.drafts_only() {
        true => return waiting::rewrite(&app, &me, id, writing).await,
        false => look(&app, reader, move |look| own_post(look, id)).await,
    };
    let (old, linked) = match found {
        Err(error) if error.kind() == Kind::NotFound => return waiting::rewrite(&app, &me, id, writing).await,
        found => found?,
    };
    if old.audience.federates() {
        fetch::newly_mentioned(&app, writing.text(), &linked).await?;
    }
    let (poll, quoting) = (writing.poll()?, writing.quoting()?);
    let (by, site, post) = (me.by(), app.site.clone(), old.id);
    let words = writing.media_words()?;
    let new = writing.into_edit(&old)?;
    app.db
        .write(move |tx| {
            let old = posts::get(tx.conn(), post)?;
            for (id, words) in &words {
                media::describe_attached(tx, by.actor(), post, *id, words)?;
            }
            let unasked = matches!(poll, PollChange::Removed).then(|| old.details.0.clone().without_poll());
            let mut draft = posts::compose_edit(tx, &site, &by, old, &new)?;
            if let Some(details) = unasked {
                draft.details = details;
            }
            posts::edit(tx, &by, post, &draft)?;
            quoting.as_ref().map_or(Ok(()), |policy| posts::set_quote_policy(tx, &by, post, policy))
        })
        .await?;
    look(&app, reader, move |look| look.status(EntryRef::post(post))).await.map(Json)
}

/// The post, and the text in which names are links and nobody needs to be asked for them; empty where they are
/// addresses.
fn own_post(look: &mut Look<'_>, id: i64) -> Result<(posts::Post, String)> {
    let target = look.own(id)?;
    if target.boost.is_some() {
        return Err(Error::invalid("boost.edit", "A boost has no text that could be edited."));
    }
    let apart = posts::is_addressed_apart(look.conn, look.site, &target.post)?;
    let linked = if apart { posts::wording(&target.post) } else { String::new() };
    Ok((target.post, linked))
}
