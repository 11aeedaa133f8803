//! Which notifications a client wants.

use serde::Deserialize;

use crate::{
    domain::{
        ActorId,
        notifications::{Grouping, NotificationKind, Which},
    },
    http::extract::Session,
};

/// How a client says which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    types: Vec<String>,
    exclude_types: Vec<String>,
    account_id: Option<ActorId>,
    include_filtered: Option<bool>,
    grouped_types: Vec<String>,
}

/// Kinds that we do not have are passed over.
fn kinds(names: &[String]) -> Vec<NotificationKind> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

impl Wanted {
    /// Which notifications; nothing when only kinds are wanted that we do not have. What has neither a post nor a kind that
    /// apps know is for who names it, and for the workroom.
    pub(super) fn read(&self, me: &Session) -> Option<Which> {
        let only = kinds(&self.types);
        if only.is_empty() && !self.types.is_empty() {
            return None;
        }
        let mut except = kinds(&self.exclude_types);
        if only.is_empty() && !me.is_workroom() {
            except.extend(NotificationKind::FOR_THE_WORKROOM);
        }
        Some(Which { only, except, from: self.account_id, filtered: self.include_filtered.unwrap_or(false) })
    }

    /// Which kinds are shown in groups: all that can be, where the client does not say.
    pub(super) fn grouping(&self) -> Grouping {
        if self.grouped_types.is_empty() {
            return Grouping::default();
        }
        let wanted = kinds(&self.grouped_types);
        Grouping(NotificationKind::GROUPED.into_iter().filter(|kind| wanted.contains(kind)).collect())
    }
}
