//! `/api/v1/admin/reports`: for moderators.

use axum::extract::State;
use serde::Deserialize;

use crate::{
    app::App,
    db::Tx,
    domain::{
        ActorId, ReportId,
        reports::{self, Filter},
    },
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Paging, Session},
        mastodon::{
            entities::AdminReport,
            look::{Answer, Listed, look},
        },
    },
};

/// How many reports a page has where nobody says.
const PAGE: i64 = 100;

/// Which reports.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    resolved: bool,
    account_id: Option<ActorId>,
    target_account_id: Option<ActorId>,
}

/// Moderators, admins and owners, as themselves, with a token that may do this.
fn moderators_only(me: &Session, scope: &str) -> Result<()> {
    me.need(scope)?;
    if !me.account.moderates() || me.account.actor_id != me.actor.id {
        return Err(Error::forbidden("admin.only", "This action is not allowed"));
    }
    Ok(())
}

/// `GET /api/v1/admin/reports`
pub(super) async fn list(
    State(app): State<App>,
    me: Session,
    Form(which): Form<Which>,
    paging: Paging,
) -> Result<Answer<AdminReport>> {
    moderators_only(&me, "admin:read:reports")?;
    let page = paging.page(PAGE);
    let filter = Filter { resolved: which.resolved, reporter: which.account_id, target: which.target_account_id };
    let listed = look(&app, Some(me.actor.id), move |look| {
        let rows = reports::list(look.conn, &filter, &page)?;
        Ok(Listed {
            first: rows.first().map(|row| row.id.0),
            last: rows.last().map(|row| row.id.0),
            rows: look.admin_reports(&rows)?,
        })
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/admin/reports/:id`
pub(super) async fn show(State(app): State<App>, Id(id): Id<ReportId>, me: Session) -> Result<Json<AdminReport>> {
    moderators_only(&me, "admin:read:reports")?;
    one(&app, &me, id).await
}

async fn one(app: &App, me: &Session, id: ReportId) -> Result<Json<AdminReport>> {
    let found = look(app, Some(me.actor.id), move |look| {
        let report = reports::find(look.conn, id)?;
        Ok(look.admin_reports(report.as_slice())?.pop())
    });
    found.await?.map(Json).ok_or_else(|| Error::not_found("report.not_found", "There is no such report."))
}

async fn act(
    app: &App,
    me: &Session,
    id: ReportId,
    work: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
) -> Result<Json<AdminReport>> {
    moderators_only(me, "admin:write:reports")?;
    app.db.write(work).await?;
    one(app, me, id).await
}

/// `POST /api/v1/admin/reports/:id/assign_to_self`
pub(super) async fn assign(State(app): State<App>, Id(id): Id<ReportId>, me: Session) -> Result<Json<AdminReport>> {
    let moderator = me.account.id;
    act(&app, &me, id, move |tx| reports::assign(tx, id, Some(moderator))).await
}

/// `POST /api/v1/admin/reports/:id/unassign`
pub(super) async fn unassign(State(app): State<App>, Id(id): Id<ReportId>, me: Session) -> Result<Json<AdminReport>> {
    act(&app, &me, id, move |tx| reports::assign(tx, id, None)).await
}

/// `POST /api/v1/admin/reports/:id/resolve`
pub(super) async fn resolve(State(app): State<App>, Id(id): Id<ReportId>, me: Session) -> Result<Json<AdminReport>> {
    let moderator = me.account.id;
    act(&app, &me, id, move |tx| reports::resolve(tx, id, moderator)).await
}

/// `POST /api/v1/admin/reports/:id/reopen`
pub(super) async fn reopen(State(app): State<App>, Id(id): Id<ReportId>, me: Session) -> Result<Json<AdminReport>> {
    act(&app, &me, id, move |tx| reports::reopen(tx, id)).await
}
