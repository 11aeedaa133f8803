//! `/api/v1/filters`: each word as a filter of its own, for older clients.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::{ExpiresIn, contexts};
use crate::{
    app::App,
    domain::{
        FilterKeywordId,
        filters::{self, FilterAction, KeywordChange, Wish},
    },
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Session},
        mastodon::{entities::FilterV1, look::look},
    },
};

/// A word as a client wants it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    phrase: Option<String>,
    context: Option<Vec<String>>,
    irreversible: Option<bool>,
    whole_word: Option<bool>,
    expires_in: ExpiresIn,
}

impl Wanted {
    fn wish(&self) -> Result<Wish> {
        let action = |hide: bool| if hide { FilterAction::Hide } else { FilterAction::Warn };
        // The title is shorter than a word may be.
        let title = |phrase: &String| phrase.chars().take(filters::TITLE_LENGTH).collect();
        Ok(Wish {
            title: self.phrase.as_ref().map(title),
            contexts: contexts(self.context.as_deref())?,
            action: self.irreversible.map(action),
            lasting: self.expires_in.0,
        })
    }
}

async fn shown(app: &App, me: &Session, id: FilterKeywordId) -> Result<Json<FilterV1>> {
    let owner = me.actor.id;
    look(app, Some(owner), move |look| look.filter_v1(owner, id)).await.map(Json)
}

/// `GET /api/v1/filters`
pub(super) async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<FilterV1>>> {
    me.need("read:filters")?;
    let owner = me.actor.id;
    look(&app, Some(owner), move |look| look.filters_v1(owner)).await.map(Json)
}

/// `POST /api/v1/filters`
pub(super) async fn create(State(app): State<App>, me: Session, Form(wanted): Form<Wanted>) -> Result<Json<FilterV1>> {
    me.need("write:filters")?;
    let (owner, wish) = (me.actor.id, wanted.wish()?);
    let word = KeywordChange { keyword: wanted.phrase, whole_word: wanted.whole_word, ..KeywordChange::default() };
    let id = app.db.write(move |tx| {
        let filter = filters::create(tx, owner, &wish, std::slice::from_ref(&word))?;
        let words = filters::keywords_in(tx.conn(), &[filter])?;
        words.first().map(|word| word.id).ok_or_else(|| Error::internal("the word that was just written is not there"))
    });
    shown(&app, &me, id.await?).await
}

/// `GET /api/v1/filters/:id`
pub(super) async fn show(State(app): State<App>, Id(id): Id<FilterKeywordId>, me: Session) -> Result<Json<FilterV1>> {
    me.need("read:filters")?;
    shown(&app, &me, id).await
}

/// `PUT /api/v1/filters/:id`
pub(super) async fn update(
    State(app): State<App>,
    Id(id): Id<FilterKeywordId>,
    me: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Json<FilterV1>> {
    me.need("write:filters")?;
    let (owner, wish) = (me.actor.id, wanted.wish()?);
    let word = KeywordChange {
        id: Some(id),
        keyword: wanted.phrase,
        whole_word: wanted.whole_word,
        ..KeywordChange::default()
    };
    app.db.write(move |tx| filters::change_as_word(tx, owner, id, &wish, &word)).await?;
    shown(&app, &me, id).await
}

/// `DELETE /api/v1/filters/:id`
pub(super) async fn delete(State(app): State<App>, Id(id): Id<FilterKeywordId>, me: Session) -> Result<Json<Value>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    app.db.write(move |tx| filters::forget_keyword(tx, owner, id)).await?;
    Ok(Json(json!({})))
}
