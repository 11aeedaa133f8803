//! Drafts as they are shown.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shown::{Names, Said, Shown, Somebody, shown_all, shown_views};
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        ActorId, DraftId, MediaId,
        copies::{self, Person},
        drafts::{self, Hand, PastText, Sought},
        posts,
    },
    error::{Error, Result},
    http::{
        company::versions::versioned,
        extract::{Form, Id, Json, Links, Paging, Session},
        problem,
    },
    text,
};

/// How many drafts a page has where nobody says.
pub(super) const PAGE: i64 = 20;

/// A draft as this person may read it.
pub(super) async fn read(app: &App, hand: Hand, id: DraftId) -> Result<Shown> {
    let (base_url, now) = (app.site.base_url.clone(), app.db.now());
    let found = app.db.read(move |conn| {
        let draft = drafts::get(conn, &hand, id)?;
        shown_all(conn, vec![draft], &base_url, now)
    });
    let missing = || Error::not_found("draft.not_found", "There is no such draft.");
    found.await?.pop().ok_or_else(missing)
}

/// A draft with its version as `ETag`.
pub(super) fn answer(shown: Shown) -> Response {
    versioned(shown.version, shown)
}

fn saved_meanwhile() -> Error {
    Error::conflict("draft.stale", "Somebody saved another version of this draft meanwhile. Look at it, and try again.")
}

/// What is answered where somebody saved another version meanwhile: that version.
pub(super) fn stale(shown: &Shown) -> Response {
    problem::with_current(&saved_meanwhile(), shown)
}

/// The text that somebody wanted to save and the present one put together, word by word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MergedDraft)]
pub(super) struct Merged {
    /// Both as one; nothing where both changed the same words.
    body: Option<String>,
    /// Where both changed the same words.
    conflicts: Vec<Clash>,
}

impl Merged {
    fn of(merged: std::result::Result<String, Vec<text::Clash>>) -> Self {
        let clash = |text::Clash { base, mine, theirs }| Clash { base, mine, theirs };
        match merged {
            Ok(body) => Self { body: Some(body), conflicts: Vec::new() },
            Err(clashes) => Self { body: None, conflicts: clashes.into_iter().map(clash).collect() },
        }
    }
}

/// Words that two people changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftConflict)]
struct Clash {
    /// What stood there.
    base: String,
    /// What stands there in what was to be saved.
    mine: String,
    /// What stands there now.
    theirs: String,
}

/// The same for whoever wanted to save a text of their own; without both as one where the text from which theirs was made
/// is not kept any more.
pub(super) async fn stale_text(app: &App, hand: Hand, id: DraftId, seen: i64, mine: String) -> Result<Response> {
    #[derive(Serialize)]
    struct Members {
        current: Shown,
        #[serde(skip_serializing_if = "Option::is_none")]
        merged: Option<Merged>,
    }
    posts::check_size(&app.site, &mine)?;
    let current = read(app, hand, id).await?;
    let theirs = current.body().to_owned();
    // Comparing takes its time, and is done where others do not wait for it.
    let merged = app.db.read(move |conn| {
        let base = drafts::text_at(conn, id, seen)?;
        Ok(base.map(|base| Merged::of(text::merge(&base, &mine, &theirs))))
    });
    let merged = merged.await?;
    Ok(problem::with(&saved_meanwhile(), &Members { current, merged }))
}

/// `GET /api/guildhall/v1/drafts/{id}`
pub(super) async fn one(State(app): State<App>, me: Session, Id(id): Id<DraftId>) -> Result<Response> {
    me.need("read:statuses")?;
    Ok(answer(read(&app, Hand::of(&me), id).await?))
}

/// Which drafts are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    state: Option<String>,
    actor: Option<ActorId>,
    due_from: Option<String>,
    due_until: Option<String>,
}

