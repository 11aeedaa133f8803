//! Beginning a draft, saving it, throwing it away.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};

use super::{act::done, form::Writing, show};
use crate::{
    app::App,
    domain::{
        ActorId, DraftId,
        drafts::{self, Hand, Outcome},
    },
    error::Result,
    http::{
        company::{
            once::once,
            versions::{must_have_seen, seen},
        },
        extract::{Form, Id, Session},
    },
};

/// `POST /api/guildhall/v1/actors/{id}/drafts`
pub(super) async fn create(
    State(app): State<App>,
    me: Session,
    Id(brand): Id<ActorId>,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (hand, site, language) = (Hand::of(&me), app.site.clone(), me.account.default_language.clone());
    let begun = app.db.read(move |conn| writing.begin(conn, &hand, brand, language.as_ref()));
    let (content, of_post) = begun.await?;
    let owner = content.reply_owner;
    let once = once(&me, &headers, &(brand, serde_json::to_value(&content.wish)?, owner, of_post))?;
    let made = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        drafts::create(tx, &site, &hand, brand, of_post, &content, once.as_ref())
    });
    Ok(show::answer(show::read(&app, hand, made.await?).await?))
}

/// `PATCH /api/guildhall/v1/drafts/{id}`
pub(super) async fn save(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (hand, site, seen) = (Hand::of(&me), app.site.clone(), must_have_seen(&headers)?);
    let typed = writing.body().cloned();
    let outcome = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        let old = drafts::get(tx.conn(), &hand, id)?;
        let content = writing.change(tx.conn(), &old)?;
        drafts::save(tx, &site, &hand, id, seen, &content)
    });
    match (outcome.await?, typed) {
        (Outcome::Stale(id), Some(mine)) => show::stale_text(&app, hand, id, seen, mine).await,
        (outcome, _) => done(&app, hand, outcome).await,
    }
}

/// `DELETE /api/guildhall/v1/drafts/{id}`
pub(super) async fn discard(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Id(id): Id<DraftId>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (hand, seen) = (Hand::of(&me), seen(&headers)?);
    let outcome = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        drafts::discard(tx, &hand, id, seen)
    });
    let outcome = outcome.await?;
    done(&app, hand, outcome).await
}

/// `POST /api/guildhall/v1/drafts/{id}/presence`: somebody has it open for writing.
pub(super) async fn presence(State(app): State<App>, me: Session, Id(id): Id<DraftId>) -> Result<Response> {
    me.need("write:statuses")?;
    let hand = Hand::of(&me);
    app.db.write(move |tx| drafts::note_presence(tx, &hand, id)).await?;
    done(&app, hand, Outcome::Done(id)).await
}

/// `DELETE /api/guildhall/v1/drafts/{id}/presence`: they have it open for writing no longer.
pub(super) async fn absence(State(app): State<App>, me: Session, Id(id): Id<DraftId>) -> Result<StatusCode> {
    me.need("write:statuses")?;
    let hand = Hand::of(&me);
    app.db.write(move |tx| drafts::end_presence(tx, &hand, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
