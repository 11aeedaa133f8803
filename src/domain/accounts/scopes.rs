//! What a token may be used for: Mastodon's scopes. A broad one includes the fine ones below it.

use super::Role;
use crate::error::{Error, Result};

/// To approve by the API, or as oneself by a like, what colleagues wrote for any brand, and to publish in an emergency what
/// nobody approved. No other scope includes it: an app that was let in to post as its person does not agree in their name.
/// One that acts as a brand needs no more than to like (`write:favourites`) to approve what waits for that brand; the page
/// that lets it in says so.
pub const APPROVE: &str = "guildhall:approve";

/// Every scope that exists.
pub const SCOPES: &[&str] = &[
    "profile",
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
    "admin:read",
    "admin:read:accounts",
    "admin:read:reports",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:canonical_email_blocks",
    "admin:write",
    "admin:write:accounts",
    "admin:write:reports",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:canonical_email_blocks",
    APPROVE,
];

/// Reads scopes that are separated by spaces, each once; refuses what is none, and none at all.
pub fn read_scopes(text: &str) -> Result<Vec<&'static str>> {
    let mut scopes = Vec::new();
    for word in text.split_whitespace() {
        let Some(scope) = SCOPES.iter().find(|scope| **scope == word) else {
            let word: String = word.chars().take(60).collect();
            let known = "read, write, follow, push, profile, admin:read, admin:write, guildhall:approve, and finer ones such as read:statuses";
            return Err(Error::invalid("token.scope", format!("“{word}” is not a scope. Known: {known}.")));
        };
        if !scopes.contains(scope) {
            scopes.push(*scope);
        }
    }
    if scopes.is_empty() {
        return Err(Error::invalid("token.scope", "A token needs at least one scope, such as read."));
    }
    Ok(scopes)
}

/// Whether scopes that somebody holds cover `wanted`, such as `write:statuses`. `follow` covers follows, blocks and
/// mutes, as in Mastodon.
pub fn covers(held: &str, wanted: &str) -> bool {
    let (broad, fine) = wanted.split_once(':').unwrap_or((wanted, ""));
    let broad_admin =
        if broad == "admin" { fine.split(':').next().map(|first| format!("admin:{first}")) } else { None };
    held.split_whitespace().any(|scope| {
        scope == wanted
            || (broad != "admin" && scope == broad)
            || broad_admin.as_deref() == Some(scope)
            || (scope == "follow" && matches!(fine, "follows" | "blocks" | "mutes"))
    })
}

/// What is left of scopes for somebody: running the server is for those who do, and never in a brand's name.
pub fn narrowed(scopes: &[&'static str], role: Role, as_oneself: bool) -> Vec<&'static str> {
    let runs = as_oneself && role != Role::Member;
    scopes.iter().copied().filter(|scope| runs || !scope.starts_with("admin:")).collect()
}
