//! Scopes in words for people.

use crate::http::extract::Language;

/// What scopes let an app do, each thing once.
pub(in crate::http) fn rights<'s>(say: Language, scopes: impl IntoIterator<Item = &'s str>) -> Vec<&'static str> {
    let mut rights = Vec::new();
    for right in scopes.into_iter().map(|scope| words(say, scope)) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    rights
}

/// What a scope lets an app do, continuing "it may".
fn words(say: Language, scope: &str) -> &'static str {
    match scope {
        "profile" => say.may_profile(),
        "read" => say.may_read(),
        "read:accounts" => say.may_read_accounts(),
        "read:blocks" => say.may_read_blocks(),
        "read:bookmarks" => say.may_read_bookmarks(),
        "read:favourites" => say.may_read_favourites(),
        "read:filters" => say.may_read_filters(),
        "read:follows" => say.may_read_follows(),
        "read:lists" => say.may_read_lists(),
        "read:mutes" => say.may_read_mutes(),
        "read:notifications" => say.may_read_notifications(),
        "read:search" => say.may_read_search(),
        "read:statuses" => say.may_read_statuses(),
        "write" => say.may_write(),
        "write:accounts" => say.may_write_accounts(),
        "write:blocks" => say.may_write_blocks(),
        "write:bookmarks" => say.may_write_bookmarks(),
        "write:conversations" => say.may_write_conversations(),
        "write:favourites" => say.may_write_favourites(),
        "write:filters" => say.may_write_filters(),
        "write:follows" => say.may_write_follows(),
        "write:lists" => say.may_write_lists(),
        "write:media" => say.may_write_media(),
        "write:mutes" => say.may_write_mutes(),
        "write:notifications" => say.may_write_notifications(),
        "write:reports" => say.may_write_reports(),
        "write:statuses" => say.may_write_statuses(),
        "follow" => say.may_follow(),
        "push" => say.may_push(),
        "guildhall:approve" => say.may_approve(),
        scope if scope.starts_with("admin:read") => say.may_admin_read(),
        scope if scope.starts_with("admin:write") => say.may_admin_write(),
        _ => say.may_something_else(),
    }
}
