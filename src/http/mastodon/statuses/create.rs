//! Writing a post, now or later.

use axum::extract::State;
use http::HeaderMap;
use serde::Serialize;

use super::{form::Writing, idempotency, scheduled::one};
use crate::{
    app::App,
    db::Conn,
    domain::{
        self, DraftId, actors,
        drafts::{self, Hand},
        posts::{self, EntryRef, NewPost, Once},
        scheduled::{self, Made, Wish},
    },
    error::{Error, Result},
    federation::fetch,
    http::{
        extract::{Form, Json, Session},
        mastodon::{
            entities::{ScheduledStatus, Status},
            look::{Look, look},
        },
    },
    text,
};

/// A post, or one that waits.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Written {
    /// It is there.
    Posted(Box<Status>),
    /// It waits.
    Waits(Box<ScheduledStatus>),
}

/// `POST /api/v1/statuses`
///
/// What is written is written, whether or not the client still listens: a retry with the same key finds it.
pub(super) async fn create(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Json<Written>> {
    me.need("write:statuses")?;
    let once = idempotency::key(me.token.id, &headers)?;
    if let Some(asked) = once.clone()
        && let Some(known) = app.db.read(move |conn| made(conn, &asked)).await?
    {
        return show(&app, &me, known).await;
    }
    let made = write(&app, &me, writing, once).await?;
    show(&app, &me, made).await
}

/// What came of a request to write.
enum Came {
    /// A post, now or later.
    Of(Made),
    /// A draft, which waits for approval.
    Handed(DraftId),
}

/// What was made under this key before.
fn made(conn: &mut Conn, once: &Once) -> Result<Option<Came>> {
    if let Some(known) = scheduled::made(conn, once)? {
        return Ok(Some(Came::Of(known)));
    }
    Ok(domain::find_act(conn, &of_draft(once)?)?.map(|draft| Came::Handed(DraftId(draft))))
}

/// The same for what is handed in as a draft: whatever is said under a key, it is one post, as in Mastodon, and no other
/// act.
fn of_draft(once: &Once) -> Result<domain::Once> {
    Ok(domain::Once { token: once.token, key: once.key.clone(), request: text::fingerprint(&("status",))? })
}

async fn show(app: &App, me: &Session, came: Came) -> Result<Json<Written>> {
    let made = match came {
        Came::Of(made) => made,
        Came::Handed(id) => {
            let draft = app.db.read(move |conn| drafts::find(conn, id)).await?;
            let draft = draft.ok_or_else(|| Error::not_found("post.not_found", "This was thrown away."))?;
            match draft.post_id {
                Some(post) => Made::Posted(post),
                None => {
                    let status = look(app, Some(me.reads_as()), move |look| look.waits(draft)).await?;
                    return Ok(Json(Written::Posted(Box::new(status))));
                }
            }
        }
    };
    let written = match made {
        Made::Posted(id) => {
            let status = look(app, Some(me.actor.id), move |look| look.status(EntryRef::post(id))).await?;
            Written::Posted(Box::new(status))
        }
        Made::Waits(id) => Written::Waits(Box::new(one(app, me, id).await?.0)),
    };
    Ok(Json(written))
}

/// What somebody typed as a new post: what the client leaves open is as whom they act as is used to, or as what it
/// answers.
pub async fn typed(app: &App, me: &Session, writing: Writing) -> Result<NewPost> {
    let actor = me.actor.id;
    let habits = app.db.read(move |conn| actors::habits(conn, actor)).await?;
    let writing = writing.sensitive_by_habit(habits.sensitive);
    let (wished, reply_to) = (writing.readers(habits.audience)?, writing.reply_to());
    let settle = move |look: &mut Look<'_>| posts::settle_audience(look.conn, &look.viewer, wished, reply_to);
    let readers = look(app, Some(me.actor.id), settle).await?;
    writing.into_post(readers, me.account.default_language.as_ref())
}

async fn write(app: &App, me: &Session, writing: Writing, once: Option<Once>) -> Result<Came> {
    let time = writing.time()?;
    let new = typed(app, me, writing).await?;
    if new.audience.federates() {
        fetch::mentioned(app, &new.text).await?;
    }
    let (by, site, hand) = (me.by(), app.site.clone(), Hand::of(me));
    let wish = Wish::of(&new);
    let named = once.as_ref().map(of_draft).transpose()?;
    app.db
        .write(move |tx| {
            if let Some(at) = time {
                drafts::refuse_time(tx, &by, &new)?;
                return scheduled::schedule(tx, &site, &by, &new, at, once.as_ref()).map(Came::Of);
            }
            if let Some(once) = &once
                && let Some(known) = scheduled::hold_key(tx, once)?
            {
                return Ok(Came::Of(known));
            }
            if drafts::must_wait(tx, &by, &new)? {
                tx.behalf_of(hand.account.0);
                return drafts::hand_in(tx, &site, &hand, &wish, named.as_ref()).map(Came::Handed);
            }
            let post = posts::publish(tx, &site, &by, &new, |_| ())?;
            if let Some(once) = &once {
                posts::keep_key(tx, once, post)?;
            }
            Ok(Came::Of(Made::Posted(post)))
        })
        .await
}
