//! Who wrote to one of ours and has no answer yet.

use std::{collections::BTreeSet, time::Duration};

use diesel::{dsl, prelude::*};

use crate::{
    db::{
        Among, Conn, Timestamp,
        schema::{accounts, actors, authorship, blocks, mentions, notifications, posts, refused_actors},
    },
    domain::{
        ActorId, PostId, accounts::AccountKind, actors::ActorKind, notifications::NotificationKind, posts::Audience,
    },
    error::Result,
};

/// How long somebody is taken to wait: after two weeks nobody does any more.
const WITHIN: Duration = Duration::from_secs(14 * 24 * 3600);
/// What only people here may read.
const INSIDE: [Audience; 2] = [Audience::Company, Audience::Team];
/// How many posts without an answer are looked at, those that wait longest first.
const LOOKED_AT: i64 = 200;

/// Who waits for an answer of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many people, as far as they were counted.
    pub people: usize,
    /// The post that waits longest, and when it was written.
    pub longest: Option<(PostId, Timestamp)>,
}

/// Who wrote to `owner` from outside within two weeks, or answered a brand where `owner` looks after the answers, and was
/// answered by nobody: neither by `owner` nor by a brand or somebody who works here, in the same thread and after it, by an
/// answer to this post or one that names who wrote it. What only people here may read answers nobody. Only what `owner` was
/// told of counts, and of what was written by programs, by people who work here, by our brands, and by those who are
/// blocked nothing. Who neither works here nor is a brand owes an answer to nobody but who wrote to them alone. Two queries.
pub fn waiting(conn: &mut Conn, owner: ActorId, now: Timestamp) -> Result<Waiting> {
    let answer = diesel::alias!(posts as answer);
    let staff = || accounts::table.filter(accounts::kind.eq(AccountKind::Employee)).select(accounts::actor_id);
    let own: Option<AccountKind> =
        accounts::table.filter(accounts::actor_id.eq(owner)).select(accounts::kind).first(conn).optional()?;
    let ours = || authorship::table.select(authorship::post_id);
    let author = answer.field(posts::author_id);
    let names = mentions::table
        .filter(mentions::post_id.eq(answer.field(posts::id)))
        .filter(mentions::actor_id.eq(posts::author_id));
    let answered = answer
        .filter(answer.field(posts::thread_id).eq(posts::thread_id))
        .filter(answer.field(posts::id).gt(posts::id))
        .filter(dsl::not(answer.field(posts::audience).among(INSIDE)))
        .filter(author.eq(owner).or(author.eq_any(staff())).or(answer.field(posts::id).eq_any(ours())))
        .filter(answer.field(posts::reply_to_id).eq(posts::id.nullable()).or(dsl::exists(names)));
    let blocked = blocks::table.filter(blocks::actor_id.eq(owner)).filter(blocks::target_id.eq(posts::author_id));
    let mut found = notifications::table
        .inner_join(posts::table.on(posts::id.nullable().eq(notifications::post_id)))
        .inner_join(actors::table.on(actors::id.eq(posts::author_id)))
        .filter(notifications::owner_id.eq(owner))
        .filter(notifications::kind.eq(NotificationKind::Mention))
        .filter(notifications::filtered.eq(false))
        .filter(notifications::created_at.ge(now.minus(WITHIN)))
        .filter(dsl::not(posts::audience.among(INSIDE)))
        .filter(actors::kind.among([ActorKind::Person, ActorKind::Organization]))
        .filter(actors::suspended_at.is_null())
        .filter(dsl::not(actors::id.eq_any(refused_actors::table.select(refused_actors::actor_id))))
        .filter(dsl::not(dsl::exists(blocked)))
        .filter(dsl::not(dsl::exists(answered)))
        .order(notifications::id.asc())
        .limit(LOOKED_AT)
        .select((posts::author_id, posts::id, posts::published_at))
        .into_boxed();
    found = if own.is_some_and(|kind| kind != AccountKind::Employee) {
        found.filter(posts::audience.eq(Audience::Direct))
    } else {
        let our_brand = actors::host.eq("").and(actors::kind.eq(ActorKind::Organization));
        found.filter(dsl::not(posts::author_id.eq_any(staff()))).filter(dsl::not(our_brand))
    };
    let found: Vec<(ActorId, PostId, Timestamp)> = found.load(conn)?;
    let people: BTreeSet<ActorId> = found.iter().map(|(author, ..)| *author).collect();
    Ok(Waiting { people: people.len(), longest: found.first().map(|(_, post, at)| (*post, *at)) })
}
