//! Who hears of a new post here: notifications, and the homes that it appears in.

use diesel::prelude::*;

use super::{
    Audience, Draft, MENTIONS, Post, Viewer, create::HASHTAGS, find, find_authorship, hidden_readers, may_see,
    mentioned, said,
};
use crate::{
    db::{
        Among, Tx,
        schema::{drafts, follows, mentions, posts},
    },
    domain::{
        AccountId, ActorId, PostId, TeamId,
        actors::{self, Actor},
        conversations::{self, Said},
        follows as follows_area,
        home::{self, Entry},
        notifications::{self, NotificationKind, PolicyAction},
        org, tags,
    },
    error::{Error, Result},
    on_conn,
};

/// How many people of a team hear of an answer that it looks after.
const DESK: usize = 24;

/// Tells those who are mentioned, openly or hidden, or answered, those who look after the answers, and those who want to
/// hear of every post. Answers who of those concerned keep it waiting, or away.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    id: PostId,
    author: &Actor,
    draft: &Draft,
    parent: Option<&Post>,
) -> Result<Vec<ActorId>> {
    let mut concerned: Vec<ActorId> = draft.mentions.iter().chain(&draft.hidden).take(MENTIONS).copied().collect();
    concerned.extend(
        parent.filter(|_| draft.audience.is_open() || !draft.audience.federates()).map(|parent| parent.author_id),
    );
    concerned.sort();
    concerned.dedup();
    let local: Vec<ActorId> = actors::get_many(tx.conn(), &concerned)?
        .iter()
        .filter(|actor| actor.is_local())
        .map(|actor| actor.id)
        .collect();
    let post = find(tx.conn(), id)?.ok_or_else(|| Error::internal("the post that was just written is not there"))?;
    let mut kept = Vec::new();
    for owner in local {
        // Somebody who may not see an internal post is not told of it either.
        let may_hear = draft.audience.federates() || {
            let viewer = Viewer::local(tx.conn(), owner)?;
            may_see(tx.conn(), &viewer, &post)?
        };
        if may_hear && notifications::tell_of_mention(tx, owner, author.id, id)? != PolicyAction::Accept {
            kept.push(owner);
        }
    }
    let hears = |parent: &&Post| concerned.contains(&parent.author_id) && !kept.contains(&parent.author_id);
    if let Some(parent) = parent.filter(hears) {
        tell_desk(tx, &post, parent)?;
    }
    if super::addresses_followers(draft.audience) && parent.is_none() {
        let keen: Vec<ActorId> = follows::table
            .filter(follows::target_id.eq(author.id))
            .filter(follows::state.eq("accepted"))
            .filter(follows::notify.eq(true))
            .select(follows::follower_id)
            .load(tx.conn())?;
        for owner in keen {
            notifications::tell(tx, owner, NotificationKind::Status, author.id, Some(id))?;
        }
    }
    Ok(kept)
}

/// Tells those who look after the answers to a post of a brand of one, themselves: neither who may not read it nor who
/// wrote it or sent it, in whose name ever, and nothing of what the brand adds. Of a team that is larger the first
/// [`DESK`] are told, so that no answer of a stranger costs more than that.
fn tell_desk(tx: &mut Tx<'_>, answer: &Post, to: &Post) -> Result<()> {
    let brand = to.author_id;
    if answer.author_id == brand {
        return Ok(());
    }
    let Some(made) = find_authorship(tx.conn(), to.id)? else { return Ok(()) };
    let named: Option<(AccountId, Option<TeamId>)> = drafts::table
        .filter(drafts::actor_id.eq(brand))
        .filter(drafts::post_id.eq(to.id))
        .select((drafts::reply_owner_id, drafts::reply_team_id))
        .first(tx.conn())
        .optional()?;
    let (person, team) = named.unwrap_or((made.account_id, None));
    let mut desk = org::desk(tx.conn(), brand, team, [person, made.account_id])?;
    let writer = find_authorship(tx.conn(), answer.id)?.map(|made| made.account_id);
    let sender = tx.behind();
    desk.retain(|colleague| writer != Some(colleague.id) && sender != Some(colleague.id.0));
    desk.sort_by_key(|colleague| colleague.actor_id);
    for colleague in desk.into_iter().take(DESK) {
        let viewer = Viewer::local(tx.conn(), colleague.actor_id)?;
        if may_see(tx.conn(), &viewer, answer)? {
            notifications::tell_of_mention(tx, colleague.actor_id, answer.author_id, answer.id)?;
        }
    }
    Ok(())
}

/// Puts a post into the homes of those here whom it is for, and a direct one into the conversations of those who keep
/// it neither waiting nor away.
pub(super) fn show_at_home(
    tx: &mut Tx<'_>,
    id: PostId,
    author: &Actor,
    draft: &Draft,
    parent: Option<&Post>,
    kept: &[ActorId],
) -> Result<()> {
    let entry = Entry { post: id, by: author.id, boost: None, reply_to_author: parent.map(|parent| parent.author_id) };
    let mut talking = Vec::new();
    if !draft.audience.federates() {
        home::deliver_inside(tx, entry, draft.team)?;
    } else if super::addresses_followers(draft.audience) {
        home::deliver_to_followers(tx, entry)?;
    } else {
        let named: Vec<ActorId> = draft.mentions.iter().chain(&draft.hidden).copied().collect();
        talking = bring_home(tx, entry, &named, kept)?;
    }
    // Who is limited is heard by those who follow them, whatever they write about.
    if draft.audience == Audience::Public && !author.limited && !draft.hashtags.is_empty() {
        let names: Vec<String> = draft.hashtags.iter().take(HASHTAGS).cloned().collect();
        let readers = tags::followers(tx.conn(), &names)?;
        home::deliver(tx, entry, &readers)?;
    }
    if author.is_local() {
        home::deliver(tx, entry, &[author.id])?;
        talking.push(author.id);
    }
    converse(tx, id, draft.audience, talking)
}

