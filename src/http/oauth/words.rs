//! Scopes in words for people.

/// What scopes let an app do, each thing once.
pub(in crate::http) fn rights<'s>(scopes: impl IntoIterator<Item = &'s str>) -> Vec<&'static str> {
    let mut rights = Vec::new();
    for right in scopes.into_iter().map(words) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    rights
}

/// What a scope lets an app do, continuing "it may".
fn words(scope: &str) -> &'static str {
    match scope {
        "profile" => "see your name and picture",
        "read" => "read everything that you can read: timelines, notifications, lists, what you like",
        "read:accounts" => "see accounts",
        "read:blocks" => "see whom you block",
        "read:bookmarks" => "see your bookmarks",
        "read:favourites" => "see what you like",
        "read:filters" => "see your filters",
        "read:follows" => "see whom you follow",
        "read:lists" => "see your lists",
        "read:mutes" => "see whom you mute",
        "read:notifications" => "see your notifications",
        "read:search" => "search as you",
        "read:statuses" => "read all posts that you can read",
        "write" => "do everything that you can do: post, answer, follow, delete, change your profile",
        "write:accounts" => "change your profile",
        "write:blocks" => "block accounts and servers",
        "write:bookmarks" => "bookmark posts",
        "write:conversations" => "mute and delete conversations",
        "write:favourites" => "like posts",
        "write:filters" => "change your filters",
        "write:follows" => "follow and unfollow",
        "write:lists" => "change your lists",
        "write:media" => "upload pictures and other files",
        "write:mutes" => "mute accounts and conversations",
        "write:notifications" => "clear your notifications",
        "write:reports" => "report others",
        "write:statuses" => "post, edit and delete",
        "follow" => "follow, block and mute",
        "push" => "send you notifications",
        "guildhall:approve" => {
            "approve in your name what colleagues wrote for a brand, and publish in an emergency without approval"
        }
        scope if scope.starts_with("admin:read") => "see what those who run this server see",
        scope if scope.starts_with("admin:write") => "run this server as you may: people, servers, rules",
        _ => "do something that this page has no words for",
    }
}
