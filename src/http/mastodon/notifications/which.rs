//! Which notifications a client wants.

use serde::Deserialize;

use crate::domain::{
    ActorId,
    notifications::{Grouping, NotificationKind, Which},
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
    /// Which notifications; nothing when only kinds are wanted that we do not have.
    pub(super) fn read(&self) -> Option<Which> {
        let only = kinds(&self.types);
        if only.is_empty() && !self.types.is_empty() {
            return None;
        }
        Some(Which {
            only,
            except: kinds(&self.exclude_types),
            from: self.account_id,
            filtered: self.include_filtered.unwrap_or(false),
        })
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
