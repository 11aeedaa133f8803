//! Who on the Fediverse wrote a page, by the handle that it names (`fediverse:creator`).

use super::{Budget, Resolved, actor, resolve::by_handle};
use crate::{
    app::App,
    domain::{
        ActorId,
        actors::{self, Actor},
        cards,
    },
    error::{Kind, Result},
    federation::incoming::actor::is_username,
};

/// The longest handle that is read, in bytes.
const HANDLE: usize = 300;
/// How many documents are fetched to know somebody anew.
const FETCHES: u8 = 3;

/// Who is named, as the card keeps it, and the host of the handle; nothing when it is no handle.
pub(super) fn read(named: &str) -> Option<(String, String)> {
    handle(named).map(|(username, home)| (format!("{username}@{home}"), home))
}

/// The account that a page on `host` names. Whether it lets itself be named there is asked when the card is shown. What
/// leads nowhere has no author; and nobody is asked again for what was asked for a while ago. An error means that their
/// server does not answer now.
pub(super) async fn creator(app: &App, named: &str, host: &str) -> Result<Option<ActorId>> {
    let Some((username, home)) = handle(named) else { return Ok(None) };
    if app.refuses(&home) {
        return Ok(None);
    }
    let ours = app.site.is_our_host(&home);
    let (name, place, page) = (username.clone(), if ours { String::new() } else { home.clone() }, host.to_owned());
    let known = app.db.read(move |conn| {
        let Some(found) = actors::find_by_handle(conn, &name, &place)? else { return Ok(None) };
        let agrees = !actors::attributed_among(conn, &[(found.id, page)])?.is_empty();
        Ok(Some((found, agrees)))
    });
    match known.await? {
        Some((found, agrees)) => {
            if !ours && !agrees && found.is_active() && app.fetches.may_ask_for_creator(&username, &home) {
                read_again(app, &found).await;
            }
            Ok(Some(found.id))
        }
        None if ours || !app.fetches.may_ask_for_creator(&username, &home) => Ok(None),
        None => match by_handle(app, &format!("{username}@{home}"), &mut Budget::of(FETCHES)).await {
            Ok(Some(Resolved::Actor(id))) => Ok(Some(id)),
            Ok(_) => Ok(None),
            Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::TooMany | Kind::Internal) => {
                app.fetches.forget_creator(&username, &home);
                Err(error)
            }
            Err(error) => {
                tracing::debug!(%error, "A page names an author who is not there");
                Ok(None)
            }
        },
    }
}

/// Asks again for whom a page names as its author, whose server did not answer when the page was read.
pub async fn handle_find_creator(app: &App, url: &str) -> Result<()> {
    let link = url.to_owned();
    let Some((named, host)) = app.db.read(move |conn| cards::unfound_creator(conn, &link)).await? else {
        return Ok(());
    };
    let Some(found) = creator(app, &named, &host).await? else { return Ok(()) };
    let link = url.to_owned();
    app.db.write(move |tx| cards::found_creator(tx, &link, &named, found)).await
}

/// They may let themselves be named there since we read of them.
async fn read_again(app: &App, known: &Actor) {
    if let Err(error) = actor::fetch(app, &known.uri, &mut Budget::of(FETCHES)).await {
        tracing::debug!(%error, "Could not read again who is named as the author of a page");
    }
}

/// Name and host of a handle with or without `@` before it.
fn handle(named: &str) -> Option<(String, String)> {
    let named = Some(named.trim()).filter(|named| named.len() <= HANDLE)?;
    let (username, host) = named.strip_prefix('@').unwrap_or(named).split_once('@')?;
    let sound = is_username(username) && !host.is_empty() && !host.contains(['/', '?', '#', '@', '\\', '%']);
    sound.then(|| (username.to_owned(), host.trim_end_matches('.').to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_has_a_name_and_a_server() {
        let read = |named: &str| handle(named).map(|(name, host)| format!("{name} {host}"));
        for named in ["@eve@Remote.Example", "eve@remote.example", " @eve@remote.example. "] {
            assert_eq!(read(named).as_deref(), Some("eve remote.example"), "{named}");
        }
        let long = format!("@eve@{}.example", "x".repeat(HANDLE));
        for named in [
            "",
            "@",
            "eve",
            "@eve",
            "@eve@",
            "@@remote.example",
            "https://remote.example/@eve",
            "e ve@remote.example",
            "@eve@a@b",
            "@eve@a/b",
            &long,
        ] {
            assert_eq!(read(named), None, "{named}");
        }
    }
}
