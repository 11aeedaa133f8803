//! A follow from the first question to its end. Both doors make a request; accepting is one later step.

use diesel::prelude::*;

use super::{
    Follow, FollowState,
    block::{unblock, who_blocks},
    find_between, shuns,
};
use crate::{
    db::{
        Json, Key, Signal, Tx,
        schema::{actors as actors_table, follows},
    },
    domain::{
        ActorId, By, FollowId, Site,
        actors::{self, Actor},
        exposure, home,
        notifications::{self, NotificationKind},
        work::Change,
    },
    error::{Error, Result},
    on_conn, text,
};

/// How a follow should show at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// Boosts too.
    pub show_boosts: bool,
    /// A notification for each post.
    pub notify: bool,
    /// Posts in these languages, and those that say none; nothing for all.
    pub languages: Option<Vec<String>>,
}

/// How many languages somebody names for one follow.
const LANGUAGES: usize = 50;

impl Wishes {
    /// As a follow is now.
    pub fn of(follow: &Follow) -> Self {
        let languages = follow.languages().map(<[String]>::to_vec);
        Self { show_boosts: follow.show_boosts, notify: follow.notify, languages }
    }

    /// The languages as they are kept: each once; none is all.
    fn languages(&self) -> Result<Option<Json<Vec<String>>>> {
        let mut languages = self.languages.clone().unwrap_or_default();
        languages.retain(|code| !code.trim().is_empty());
        if languages.len() > LANGUAGES || languages.iter().any(|code| !text::is_language(code)) {
            let told = format!("Validation failed: Languages are at most {LANGUAGES} codes such as en or pt-BR");
            return Err(Error::invalid("follow.languages", told));
        }
        languages.sort();
        languages.dedup();
        Ok(Some(languages).filter(|languages| !languages.is_empty()).map(Json))
    }
}

impl Default for Wishes {
    fn default() -> Self {
        Self { show_boosts: true, notify: false, languages: None }
    }
}

