//! What an actor leaves behind when it is deleted, and ties with a server that somebody shuns, taken away in portions:
//! other writers wait for one of them at most.

use crate::{
    db::Db,
    domain::{
        ActorId, actors, announcements, brands, conversations, copies, drafts, emojis, filters, follows, lists,
        markers, media, notifications, posts, reports, scheduled, tags,
    },
    error::Result,
};

/// How many follows, likes or boosts are taken back in one transaction.
const TIES: i64 = 100;
/// How many posts are deleted in one transaction.
const POSTS: i64 = 200;

/// Takes away follows, likes, boosts, votes and posts of an actor that was deleted, what it kept for itself, and what it
/// was told: a portion, and whether there may be more. Running it again does no harm.
pub(super) async fn run(db: &Db, actor: ActorId) -> Result<bool> {
    let gone = db.read(move |conn| actors::find(conn, actor)).await?.is_some_and(|actor| actor.deleted_at.is_some());
    if !gone {
        return Ok(false);
    }
    db.write(move |tx| scheduled::cancel_all_of(tx, actor)).await?;
    db.write(move |tx| reports::forget_all_of(tx, actor)).await?;
    if db.write(move |tx| follows::end_all_of(tx, actor, TIES)).await?
        || db.write(move |tx| posts::take_back_all_of(tx, actor, TIES)).await?
        || db.write(move |tx| posts::delete_all_of(tx, actor, POSTS)).await?
    {
        return Ok(true);
    }
    db.write(move |tx| copies::forget_all_of(tx, actor)).await?;
    db.write(move |tx| drafts::forget_all_of(tx, actor)).await?;
    db.write(move |tx| brands::forget_policy(tx, actor)).await?;
    db.write(move |tx| {
        conversations::forget_all_of(tx, actor)?;
        filters::forget_all_of(tx, actor)?;
        notifications::forget_all_of(tx, actor)?;
        lists::delete_all_of(tx, actor)?;
        follows::forget_aversions_of(tx, actor)?;
        media::forget_files_of_actor(tx, actor)?;
        posts::forget_bookmarks_of(tx, actor)?;
        notifications::forget_quiet_of(tx, actor)?;
        actors::forget_attribution_of(tx, actor)?;
        emojis::forget_emojis_of(tx, actor)?;
        announcements::forget_reads_of(tx, actor)?;
        tags::forget_all_of(tx, actor)?;
        markers::forget_all_of(tx, actor)?;
        actors::forget_habits_of(tx, actor)
    })
    .await?;
    Ok(false)
}

/// Ends a portion of the follows between somebody and a server that they shun; answers whether there may be more.
pub(super) async fn part_from(db: &Db, actor: ActorId, host: &str) -> Result<bool> {
    let host = host.to_owned();
    db.write(move |tx| follows::part_from(tx, actor, &host, TIES)).await
}
