//! Reports as Report and Admin::Report.

use std::collections::HashMap;

use super::credentials::role;
use crate::{
    db::Timestamp,
    domain::{
        AccountId, ActorId, ReportId,
        accounts::{self, Account as Login},
        actors::{self, Actor},
        posts::EntryRef,
        reports::{self, Reported},
    },
    error::{Error, Result},
    http::mastodon::{
        entities::{
            Account, AdminAccount, AdminReport, AdminReportExtension, Report, ReportedLogin, ReportedPost, Rule, Status,
        },
        look::Look,
    },
};

/// Everybody who is named in some reports.
struct People {
    actors: Vec<Actor>,
    logins: Vec<Login>,
    shown: HashMap<ActorId, Account>,
}

impl People {
    fn of(&self, id: ActorId) -> Option<AdminAccount> {
        let actor = self.actors.iter().find(|actor| actor.id == id)?;
        let login = self.logins.iter().find(|login| login.actor_id == id);
        Some(AdminAccount {
            id,
            username: actor.username.clone(),
            domain: Some(actor.host.clone()).filter(|_| !actor.is_local()),
            created_at: actor.published_at.rfc3339(),
            email: login.and_then(|login| login.email.clone()),
            ip: None,
            ips: Vec::new(),
            locale: login.and_then(|login| login.default_language.clone()),
            invite_request: None,
            role: login.map(|login| role(login.house_role())),
            confirmed: true,
            approved: true,
            disabled: login.is_some_and(|login| !login.is_active()),
            silenced: actor.limited,
            suspended: actor.suspended_at.is_some(),
            sensitized: false,
            account: self.shown.get(&id)?.clone(),
        })
    }

    fn login_of(&self, id: ActorId) -> Option<ReportedLogin> {
        let login = self.logins.iter().find(|login| login.actor_id == id)?;
        Some(ReportedLogin { kind: login.kind, role: login.role })
    }

    fn of_login(&self, id: Option<AccountId>) -> Option<AdminAccount> {
        let login = self.logins.iter().find(|login| Some(login.id) == id)?;
        self.of(login.actor_id)
    }
}

impl Look<'_> {
    /// A report, as whoever filed it sees it.
    pub(in crate::http::mastodon) fn report(&mut self, id: ReportId) -> Result<Report> {
        let missing = || Error::not_found("report.not_found", "There is no such report.");
        self.reports(&[id])?.remove(&id).ok_or_else(missing)
    }

    /// Reports by their ids, in a fixed number of queries.
    pub(in crate::http::mastodon) fn reports(&mut self, ids: &[ReportId]) -> Result<HashMap<ReportId, Report>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = reports::find_many(self.conn, ids)?;
        let mut reported = reports::reported_in(self.conn, ids)?;
        let mut broken = reports::broken_in(self.conn, ids)?;
        let targets: Vec<ActorId> = rows.iter().map(|row| row.target_id).collect();
        let targets = actors::get_many(self.conn, &targets)?;
        let shown = self.accounts_of(&targets)?;
        let one = |row: reports::Report| {
            let (reported, broken) = (reported.remove(&row.id), broken.remove(&row.id));
            let report = Report {
                id: row.id,
                action_taken: row.resolved_at.is_some(),
                action_taken_at: row.resolved_at.map(Timestamp::rfc3339),
                category: row.category,
                comment: row.comment,
                forwarded: row.forwarded,
                created_at: row.created_at.rfc3339(),
                status_ids: reported.into_iter().flatten().map(|reported| reported.post).collect(),
                rule_ids: broken.into_iter().flatten().map(|broken| broken.number.to_string()).collect(),
                target_account: shown.get(&row.target_id)?.clone(),
            };
            Some((row.id, report))
        };
        Ok(rows.into_iter().filter_map(one).collect())
    }

    /// Reports, as moderators see them, in the order given and a fixed number of queries.
    pub(in crate::http::mastodon) fn admin_reports(&mut self, rows: &[reports::Report]) -> Result<Vec<AdminReport>> {
        let ids: Vec<ReportId> = rows.iter().map(|row| row.id).collect();
        let mut reported = reports::reported_in(self.conn, &ids)?;
        let mut broken = reports::broken_in(self.conn, &ids)?;
        let entries: Vec<EntryRef> = reported.values().flatten().map(|one| EntryRef::post(one.post)).collect();
        let statuses: HashMap<String, Status> =
            self.statuses(&entries)?.into_iter().map(|status| (status.id.clone(), status)).collect();
        let people = self.people_in(rows)?;
        let one = |row: &reports::Report| {
            let reported = reported.remove(&row.id).unwrap_or_default();
            Some(AdminReport {
                id: row.id,
                action_taken: row.resolved_at.is_some(),
                action_taken_at: row.resolved_at.map(Timestamp::rfc3339),
                category: row.category,
                comment: row.comment.clone(),
                forwarded: row.forwarded,
                created_at: row.created_at.rfc3339(),
                updated_at: row.updated_at.rfc3339(),
                account: people.of(row.reporter_id)?,
                target_account: people.of(row.target_id)?,
                assigned_account: people.of_login(row.assigned_id),
                action_taken_by_account: people.of_login(row.resolved_by),
                statuses: reported.iter().filter_map(|one| statuses.get(&one.post.to_string()).cloned()).collect(),
                rules: broken
                    .remove(&row.id)
                    .into_iter()
                    .flatten()
                    .map(|rule| Rule::new(rule.number, rule.content))
                    .collect(),
                guildhall: AdminReportExtension {
                    reported: reported.into_iter().map(as_it_was).collect(),
                    target: people.login_of(row.target_id),
                },
            })
        };
        Ok(rows.iter().filter_map(one).collect())
    }

    fn people_in(&mut self, rows: &[reports::Report]) -> Result<People> {
        let moderators: Vec<AccountId> =
            rows.iter().flat_map(|row| [row.assigned_id, row.resolved_by]).flatten().collect();
        let mut ids: Vec<ActorId> = rows.iter().flat_map(|row| [row.reporter_id, row.target_id]).collect();
        let logins = accounts::of_people(self.conn, &ids, &moderators)?;
        ids.extend(logins.iter().map(|login| login.actor_id));
        ids.sort();
        ids.dedup();
        let actors = actors::get_many(self.conn, &ids)?;
        let shown = self.accounts_of(&actors)?;
        Ok(People { actors, logins, shown })
    }
}

fn as_it_was(reported: Reported) -> ReportedPost {
    ReportedPost { id: reported.post, uri: reported.uri, content: reported.content }
}
