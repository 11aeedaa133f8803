//! What must be fetched before a post is written: people elsewhere who are mentioned and not known yet.

use std::time::Duration;

use super::resolve;
use crate::{
    app::App,
    db::Conn,
    domain::{actors, posts},
    error::Result,
    text,
};

/// How many unknown people one post may make us fetch.
const PEOPLE: usize = 10;
/// How long the writer waits for them.
const PATIENCE: Duration = Duration::from_secs(8);

/// Fetches who is mentioned and unknown. Whoever does not answer in time stays plain text. What is too long for a post
/// is refused unread.
pub async fn mentioned(app: &App, typed: &str) -> Result<()> {
    newly_mentioned(app, typed, "").await
}

/// The same of those only whom `before` does not name.
pub async fn newly_mentioned(app: &App, typed: &str, before: &str) -> Result<()> {
    posts::check_size(&app.site, typed)?;
    let wanted = elsewhere(app, typed, before);
    if wanted.is_empty() {
        return Ok(());
    }
    let unknown = app.db.read(move |conn| unknown_among(conn, wanted)).await?;
    let fetches = unknown.into_iter().take(PEOPLE).map(|(username, host)| async move {
        if let Err(error) = resolve(app, &format!("@{username}@{host}")).await {
            tracing::debug!(%error, "Could not fetch somebody who is mentioned");
        }
    });
    if tokio::time::timeout(PATIENCE, futures_util::future::join_all(fetches)).await.is_err() {
        tracing::debug!("Gave up waiting for somebody who is mentioned");
    }
    Ok(())
}

/// Username and host of those whom a text names and nobody here has met: they are fetched when it is written.
pub fn unknown_in(conn: &mut Conn, app: &App, typed: &str) -> Result<Vec<(String, String)>> {
    let mut unknown = unknown_among(conn, elsewhere(app, typed, ""))?;
    unknown.truncate(PEOPLE);
    Ok(unknown)
}

/// Those on servers with which we talk whom a text names and the one before did not.
fn elsewhere(app: &App, typed: &str, before: &str) -> Vec<(String, String)> {
    let named = |found: &text::MentionText| Some((found.username.to_lowercase(), found.host.clone()?.to_lowercase()));
    let old: Vec<(String, String)> = text::find_mentions(before).iter().filter_map(named).collect();
    let mut wanted: Vec<(String, String)> = Vec::new();
    for found in text::find_mentions(typed) {
        let Some(host) = found.host.filter(|host| !app.site.is_our_host(host)) else { continue };
        let name = (found.username.to_lowercase(), host.to_lowercase());
        if !wanted.contains(&name) && !old.contains(&name) && !app.refuses(&name.1) {
            wanted.push(name);
        }
    }
    wanted
}

fn unknown_among(conn: &mut Conn, named: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let mut unknown = Vec::new();
    for (username, host) in named {
        if actors::find_by_handle(conn, &username, &host)?.is_none() {
            unknown.push((username, host));
        }
    }
    Ok(unknown)
}
