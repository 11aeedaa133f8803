//! `/api/v2/filters`: a filter with its words.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::{ExpiresIn, contexts, known};
use crate::{
    app::App,
    domain::{
        FilterId, FilterKeywordId,
        filters::{self, KeywordChange, Wish},
    },
    error::Result,
    http::{
        extract::{Form, Id, Json, Session},
        mastodon::{entities::Filter, look::look},
    },
};

/// A filter as a client wants it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    title: Option<String>,
    context: Option<Vec<String>>,
    filter_action: Option<String>,
    expires_in: ExpiresIn,
    keywords_attributes: Vec<WantedKeyword>,
}

/// What is to become of a word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WantedKeyword {
    id: Option<FilterKeywordId>,
    keyword: Option<String>,
    whole_word: Option<bool>,
    #[serde(rename = "_destroy")]
    destroy: Option<bool>,
}

impl Wanted {
    fn read(self) -> Result<(Wish, Vec<KeywordChange>)> {
        let wish = Wish {
            title: self.title,
            contexts: contexts(self.context.as_deref())?,
            action: self.filter_action.as_deref().map(known).transpose()?,
            lasting: self.expires_in.0,
        };
        // Forms of apps have an empty row at their end.
        let empty = |word: &WantedKeyword| word.id.is_none() && word.keyword.is_none() && word.whole_word != Some(true);
        let change = |word: WantedKeyword| KeywordChange {
            id: word.id,
            keyword: word.keyword,
            whole_word: word.whole_word,
            delete: word.destroy.unwrap_or(false),
        };
        let words = self.keywords_attributes.into_iter().filter(|word| !empty(word)).map(change);
        Ok((wish, words.collect()))
    }
}

async fn shown(app: &App, me: &Session, id: FilterId) -> Result<Json<Filter>> {
    let owner = me.actor.id;
    look(app, Some(owner), move |look| look.filter(owner, id)).await.map(Json)
}

/// `GET /api/v2/filters`
pub(super) async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<Filter>>> {
    me.need("read:filters")?;
    let owner = me.actor.id;
    look(&app, Some(owner), move |look| look.filters(owner)).await.map(Json)
}

/// `POST /api/v2/filters`
pub(super) async fn create(State(app): State<App>, me: Session, Form(wanted): Form<Wanted>) -> Result<Json<Filter>> {
    me.need("write:filters")?;
    let (owner, (wish, words)) = (me.actor.id, wanted.read()?);
    let id = app.db.write(move |tx| filters::create(tx, owner, &wish, &words)).await?;
    shown(&app, &me, id).await
}

/// `GET /api/v2/filters/:id`
pub(super) async fn show(State(app): State<App>, Id(id): Id<FilterId>, me: Session) -> Result<Json<Filter>> {
    me.need("read:filters")?;
    shown(&app, &me, id).await
}

/// `PUT /api/v2/filters/:id`
pub(super) async fn update(
    State(app): State<App>,
    Id(id): Id<FilterId>,
    me: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Json<Filter>> {
    me.need("write:filters")?;
    let (owner, (wish, words)) = (me.actor.id, wanted.read()?);
    app.db.write(move |tx| filters::change(tx, owner, id, &wish, &words)).await?;
    shown(&app, &me, id).await
}

/// `DELETE /api/v2/filters/:id`
pub(super) async fn delete(State(app): State<App>, Id(id): Id<FilterId>, me: Session) -> Result<Json<Value>> {
    me.need("write:filters")?;
    let owner = me.actor.id;
    app.db.write(move |tx| filters::delete(tx, owner, id)).await?;
    Ok(Json(json!({})))
}
