//! `guildhall deliveries`: who got a post, who is waiting for it, and why.

use super::{Desk, counted, say};
use crate::{
    domain::{Page, PostId, Site, posts},
    error::{Error, Result},
    federation::delivery::{self, Of, Receipt},
};

/// How many deliveries are listed, and how many one command tries again.
const MOST: i64 = 100_000;

/// Which post, and what to do.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The post: its address, as a browser or another server has it, or its number.
    post: String,
    /// Only those in this state.
    #[arg(long, value_parser = ["waiting", "delivered", "failed"])]
    state: Option<String>,
    /// Try again now what has not arrived.
    #[arg(long)]
    retry: bool,
}

pub async fn run(desk: &Desk, arguments: Arguments) -> Result<()> {
    let missing = || {
        Error::not_found(
            "post.not_found",
            format!("There is no post of ours at “{}”. Give its address or its number.", arguments.post),
        )
    };
    let id = number(&desk.site, &arguments.post).ok_or_else(missing)?;
    let found = desk.db.read(move |conn| posts::find(conn, id)).await?;
    let is_known = found.is_some();
    // What was deleted was told to others, too.
    let object = match found {
        Some(post) if post.uri.is_none() => {
            say("This post stays inside the company: nobody else is sent it.");
            return Ok(());
        }
        Some(post) => post.uri.filter(|uri| desk.site.owns(uri)).ok_or_else(missing)?,
        None => desk.site.object_uri(id),
    };
    let of = Of { object: Some(object), ..Of::default() };
    if !is_known && !desk.is_owed(of.clone()).await? {
        return Err(missing());
    }
    let of = Of { states: arguments.state.clone().into_iter().collect(), ..of };
    if arguments.retry {
        let count = desk.db.write(move |tx| delivery::retry_of(tx, &of, MOST)).await?;
        say(format_args!("{} will be tried again.", counted(count, "delivery", "deliveries")));
        return Ok(());
    }
    let page = Page { limit: MOST, ..Page::default() };
    let all = desk.db.read(move |conn| delivery::list(conn, &of, &page)).await?;
    if all.is_empty() && arguments.state.is_none() {
        say(
            "Nobody elsewhere was to get it: nobody there follows its author or is mentioned, or it stays in the house.",
        );
        return Ok(());
    }
    for receipt in &all {
        say(line(receipt));
    }
    let count = |state: &str| all.iter().filter(|receipt| receipt.state == state).count();
    say(format_args!("{} delivered, {} waiting, {} given up.", count("delivered"), count("waiting"), count("failed")));
    Ok(())
}

/// A delivery for people.
pub(super) fn line(one: &Receipt) -> String {
    let when = match (one.state.as_str(), one.done_at) {
        ("waiting", _) => format!(", next {}", one.next_at.rfc3339()),
        (_, Some(done)) => format!(", {}", done.rfc3339()),
        _ => String::new(),
    };
    let error = one.last_error.as_deref().filter(|_| one.state != "delivered");
    let error = error.map(|error| format!(": {error}")).unwrap_or_default();
    let tries = counted(i64::from(one.attempts), "try", "tries");
    format!("{} {} to {} {} after {tries}{when}{error}", one.id, one.activity, one.inbox, one.state)
}

/// The number of a post in its address (`/ap/objects/ID`, `/@name/ID`), or alone.
fn number(site: &Site, text: &str) -> Option<PostId> {
    if let Ok(id) = text.parse() {
        return Some(id);
    }
    if let Some(id) = site.local_id(text, "objects") {
        return Some(PostId(id));
    }
    let (name, id) = text.strip_prefix(&site.base_url)?.strip_prefix("/@")?.split_once('/')?;
    (!name.is_empty()).then(|| id.parse().ok()).flatten()
}