/// Asks to follow. Open accounts of ours accept at once, but who is limited waits for an answer everywhere; others accept
/// when they say so. Asking twice is one follow.
/// `None` when somebody elsewhere was refused, which their server is told. Nobody follows whom they block, nor who
/// blocks them: a block ends first. Of somebody elsewhere the wish to follow says that theirs is over.
///
/// `activity` in [`By::Remote`] is the id of the Follow, which Accept and Reject must name.
pub fn request(tx: &mut Tx<'_>, site: &Site, by: &By, target: ActorId, wishes: &Wishes) -> Result<Option<Follow>> {
    let languages = wishes.languages()?;
    let follower = by.actor();
    if follower == target {
        return Err(Error::invalid("follow.self", "You cannot follow yourself."));
    }
    tx.lock(Key("follow", &[follower.0, target.0]))?;
    let target_actor = actors::get(tx.conn(), target)?;
    let follower_actor = actors::get(tx.conn(), follower)?;
    let theirs = match by {
        By::Remote { activity, .. } => activity.clone(),
        By::Local { .. } => None,
    };
    let shunned = shuns(tx.conn(), target, &follower_actor.host)? || shuns(tx.conn(), follower, &target_actor.host)?;
    let mut blocking = who_blocks(tx.conn(), target, follower)?;
    if by.is_remote() && blocking.contains(&follower) {
        // Whoever wants to follow blocks no more: we missed that it ended.
        unblock(tx, by, target)?;
        blocking.retain(|actor| *actor != follower);
    }
    if !target_actor.is_active() || shunned || !blocking.is_empty() {
        if let (true, Some(uri)) = (target_actor.is_local(), theirs) {
            exposure::tell(tx, target, Change::FollowRejected { uri, follower })?;
            return Ok(None);
        }
        if !shunned && blocking == [follower] {
            let told = "You block this account. End the block first, then follow it.";
            return Err(Error::forbidden("follow.blocked", told));
        }
        return Err(Error::forbidden("follow.refused", "This account cannot be followed."));
    }
    let now = tx.now();
    let id = FollowId(tx.new_id());
    let uri = theirs.unwrap_or_else(|| site.activity_uri(id.0));
    if let Some(known) = find_between(tx.conn(), follower, target)? {
        // Another server asks again when it missed our answer; the new id is the one to answer.
        let renewed = by.is_remote().then_some(&uri).or(known.uri.as_ref());
        diesel::update(follows::table.find(known.id))
            .set((
                follows::uri.eq(renewed),
                follows::show_boosts.eq(wishes.show_boosts),
                follows::notify.eq(wishes.notify),
                follows::languages.eq(&languages),
            ))
            .execute(tx.conn())?;
        let fits = known.languages == languages || known.state != FollowState::Accepted || by.is_remote();
        if !fits {
            let languages = languages.as_ref().map(|languages| languages.0.as_slice());
            home::change_languages(tx, follower, target, languages)?;
        }
        if by.is_remote() && known.state == FollowState::Accepted {
            exposure::tell(tx, target, Change::FollowAccepted { uri, follower })?;
        }
        return super::find(tx.conn(), known.id);
    }
    on_conn!(tx.conn(), |c| diesel::insert_into(follows::table)
        .values((
            follows::id.eq(id),
            follows::follower_id.eq(follower),
            follows::target_id.eq(target),
            follows::state.eq(FollowState::Requested),
            follows::uri.eq(Some(&uri)),
            follows::show_boosts.eq(wishes.show_boosts),
            follows::notify.eq(wishes.notify),
            follows::created_at.eq(now),
            follows::languages.eq(&languages),
        ))
        .execute(c))?;
    let follow =
        super::find(tx.conn(), id)?.ok_or_else(|| Error::not_found("follow.not_found", "There is no such follow."))?;
    match (target_actor.is_local(), target_actor.locked || follower_actor.limited) {
        (true, false) => settle(tx, &follow, &follower_actor, &target_actor)?,
        (true, true) => notifications::tell(tx, target, NotificationKind::FollowRequest, follower, None)?,
        (false, _) => exposure::tell(tx, follower, Change::FollowRequested { follow: id })?,
    }
    super::find(tx.conn(), id)
}

/// The follow holds from now on.
fn settle(tx: &mut Tx<'_>, follow: &Follow, follower: &Actor, target: &Actor) -> Result<()> {
    let changed = diesel::update(follows::table.find(follow.id).filter(follows::state.eq(FollowState::Requested)))
        .set(follows::state.eq(FollowState::Accepted))
        .execute(tx.conn())?;
    if changed == 0 {
        return Ok(());
    }
    count(tx, follower.id, target.id, 1)?;
    if target.is_local() {
        notifications::forget(tx, target.id, NotificationKind::FollowRequest, follower.id, None)?;
        notifications::tell(tx, target.id, NotificationKind::Follow, follower.id, None)?;
        if let (false, Some(uri)) = (follower.is_local(), follow.uri.clone()) {
            exposure::tell(tx, target.id, Change::FollowAccepted { uri, follower: follower.id })?;
        }
    }
    if follower.is_local() {
        home::backfill(tx, follower.id, target.id, follow.languages())?;
    }
    tx.signal(Signal { topic: "follow", kind: "update", id: follow.id.0 });
    Ok(())
}

fn count(tx: &mut Tx<'_>, follower: ActorId, target: ActorId, step: i64) -> Result<()> {
    diesel::update(actors_table::table.find(follower))
        .set(actors_table::following_count.eq(actors_table::following_count + step))
        .execute(tx.conn())?;
    diesel::update(actors_table::table.find(target))
        .set(actors_table::followers_count.eq(actors_table::followers_count + step))
        .execute(tx.conn())?;
    Ok(())
}

