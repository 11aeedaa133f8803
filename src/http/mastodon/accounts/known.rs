//! People as one knows them: notes about them, whom one shows on one's profile, and who knows whom.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    domain::{
        ActorId,
        actors::{self, Actor},
        follows,
    },
    error::Result,
    http::{
        extract::{Form, Given, Id, Json, MaybeSession, Paging, Session},
        mastodon::{
            entities::{Account, Relationship},
            look::{Answer, Listed, look},
        },
    },
};

/// How many people are looked up at once at most.
const AT_ONCE: usize = 40;
/// How many familiar followers are told of each.
const FAMILIAR: usize = 40;

/// What one writes down.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Writing {
    comment: Given,
}

/// `POST /api/v1/accounts/:id/note`
pub(super) async fn note(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: Session,
    Form(writing): Form<Writing>,
) -> Result<Json<Relationship>> {
    me.need("write:accounts")?;
    let (owner, text) = (me.actor.id, writing.comment.0.unwrap_or_default());
    app.db.write(move |tx| follows::note(tx, owner, id, &text)).await?;
    look(&app, Some(owner), move |look| look.relationship(id)).await.map(Json)
}

/// `POST /api/v1/accounts/:id/endorse`, formerly `pin`
pub(super) async fn endorse(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:accounts")?;
    let owner = me.actor.id;
    app.db
        .write(move |tx| {
            actors::get(tx.conn(), id)?;
            follows::endorse(tx, owner, id)
        })
        .await?;
    look(&app, Some(owner), move |look| look.relationship(id)).await.map(Json)
}

/// `POST /api/v1/accounts/:id/unendorse`, formerly `unpin`
pub(super) async fn unendorse(State(app): State<App>, Id(id): Id<ActorId>, me: Session) -> Result<Json<Relationship>> {
    me.need("write:accounts")?;
    let owner = me.actor.id;
    app.db.write(move |tx| follows::unendorse(tx, owner, id)).await?;
    look(&app, Some(owner), move |look| look.relationship(id)).await.map(Json)
}

/// `GET /api/v1/endorsements`
pub(super) async fn own_endorsements(State(app): State<App>, me: Session, paging: Paging) -> Result<Answer<Account>> {
    me.need("read:accounts")?;
    endorsed(&app, Some(me.actor.id), me.actor.id, &paging).await
}

/// `GET /api/v1/accounts/:id/endorsements`
pub(super) async fn endorsements(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: MaybeSession,
    paging: Paging,
) -> Result<Answer<Account>> {
    me.need("read:accounts")?;
    endorsed(&app, me.actor(), id, &paging).await
}

async fn endorsed(app: &App, reader: Option<ActorId>, id: ActorId, paging: &Paging) -> Result<Answer<Account>> {
    let page = paging.page(40);
    let listed = look(app, reader, move |look| {
        if !look.actor(id)?.is_active() {
            return Ok(Listed::empty());
        }
        let rows = follows::endorsed_by(look.conn, id, &page)?;
        look.people(&rows)
    });
    Ok(listed.await?.answer(app, paging))
}

/// Whom one asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Whom {
    id: Vec<String>,
}

impl Whom {
    /// Each once, the first of them. What is no id is nobody.
    fn ids(&self) -> Vec<ActorId> {
        let mut ids: Vec<ActorId> = Vec::new();
        for id in self.id.iter().filter_map(|id| id.parse().ok()) {
            if !ids.contains(&id) && ids.len() < AT_ONCE {
                ids.push(id);
            }
        }
        ids
    }
}

/// `GET /api/v1/accounts`
pub(super) async fn many(
    State(app): State<App>,
    me: MaybeSession,
    Form(whom): Form<Whom>,
) -> Result<Json<Vec<Account>>> {
    me.need("read:accounts")?;
    let ids = whom.ids();
    let found = look(&app, me.actor(), move |look| {
        let people = actors::get_many(look.conn, &ids)?;
        let asked: Vec<Actor> =
            ids.iter().filter_map(|id| people.iter().find(|actor| actor.id == *id).cloned()).collect();
        look.accounts(&asked)
    });
    found.await.map(Json)
}

/// Those whom one follows and who follow somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct FamiliarFollowers {
    id: ActorId,
    accounts: Vec<Account>,
}

/// `GET /api/v1/accounts/familiar_followers`
pub(super) async fn familiar(
    State(app): State<App>,
    me: Session,
    Form(whom): Form<Whom>,
) -> Result<Json<Vec<FamiliarFollowers>>> {
    me.need("read:follows")?;
    let (owner, ids) = (me.actor.id, whom.ids());
    let told = look(&app, Some(owner), move |look| {
        let there = actors::get_many(look.conn, &ids)?;
        // Who hides their followers hides these too.
        let shown: Vec<ActorId> = there.iter().filter(|actor| actor.shows_people()).map(|actor| actor.id).collect();
        let there: Vec<ActorId> = there.iter().map(|actor| actor.id).collect();
        let familiar = follows::familiar(look.conn, owner, &shown)?;
        let mut people: Vec<ActorId> = familiar.values().flat_map(|some| some.iter().take(FAMILIAR)).copied().collect();
        people.sort();
        people.dedup();
        // Nor are those named who hide whom they follow.
        let mut people = actors::get_many(look.conn, &people)?;
        people.retain(Actor::shows_people);
        let accounts = look.accounts(&people)?;
        let known = |id: &ActorId| FamiliarFollowers {
            id: *id,
            accounts: familiar
                .get(id)
                .into_iter()
                .flat_map(|some| some.iter().take(FAMILIAR))
                .filter_map(|through| accounts.iter().find(|account| account.id == *through).cloned())
                .collect(),
        };
        Ok(ids.iter().filter(|id| there.contains(id)).map(known).collect())
    });
    told.await.map(Json)
}