impl Wanted {
    fn sought(&self) -> Result<Sought> {
        let state = self.state.as_deref().map(str::parse).transpose();
        let time = |told: &Option<String>| {
            let refused =
                || Error::malformed("draft.range", "A time is one of RFC 3339, such as 2026-12-01T00:00:00Z.");
            told.as_deref().map(|told| Timestamp::parse_rfc3339(told).ok_or_else(refused)).transpose()
        };
        Ok(Sought {
            brand: self.actor,
            state: state.map_err(|told: String| Error::malformed("draft.unknown_state", told))?,
            or_for_publishers: false,
            due_from: time(&self.due_from)?,
            due_until: time(&self.due_until)?,
        })
    }
}

/// `GET /api/guildhall/v1/drafts`: newest first, of every brand whose drafts one may read.
pub(super) async fn list(
    State(app): State<App>,
    me: Session,
    paging: Paging,
    Form(wanted): Form<Wanted>,
) -> Result<(Links, Json<Vec<Shown>>)> {
    me.need("read:statuses")?;
    let sought = wanted.sought()?;
    let (hand, page) = (Hand::of(&me), paging.page(PAGE));
    let (base_url, now) = (app.site.base_url.clone(), app.db.now());
    let found = app.db.read(move |conn| {
        let found = drafts::list(conn, &hand, &sought, &page, now)?;
        shown_views(conn, found, &base_url)
    });
    let found = found.await?;
    let links =
        paging.links(&app.site.base_url, found.first().map(|draft| draft.id.0), found.last().map(|draft| draft.id.0));
    Ok((links, Json(found)))
}

/// What waits for a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingDrafts)]
pub(super) struct Waiting {
    /// Drafts of colleagues that wait for their approval, or for anybody who publishes them; counted are those among the
    /// latest hundred that wait.
    reviews: usize,
    /// Drafts of theirs that were given back or held, at which they have not looked since.
    returned: usize,
    /// Copies of internal posts to which they are asked to agree and have not answered; none with a token of a brand.
    /// Counted are those among the latest hundred that wait.
    consents: usize,
}

/// `GET /api/guildhall/v1/drafts/waiting`
pub(super) async fn waiting(State(app): State<App>, me: Session) -> Result<Json<Waiting>> {
    me.need("read:statuses")?;
    let (hand, now) = (Hand::of(&me), app.db.now());
    let waits = app.db.read(move |conn| {
        let drafts::Waiting { reviews, returned } = drafts::waiting_for(conn, &hand, now)?;
        let consents = if hand.actor == hand.own {
            copies::waiting_for(conn, &Person { account: hand.account, own: hand.own })?
        } else {
            0
        };
        Ok(Waiting { reviews, returned, consents })
    });
    Ok(Json(waits.await?))
}

/// `POST /api/guildhall/v1/drafts/{id}/seen`
pub(super) async fn seen(State(app): State<App>, me: Session, Id(id): Id<DraftId>) -> Result<StatusCode> {
    me.need("write:notifications")?;
    let hand = Hand::of(&me);
    app.db.write(move |tx| drafts::see(tx, &hand, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A text that a draft had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftVersion)]
pub(super) struct Past {
    version: i64,
    by: Somebody,
    content_hash: String,
    #[serde(flatten)]
    said: Said,
    media: Vec<MediaId>,
    at: String,
}

fn past(text: PastText, names: &Names) -> Past {
    Past {
        version: text.version,
        by: names.one(text.account_id),
        content_hash: text.content_hash,
        media: text.wish.0.media.clone(),
        said: text.wish.0.into(),
        at: text.created_at.rfc3339(),
    }
}

/// `GET /api/guildhall/v1/drafts/{id}/history`: oldest first, the present text last.
pub(super) async fn history(State(app): State<App>, me: Session, Id(id): Id<DraftId>) -> Result<Json<Vec<Past>>> {
    me.need("read:statuses")?;
    let hand = Hand::of(&me);
    let found = app.db.read(move |conn| {
        let draft = drafts::get(conn, &hand, id)?;
        let texts = drafts::history(conn, &draft)?;
        let names = Names::of(conn, texts.iter().map(|text| text.account_id).collect())?;
        Ok(texts.into_iter().map(|text| past(text, &names)).collect())
    });
    found.await.map(Json)
}
