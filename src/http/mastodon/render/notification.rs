//! What one is told as Notifications, one by one and in groups.

use std::collections::HashMap;

use crate::{
    db::Timestamp,
    domain::{
        AccountId, ActorId, DraftId, PostId, ReportId, accounts,
        actors::{self, Actor},
        drafts::{self, Draft},
        filters::FilterContext,
        notifications::{self, DraftNews, Group, NotificationKind, Request, Roles},
        posts::EntryRef,
    },
    error::Result,
    http::mastodon::{
        entities::{
            Account, Colleague, GroupedNotifications, Notification, NotificationExtension, NotificationGroup,
            NotificationRequest, NotifiedDraft, NotifiedRole, PartialAccount, Report, Status,
        },
        look::{Listed, Look},
    },
};

/// How many characters are told of the text of a draft.
const EXCERPT: usize = 80;

/// How much is told of the people of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::mastodon) enum Expand {
    /// Everything.
    Full,
    /// Of the first of each group everything, of the others their picture.
    PartialAvatars,
}

impl Look<'_> {
    /// Notifications, without those about somebody who is gone or a post that the reader may not see any more.
    pub(in crate::http::mastodon) fn notifications(
        &mut self,
        rows: &[notifications::Notification],
    ) -> Result<Listed<Notification>> {
        let statuses = self.told_of(rows.iter().filter_map(|row| row.post_id))?;
        let accounts = self.telling(rows.iter().map(|row| row.from_id))?;
        let reports = self.reports_in(rows.iter().filter_map(|row| row.report_id))?;
        let drafts = self.drafts_in(rows.iter())?;
        let roles = self.roles_in(rows.iter())?;
        let one = |row: &notifications::Notification| {
            let status = match row.post_id {
                None => None,
                Some(post) => Some(statuses.get(&post)?.clone()),
            };
            let report = match row.report_id {
                None => None,
                Some(report) => Some(reports.get(&report)?.clone()),
            };
            let guildhall = match row.draft_id.zip(row.draft_news) {
                None if row.kind == NotificationKind::Role => Some(roles.as_ref()?.told(row)),
                None => None,
                Some((draft, news)) => Some(told_of_draft(drafts.get(&draft)?, news)),
            };
            Some(Notification {
                id: row.id,
                kind: row.kind.as_str(),
                group_key: row.shown_key(),
                filtered: row.filtered.then_some(true),
                created_at: Timestamp::rfc3339(row.created_at),
                account: accounts.get(&row.from_id)?.clone(),
                status,
                report,
                guildhall,
            })
        };
        Ok(Listed {
            rows: rows.iter().filter_map(one).collect(),
            first: rows.first().map(|row| row.id.0),
            last: rows.last().map(|row| row.id.0),
        })
    }

    /// Groups, without those of which nobody or no post is left that the reader may see.
    pub(in crate::http::mastodon) fn groups(
        &mut self,
        groups: &[Group],
        expand: Expand,
    ) -> Result<GroupedNotifications> {
        let statuses = self.told_of(groups.iter().filter_map(|group| group.shown.post_id))?;
        let accounts = self.telling(groups.iter().flat_map(|group| group.people.iter().copied()))?;
        let reports = self.reports_in(groups.iter().filter_map(|group| group.shown.report_id))?;
        let drafts = self.drafts_in(groups.iter().map(|group| &group.shown))?;
        let roles = self.roles_in(groups.iter().map(|group| &group.shown))?;
        let mut shown = GroupedNotifications {
            accounts: Vec::new(),
            partial_accounts: (expand == Expand::PartialAvatars).then(Vec::new),
            statuses: Vec::new(),
            notification_groups: Vec::new(),
        };
        for group in groups {
            let people: Vec<&Account> = group.people.iter().filter_map(|id| accounts.get(id)).collect();
            let status = group.shown.post_id.map(|post| statuses.get(&post));
            let report = group.shown.report_id.map(|report| reports.get(&report).cloned());
            let draft = group.shown.draft_id.zip(group.shown.draft_news);
            let guildhall = match draft {
                Some((draft, news)) => Some(drafts.get(&draft).map(|draft| told_of_draft(draft, news))),
                None if group.shown.kind == NotificationKind::Role => {
                    Some(roles.as_ref().map(|roles| roles.told(&group.shown)))
                }
                None => None,
            };
            if people.is_empty() || status == Some(None) || report == Some(None) || guildhall == Some(None) {
                continue;
            }
            if let Some(status) = status.flatten()
                && !shown.statuses.contains(status)
            {
                shown.statuses.push(status.clone());
            }
            for (place, account) in people.iter().enumerate() {
                shown.add(account, expand == Expand::Full || place == 0);
            }
            shown.notification_groups.push(NotificationGroup {
                group_key: group.key.clone(),
                notifications_count: group.count,
                kind: group.shown.kind.as_str(),
                most_recent_notification_id: group.newest.0,
                page_min_id: group.oldest_on_page,
                page_max_id: group.newest,
                latest_page_notification_at: group.newest_at.rfc3339(),
                sample_account_ids: people.iter().map(|account| account.id).collect(),
                status_id: group.shown.post_id,
                report: report.flatten(),
                guildhall: guildhall.flatten(),
            });
        }
        shown.settle();
        Ok(shown)
    }

    /// Those whose notifications wait, without who is gone.
    pub(in crate::http::mastodon) fn requests(&mut self, rows: &[Request]) -> Result<Vec<NotificationRequest>> {
        let statuses = self.told_of(rows.iter().filter_map(|row| row.last_post))?;
        let accounts = self.telling(rows.iter().map(|row| row.from_id))?;
        let one = |row: &Request| {
            Some(NotificationRequest {
                id: row.id,
                created_at: row.created_at.rfc3339(),
                updated_at: row.updated_at.rfc3339(),
                notifications_count: row.notifications_count.to_string(),
                account: accounts.get(&row.from_id)?.clone(),
                last_status: row.last_post.and_then(|post| statuses.get(&post).cloned()),
            })
        };
        Ok(rows.iter().filter_map(one).collect())
    }

    /// The posts of notifications, as far as the reader wants to be told of them.
    fn told_of(&mut self, posts: impl Iterator<Item = PostId>) -> Result<HashMap<PostId, Status>> {
        let entries: Vec<EntryRef> = posts.map(EntryRef::post).collect();
        let statuses = self.statuses(&entries)?;
        let told = |status: Status| {
            let id = status.id.parse().ok().filter(|_| !self.hides(FilterContext::Notifications, &status))?;
            Some((id, status))
        };
        Ok(statuses.into_iter().filter_map(told).collect())
    }

    /// The reports of notifications.
    fn reports_in(&mut self, reports: impl Iterator<Item = ReportId>) -> Result<HashMap<ReportId, Report>> {
        let ids: Vec<ReportId> = reports.collect();
        self.reports(&ids)
    }

    /// The drafts of notifications, as far as the reader may read them at this moment.
    fn drafts_in<'n>(
        &mut self,
        rows: impl Iterator<Item = &'n notifications::Notification>,
    ) -> Result<HashMap<DraftId, Draft>> {
        let ids: Vec<DraftId> = rows.filter_map(|row| row.draft_id).collect();
        match self.viewer.actor() {
            Some(reader) => drafts::readable_among(self.conn, reader, ids),
            None => Ok(HashMap::new()),
        }
    }

    /// The roles of the reader and who gave them, where notifications tell of them.
    fn roles_in<'n>(
        &mut self,
        rows: impl Iterator<Item = &'n notifications::Notification>,
    ) -> Result<Option<ToldRoles>> {
        let rows: Vec<_> = rows.filter(|row| row.kind == NotificationKind::Role).collect();
        let Some(reader) = self.viewer.actor().filter(|_| !rows.is_empty()) else { return Ok(None) };
        let Some(roles) = Roles::of(self.conn, reader)? else { return Ok(None) };
        let mut givers: Vec<AccountId> = rows.iter().filter_map(|row| roles.giver(row.given_by)).collect();
        givers.sort();
        givers.dedup();
        let names = if givers.is_empty() { Vec::new() } else { accounts::names_of(self.conn, &givers)? };
        let colleague = |(account, username, display_name)| Colleague { account, username, display_name };
        Ok(Some(ToldRoles { roles, givers: names.into_iter().map(colleague).collect() }))
    }

    /// The people of notifications, without who is gone.
    fn telling(&mut self, people: impl Iterator<Item = ActorId>) -> Result<HashMap<ActorId, Account>> {
        let mut ids: Vec<ActorId> = people.collect();
        ids.sort();
        ids.dedup();
        let people: Vec<Actor> = actors::get_many(self.conn, &ids)?.into_iter().filter(Actor::is_active).collect();
        self.accounts_of(&people)
    }
}

