//! What moderators do with reports.

use std::{collections::HashMap, time::Duration};

use diesel::prelude::*;

use super::Report;
use crate::{
    db::{
        Among, Conn, Tx,
        schema::{report_posts, report_rules, reports},
    },
    domain::{AccountId, ActorId, Page, PostId, ReportId},
    error::{Error, Result},
};

/// Which reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that somebody was done with, instead of the open ones.
    pub resolved: bool,
    /// By whom.
    pub reporter: Option<ActorId>,
    /// Of whom.
    pub target: Option<ActorId>,
}

/// A post as it was when it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Its id; it may be gone.
    pub post: PostId,
    /// Its id on the network.
    pub uri: Option<String>,
    /// What it showed, clean HTML.
    pub content: String,
}

/// A rule as it was when somebody said that it was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its place among the rules of that time.
    pub number: i32,
    /// Plain text.
    pub content: String,
}

/// Reports, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Report>> {
    let (above, below) = page.bounds();
    let mut query = reports::table
        .filter(reports::id.gt(ReportId(above)))
        .filter(reports::id.lt(ReportId(below)))
        .limit(page.limit)
        .select(Report::as_select())
        .into_boxed();
    query = if filter.resolved {
        query.filter(reports::resolved_at.is_not_null())
    } else {
        query.filter(reports::resolved_at.is_null())
    };
    if let Some(reporter) = filter.reporter {
        query = query.filter(reports::reporter_id.eq(reporter));
    }
    if let Some(target) = filter.target {
        query = query.filter(reports::target_id.eq(target));
    }
    let query = if page.upwards() { query.order(reports::id.asc()) } else { query.order(reports::id.desc()) };
    let mut rows: Vec<Report> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}

/// The report of this id.
pub fn find(conn: &mut Conn, id: ReportId) -> Result<Option<Report>> {
    Ok(reports::table.find(id).select(Report::as_select()).first(conn).optional()?)
}

/// The reports of these ids, in no order.
pub fn find_many(conn: &mut Conn, ids: &[ReportId]) -> Result<Vec<Report>> {
    Ok(reports::table.filter(reports::id.among(ids.to_vec())).select(Report::as_select()).load(conn)?)
}

/// The rules that these reports say were broken, as they were.
pub fn broken_in(conn: &mut Conn, ids: &[ReportId]) -> Result<HashMap<ReportId, Vec<Broken>>> {
    let rows: Vec<(ReportId, i32, String)> = report_rules::table
        .filter(report_rules::report_id.among(ids.to_vec()))
        .order((report_rules::report_id, report_rules::number))
        .select((report_rules::report_id, report_rules::number, report_rules::content))
        .load(conn)?;
    let mut found: HashMap<ReportId, Vec<Broken>> = HashMap::new();
    for (report, number, content) in rows {
        found.entry(report).or_default().push(Broken { number, content });
    }
    Ok(found)
}

/// The posts at which these reports point, as they were.
pub fn reported_in(conn: &mut Conn, ids: &[ReportId]) -> Result<HashMap<ReportId, Vec<Reported>>> {
    let rows: Vec<(ReportId, PostId, Option<String>, String)> = report_posts::table
        .filter(report_posts::report_id.among(ids.to_vec()))
        .order((report_posts::report_id, report_posts::post_id))
        .select((report_posts::report_id, report_posts::post_id, report_posts::uri, report_posts::content))
        .load(conn)?;
    let mut found: HashMap<ReportId, Vec<Reported>> = HashMap::new();
    for (report, post, uri, content) in rows {
        found.entry(report).or_default().push(Reported { post, uri, content });
    }
    Ok(found)
}

fn missing() -> Error {
    Error::not_found("report.not_found", "There is no such report.")
}

/// Gives a report to a moderator, or to nobody.
pub fn assign(tx: &mut Tx<'_>, id: ReportId, moderator: Option<AccountId>) -> Result<()> {
    let now = tx.now();
    let changed = diesel::update(reports::table.find(id))
        .set((reports::assigned_id.eq(moderator), reports::updated_at.eq(now)))
        .execute(tx.conn())?;
    if changed == 0 { Err(missing()) } else { Ok(()) }
}

/// A moderator is done with a report; who was first stays named.
pub fn resolve(tx: &mut Tx<'_>, id: ReportId, moderator: AccountId) -> Result<()> {
    let now = tx.now();
    diesel::update(reports::table.find(id).filter(reports::resolved_at.is_null()))
        .set((reports::resolved_at.eq(now), reports::resolved_by.eq(moderator), reports::updated_at.eq(now)))
        .execute(tx.conn())?;
    find(tx.conn(), id)?.map(|_| ()).ok_or_else(missing)
}

/// A report is open again.
pub fn reopen(tx: &mut Tx<'_>, id: ReportId) -> Result<()> {
    let now = tx.now();
    diesel::update(reports::table.find(id).filter(reports::resolved_at.is_not_null()))
        .set((
            reports::resolved_at.eq(None::<crate::db::Timestamp>),
            reports::resolved_by.eq(None::<AccountId>),
            reports::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    find(tx.conn(), id)?.map(|_| ()).ok_or_else(missing)
}

/// Forgets up to `limit` reports that somebody was done with long ago; answers how many.
pub fn prune(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before = tx.now().minus(older_than);
    let old: Vec<ReportId> = reports::table
        .filter(reports::resolved_at.lt(before))
        .order(reports::resolved_at)
        .limit(limit)
        .select(reports::id)
        .load(tx.conn())?;
    Ok(diesel::delete(reports::table.filter(reports::id.among(old))).execute(tx.conn())?)
}