/// One of ours says yes to somebody who asked.
pub fn accept(tx: &mut Tx<'_>, target: ActorId, follower: ActorId) -> Result<()> {
    tx.lock(Key("follow", &[follower.0, target.0]))?;
    let follow = find_between(tx.conn(), follower, target)?.ok_or_else(nobody_asked)?;
    let (follower, target) = (actors::get(tx.conn(), follower)?, actors::get(tx.conn(), target)?);
    settle(tx, &follow, &follower, &target)
}

/// Another server says that one of ours now follows. Only counts where we asked.
pub fn accepted_elsewhere(tx: &mut Tx<'_>, target: ActorId, follower: ActorId) -> Result<bool> {
    tx.lock(Key("follow", &[follower.0, target.0]))?;
    let Some(follow) = find_between(tx.conn(), follower, target)? else { return Ok(false) };
    let (follower, target) = (actors::get(tx.conn(), follower)?, actors::get(tx.conn(), target)?);
    if !follower.is_local() {
        return Ok(false);
    }
    settle(tx, &follow, &follower, &target)?;
    Ok(true)
}

fn nobody_asked() -> Error {
    Error::not_found("follow.no_request", "This account did not ask to follow you.")
}

/// One of ours says no to somebody who asked. Whoever was accepted meanwhile stays a follower.
pub fn reject(tx: &mut Tx<'_>, target: ActorId, follower: ActorId) -> Result<()> {
    tx.lock(Key("follow", &[follower.0, target.0]))?;
    let follow = find_between(tx.conn(), follower, target)?;
    follow.filter(|follow| follow.state == FollowState::Requested).ok_or_else(nobody_asked)?;
    remove_follower(tx, target, follower)
}

/// One of ours no longer wants this follower, or does not want them at all.
pub fn remove_follower(tx: &mut Tx<'_>, target: ActorId, follower: ActorId) -> Result<()> {
    let Some(follow) = end(tx, follower, target)? else { return Ok(()) };
    notifications::forget(tx, target, NotificationKind::FollowRequest, follower, None)?;
    let (follower, target) = (actors::get(tx.conn(), follower)?, actors::get(tx.conn(), target)?);
    if let (true, false, Some(uri)) = (target.is_local(), follower.is_local(), follow.uri) {
        exposure::tell(tx, target.id, Change::FollowRejected { uri, follower: follower.id })?;
    }
    Ok(())
}

/// Another server says no to one of ours, at once or later.
pub fn rejected_elsewhere(tx: &mut Tx<'_>, target: ActorId, follower: ActorId) -> Result<bool> {
    Ok(end(tx, follower, target)?.is_some())
}

/// Follows no longer, or takes the request back. What never was is fine.
pub fn unfollow(tx: &mut Tx<'_>, by: &By, target: ActorId) -> Result<()> {
    let Some(follow) = end(tx, by.actor(), target)? else { return Ok(()) };
    notifications::forget(tx, target, NotificationKind::FollowRequest, by.actor(), None)?;
    let target = actors::get(tx.conn(), target)?;
    if let (By::Local { actor, .. }, false, Some(uri)) = (by, target.is_local(), follow.uri) {
        exposure::tell(tx, *actor, Change::FollowUndone { uri, target: target.id })?;
    }
    Ok(())
}

/// Ends a follow between two, whatever its state; answers what it was.
pub(super) fn end(tx: &mut Tx<'_>, follower: ActorId, target: ActorId) -> Result<Option<Follow>> {
    tx.lock(Key("follow", &[follower.0, target.0]))?;
    let Some(follow) = find_between(tx.conn(), follower, target)? else { return Ok(None) };
    diesel::delete(follows::table.find(follow.id)).execute(tx.conn())?;
    if follow.state == FollowState::Accepted {
        count(tx, follower, target, -1)?;
        home::remove_author(tx, follower, target)?;
    }
    tx.signal(Signal { topic: "follow", kind: "delete", id: follow.id.0 });
    Ok(Some(follow))
}
