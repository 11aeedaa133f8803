//! What is done with a draft: handed in, approved, given back, published.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::show;
use crate::{
    app::App,
    db::{Timestamp, Tx},
    domain::{
        DraftId,
        accounts::{self, APPROVE, Right},
        act_once,
        drafts::{self, Hand, Outcome},
    },
    error::{Error, Result},
    federation::fetch,
    http::{
        company::{
            once::once,
            versions::{must_have_seen, seen},
        },
        extract::{Form, Given, Id, Session},
    },
};

/// The draft as it is after something was done with it, or as it is because nothing could be.
pub(super) async fn done(app: &App, hand: Hand, outcome: Outcome) -> Result<Response> {
    Ok(match outcome {
        Outcome::Done(id) => show::answer(show::read(app, hand, id).await?),
        Outcome::Stale(id) => show::stale(&show::read(app, hand, id).await?),
    })
}

/// One request to do something with a draft.
struct Asked<'a> {
    app: &'a App,
    me: &'a Session,
    headers: &'a HeaderMap,
    id: DraftId,
    verb: &'static str,
}

/// Does it, once for each key that a client gives it; `said` is what else it says.
async fn act(
    asked: Asked<'_>,
    said: &impl Serialize,
    operation: impl Fn(&mut Tx<'_>, &Hand) -> Result<Outcome> + Send + 'static,
) -> Result<Response> {
    let Asked { app, me, headers, id, verb } = asked;
    let hand = Hand::of(me);
    let once = once(me, headers, &(verb, id, said))?;
    let outcome = app.db.write(move |tx| {
        tx.behalf_of(hand.account.0);
        // What was done before is shown to who may read the draft, as any other.
        act_once(tx, once.as_ref(), |tx| operation(tx, &hand))
    });
    let outcome = outcome.await?;
    done(app, hand, outcome).await
}

/// Fetches whoever is mentioned and not known yet, before anything is done: inside a transaction nothing is fetched.
async fn meet(app: &App, me: &Session, id: DraftId) -> Result<()> {
    let hand = Hand::of(me);
    let read = app.db.read(move |conn| {
        let draft = drafts::get(conn, &hand, id)?;
        let role = accounts::role_on(conn, hand.account, draft.actor_id)?;
        Ok(role.filter(|role| role.may(Right::Submit)).map(|_| draft.wish.0))
    });
    // Who may only read it causes no fetch; what they asked for is refused with its reason.
    match read.await? {
        Some(wish) if wish.audience.federates() => fetch::mentioned(app, &wish.text).await,
        _ => Ok(()),
    }
}

/// `POST /api/guildhall/v1/drafts/{id}/submit`
pub(super) async fn submit(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (site, seen) = (app.site.clone(), seen(&headers)?);
    meet(&app, &me, id).await?;
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "submit" };
    act(asked, &seen, move |tx, hand| drafts::submit(tx, &site, hand, id, seen)).await
}

/// What somebody says of a draft.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = DraftComment)]
pub(super) struct Comment {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    comment: Given,
}

/// `POST /api/guildhall/v1/drafts/{id}/approve`: of the version that one saw.
pub(super) async fn approve(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
    Form(said): Form<Comment>,
) -> Result<Response> {
    me.need(APPROVE)?;
    let (site, seen) = (app.site.clone(), must_have_seen(&headers)?);
    let comment = said.comment.0.filter(|comment| !comment.trim().is_empty());
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "approve" };
    let said = (seen, comment.clone());
    act(asked, &said, move |tx, hand| drafts::approve(tx, &site, hand, id, Some(seen), comment.as_deref())).await
}

/// `POST /api/guildhall/v1/drafts/{id}/request-changes`
pub(super) async fn request_changes(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
    Form(said): Form<Comment>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (seen, comment) = (seen(&headers)?, said.comment.0.unwrap_or_default());
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "request-changes" };
    let said = (seen, comment.clone());
    act(asked, &said, move |tx, hand| drafts::request_changes(tx, hand, id, seen, &comment)).await
}

/// When.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = DraftMoment)]
pub(super) struct Moment {
    #[serde(default)]
    /// As in RFC 3339.
    #[schema(format = DateTime, required = true)]
    scheduled_at: String,
}

/// `POST /api/guildhall/v1/drafts/{id}/schedule`
pub(super) async fn schedule(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
    Form(when): Form<Moment>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let wrong = || Error::invalid("draft.time", "scheduled_at must be a time such as 2026-11-01T12:00:00Z.");
    let at = Some(when.scheduled_at).filter(|text| text.len() <= 64);
    let at = at.and_then(|text| Timestamp::parse_rfc3339(&text)).ok_or_else(wrong)?;
    let (site, seen) = (app.site.clone(), seen(&headers)?);
    meet(&app, &me, id).await?;
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "schedule" };
    act(asked, &(seen, at.rfc3339()), move |tx, hand| drafts::schedule(tx, &site, hand, id, seen, at)).await
}

/// `DELETE /api/guildhall/v1/drafts/{id}/schedule`
pub(super) async fn unschedule(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
) -> Result<Response> {
    me.need("write:statuses")?;
    let seen = seen(&headers)?;
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "unschedule" };
    act(asked, &seen, move |tx, hand| drafts::unschedule(tx, hand, id, seen)).await
}

/// `POST /api/guildhall/v1/drafts/{id}/publish`
pub(super) async fn publish(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (site, seen) = (app.site.clone(), seen(&headers)?);
    meet(&app, &me, id).await?;
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "publish" };
    act(asked, &seen, move |tx, hand| drafts::publish(tx, &site, hand, id, seen)).await
}

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = DraftReason)]
pub(super) struct Reason {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    reason: Given,
}

/// `POST /api/guildhall/v1/drafts/{id}/override`
pub(super) async fn publish_anyway(
    State(app): State<App>,
    me: Session,
    Id(id): Id<DraftId>,
    headers: HeaderMap,
    Form(why): Form<Reason>,
) -> Result<Response> {
    me.need(APPROVE)?;
    let (site, seen, reason) = (app.site.clone(), seen(&headers)?, why.reason.0.unwrap_or_default());
    meet(&app, &me, id).await?;
    let asked = Asked { app: &app, me: &me, headers: &headers, id, verb: "override" };
    let said = (seen, reason.clone());
    act(asked, &said, move |tx, hand| drafts::publish_anyway(tx, &site, hand, id, seen, &reason)).await
}