fn told_of_draft(draft: &Draft, news: DraftNews) -> NotificationExtension {
    let excerpt = draft.beginning(EXCERPT);
    NotificationExtension::Draft(NotifiedDraft { id: draft.id, news, actor: draft.actor_id, excerpt })
}

/// The roles of a reader, and those who gave them.
struct ToldRoles {
    roles: Roles,
    givers: Vec<Colleague>,
}

impl ToldRoles {
    fn told(&self, row: &notifications::Notification) -> NotificationExtension {
        let actor = self.roles.brand(row.from_id);
        let giver = self.roles.giver(row.given_by);
        let by = self.givers.iter().find(|one| Some(one.account) == giver).cloned();
        NotificationExtension::Role(NotifiedRole { actor, role: self.roles.role(actor), by })
    }
}

impl GroupedNotifications {
    /// Adds somebody once, with everything or with their picture only.
    fn add(&mut self, account: &Account, full: bool) {
        match &mut self.partial_accounts {
            Some(partial) if !full => {
                if !partial.iter().any(|known| known.id == account.id) {
                    partial.push(picture_of(account));
                }
            }
            _ => {
                if !self.accounts.iter().any(|known| known.id == account.id) {
                    self.accounts.push(account.clone());
                }
            }
        }
    }

    /// Whoever is told with everything is not told with their picture too.
    fn settle(&mut self) {
        let accounts = &self.accounts;
        if let Some(partial) = &mut self.partial_accounts {
            partial.retain(|one| !accounts.iter().any(|account| account.id == one.id));
        }
    }
}

fn picture_of(account: &Account) -> PartialAccount {
    PartialAccount {
        id: account.id,
        acct: account.acct.clone(),
        locked: account.locked,
        bot: account.bot,
        url: account.url.clone(),
        avatar: account.avatar.clone(),
        avatar_static: account.avatar_static.clone(),
    }
}