/// What is meant for those whom it names appears at home with those of them who are here and follow its author, as in
/// Mastodon: a stranger's is in conversations alone. Answers with those whose conversations it belongs into: who neither
/// blocks its author nor keeps it waiting or away.
fn bring_home(tx: &mut Tx<'_>, entry: Entry, named: &[ActorId], kept: &[ActorId]) -> Result<Vec<ActorId>> {
    let mut local: Vec<ActorId> = Vec::new();
    for actor in actors::get_many(tx.conn(), named)?.iter().filter(|actor| actor.is_local()) {
        if !follows_area::is_blocked_by(tx.conn(), actor.id, entry.by)? {
            local.push(actor.id);
        }
    }
    let at_home: Vec<ActorId> = follows::table
        .filter(follows::target_id.eq(entry.by))
        .filter(follows::state.eq("accepted"))
        .filter(follows::follower_id.among(local.clone()))
        .select(follows::follower_id)
        .load(tx.conn())?;
    home::deliver(tx, entry, &at_home)?;
    local.retain(|reader| !kept.contains(reader));
    Ok(local)
}

/// The same for a post that is here already and names more people now, after they were told: some keep it waiting, or away.
pub(super) fn show_to_named(
    tx: &mut Tx<'_>,
    entry: Entry,
    audience: Audience,
    named: &[ActorId],
    kept: &[ActorId],
) -> Result<()> {
    let readers = bring_home(tx, entry, named, kept)?;
    converse(tx, entry.post, audience, readers)
}

/// A direct post is part of a conversation of each of these readers here, with those who are seen to take part.
fn converse(tx: &mut Tx<'_>, id: PostId, audience: Audience, mut readers: Vec<ActorId>) -> Result<()> {
    if audience != Audience::Direct {
        return Ok(());
    }
    let post = super::get(tx.conn(), id)?;
    let mut people = mentioned(tx.conn(), id)?;
    people.push(post.author_id);
    let said = Said { post: id, thread: post.thread_id, author: post.author_id, people, now: true };
    readers.sort();
    readers.dedup();
    for reader in readers {
        conversations::add(tx, reader, &said)?;
    }
    Ok(())
}

/// Puts direct posts from before there were conversations into them, among the latest `limit` posts before this one;
/// answers before which to go on. Nobody hears of it.
///
/// What somebody took away meanwhile would come back: nothing is kept of a conversation that was taken away. That can only
/// be one that is taken away while this job runs, once, right after the update that brings conversations: no version that
/// was released has them without it.
pub fn converse_stored(tx: &mut Tx<'_>, before: PostId, limit: i64) -> Result<Option<PostId>> {
    let stored: Vec<(PostId, Audience)> = posts::table
        .filter(posts::id.lt(before))
        .order(posts::id.desc())
        .limit(limit)
        .select((posts::id, posts::audience))
        .load(tx.conn())?;
    let mut added: Vec<(ActorId, Said)> = Vec::new();
    let ids: Vec<PostId> = stored.iter().map(|(id, _)| *id).collect();
    let waits = notifications::waits_among(tx.conn(), &ids)?;
    for (id, _) in stored.iter().filter(|(_, audience)| *audience == Audience::Direct) {
        let post = super::get(tx.conn(), *id)?;
        let mut people = mentioned(tx.conn(), *id)?;
        people.push(post.author_id);
        let mut readers = hidden_readers(tx.conn(), *id)?;
        readers.extend(&people);
        let said = Said { post: *id, thread: post.thread_id, author: post.author_id, people, now: false };
        for reader in actors::get_many(tx.conn(), &readers)?.iter().filter(|reader| reader.is_local()) {
            if !waits.contains(&(*id, reader.id)) && !follows_area::is_blocked_by(tx.conn(), reader.id, post.author_id)?
            {
                added.push((reader.id, said.clone()));
            }
        }
    }
    // By whom they are, as everybody who adds to those of several.
    added.sort_by_key(|(owner, said)| (*owner, said.post));
    for (owner, said) in added {
        conversations::add(tx, owner, &said)?;
    }
    Ok(stored.last().map(|(id, _)| *id))
}

/// A post that we have came again for somebody else whom it does not name: they read it too from now on.
pub(super) fn let_in(tx: &mut Tx<'_>, id: PostId, draft: &Draft) -> Result<()> {
    if draft.hidden.is_empty() {
        return Ok(());
    }
    let post = super::get(tx.conn(), id)?;
    let mut readers = mentioned(tx.conn(), id)?;
    readers.extend(hidden_readers(tx.conn(), id)?);
    let new: Vec<ActorId> = draft.hidden.iter().copied().filter(|reader| !readers.contains(reader)).collect();
    if post.audience.is_open() || readers.len() + new.len() > MENTIONS {
        return Ok(());
    }
    let mut kept = Vec::new();
    for reader in &new {
        on_conn!(tx.conn(), |c| diesel::insert_into(mentions::table)
            .values((mentions::post_id.eq(id), mentions::actor_id.eq(*reader), mentions::hidden.eq(true)))
            .on_conflict((mentions::post_id, mentions::actor_id))
            .do_nothing()
            .execute(c))?;
        if notifications::tell_of_mention(tx, *reader, post.author_id, id)? != PolicyAction::Accept {
            kept.push(*reader);
        }
    }
    let entry = Entry { post: id, by: post.author_id, boost: None, reply_to_author: post.reply_to_author_id };
    said::index_again(tx, id)?;
    show_to_named(tx, entry, post.audience, &new, &kept)
}
