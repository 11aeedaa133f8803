//! What somebody posted, who follows them and whom they follow.

use axum::extract::State;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        ActorId, Page,
        filters::FilterContext,
        follows::{self, Follow},
        posts::{self, EntryRef},
        timelines::{self, Without},
    },
    error::Result,
    http::{
        extract::{Form, Id, MaybeSession, Paging},
        mastodon::{
            entities::{Account, Status},
            look::{Answer, Listed, Look, look},
        },
    },
    text,
};

/// Which of somebody's posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    exclude_replies: Option<bool>,
    exclude_reblogs: Option<bool>,
    only_media: Option<bool>,
    pinned: Option<bool>,
    tagged: Option<String>,
}

/// `GET /api/v1/accounts/:id/statuses`
pub(super) async fn statuses(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: MaybeSession,
    Form(which): Form<Which>,
    paging: Paging,
) -> Result<Answer<Status>> {
    me.need("read:statuses")?;
    let page = paging.page(20);
    let without = Without {
        replies: which.exclude_replies.unwrap_or(false),
        boosts: which.exclude_reblogs.unwrap_or(false),
        media: which.only_media.unwrap_or(false),
        other_than: which.tagged.map(|name| text::normalise_hashtag(name.trim_start_matches('#')).unwrap_or(name)),
    };
    let pinned = which.pinned.unwrap_or(false);
    let listed = look(&app, me.actor(), move |look| {
        let author = look.actor(id)?;
        if !author.is_active() {
            return Ok(Listed::empty());
        }
        if pinned {
            // Few, and sorted by when they were pinned: all of them are the first page, and the last.
            let first = page.max_id.is_none() && page.min_id.is_none();
            let ids = if first { posts::pinned_by(look.conn, &look.viewer, author.id)? } else { Vec::new() };
            let entries: Vec<EntryRef> = ids.into_iter().map(EntryRef::post).collect();
            let listed = Listed { rows: look.statuses(&entries)?, ..Listed::empty() };
            return Ok(look.sifted(FilterContext::Account, listed));
        }
        let entries = timelines::account(look.conn, &look.viewer, author.id, &without, &page)?;
        let listed = look.list(entries, &page)?;
        Ok(look.sifted(FilterContext::Account, listed))
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/accounts/:id/followers`
pub(super) async fn followers(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: MaybeSession,
    paging: Paging,
) -> Result<Answer<Account>> {
    me.need("read:accounts")?;
    let page = paging.page(40);
    let listed = look(&app, me.actor(), move |look| {
        people(look, id, &page, |look, page| {
            let rows = follows::list_followers(look.conn, id, page)?;
            Ok(rows.into_iter().map(|follow: Follow| (follow.id.0, follow.follower_id)).collect())
        })
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/accounts/:id/following`
pub(super) async fn following(
    State(app): State<App>,
    Id(id): Id<ActorId>,
    me: MaybeSession,
    paging: Paging,
) -> Result<Answer<Account>> {
    me.need("read:accounts")?;
    let page = paging.page(40);
    let listed = look(&app, me.actor(), move |look| {
        people(look, id, &page, |look, page| {
            let rows = follows::list_following(look.conn, id, page)?;
            Ok(rows.into_iter().map(|follow: Follow| (follow.id.0, follow.target_id)).collect())
        })
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// Shown to everybody but those whom the owner of the list blocks; to the owner alone where they hide it.
fn people(
    look: &mut Look<'_>,
    owner: ActorId,
    page: &Page,
    read: impl Fn(&mut Look<'_>, &Page) -> Result<Vec<(i64, ActorId)>>,
) -> Result<Listed<Account>> {
    let actor = look.actor(owner)?;
    let shut_out = match look.viewer.actor() {
        Some(me) => follows::is_blocked_by(look.conn, owner, me)?,
        None => false,
    };
    let hidden = !actor.shows_people() && look.viewer.actor() != Some(owner);
    if shut_out || hidden || !actor.is_active() {
        return Ok(Listed::empty());
    }
    let rows = read(look, page)?;
    look.people(&rows)
}
