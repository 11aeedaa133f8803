//! `/api/v1/reports` and `/api/v1/admin/reports`: telling the moderators, and what they do with it.

mod admin;

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;

use super::{entities::Report, look::look};
use crate::{
    app::App,
    domain::{
        ActorId, PostId,
        reports::{self, Category, NewReport},
    },
    error::{Error, Result},
    http::extract::{Form, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/reports", post(file))
        .at("/api/v1/admin/reports", get(admin::list))
        .at("/api/v1/admin/reports/{id}", get(admin::show))
        .at("/api/v1/admin/reports/{id}/assign_to_self", post(admin::assign))
        .at("/api/v1/admin/reports/{id}/unassign", post(admin::unassign))
        .at("/api/v1/admin/reports/{id}/resolve", post(admin::resolve))
        .at("/api/v1/admin/reports/{id}/reopen", post(admin::reopen))
}

/// What is reported.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Telling {
    account_id: Option<ActorId>,
    status_ids: Vec<PostId>,
    comment: Option<String>,
    forward: bool,
    category: Option<String>,
    rule_ids: Vec<String>,
}

impl Telling {
    fn read(self) -> Result<NewReport> {
        let target = self.account_id.ok_or_else(|| {
            Error::malformed("parameter.missing", "param is missing or the value is empty: account_id")
        })?;
        let category = self.category.map_or(Ok(Category::Other), |name| name.parse());
        let category = category.map_err(|told| Error::invalid("report.category", format!("category: {told}")))?;
        let mut posts = self.status_ids;
        posts.sort();
        posts.dedup();
        let mut rules = self.rule_ids;
        rules.sort();
        rules.dedup();
        let comment = self.comment.unwrap_or_default();
        Ok(NewReport { target, posts, comment, category, rules, forward: self.forward })
    }
}

/// `POST /api/v1/reports`
async fn file(State(app): State<App>, me: Session, Form(telling): Form<Telling>) -> Result<Json<Report>> {
    me.need("write:reports")?;
    let new = telling.read()?;
    let target = new.target;
    // Somebody who is not shown is not there, for reports too.
    look(&app, Some(me.actor.id), move |look| look.actor(target).map(|_| ())).await?;
    let by = me.by();
    let id = app.db.write(move |tx| reports::file(tx, &by, &new)).await?;
    look(&app, Some(me.actor.id), move |look| look.report(id)).await.map(Json)
}
