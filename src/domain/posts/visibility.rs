//! Who may see a post, and whom it is addressed to: decided here and nowhere else.

use std::collections::HashMap;

use diesel::{BoxableExpression, dsl, prelude::*, sql_types::Bool};

use super::{Audience, Boost, EntryRef, FederablePost, Post, hidden_readers, mentioned};
use crate::{
    db::{
        Among, Conn, MultiBackend,
        schema::{actors, blocks, boosts, follows, mentions, posts, refused_actors},
    },
    domain::{ActorId, BoostId, PostId, TeamId, accounts, org},
    error::Result,
};

/// Who is looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody that we know.
    Anonymous,
    /// An actor of another server, proven by a signature.
    Remote(ActorId),
    /// One of our own.
    Local {
        /// Whom they act as.
        actor: ActorId,
        /// Whether that is an employee's own actor.
        employee: bool,
        /// Whether that is the own actor of somebody who is no employee. Only employees act as brands.
        guest: bool,
        /// The teams that they are in.
        teams: Vec<TeamId>,
    },
}

impl Viewer {
    /// One of our own, with what their place in the company lets them see.
    pub fn local(conn: &mut Conn, actor: ActorId) -> Result<Self> {
        let behind = accounts::employee_behind(conn, actor)?;
        let (employee, guest) = (behind == Some(true), behind == Some(false));
        let teams = if employee { org::teams_of(conn, actor)? } else { Vec::new() };
        Ok(Self::Local { actor, employee, guest, teams })
    }

    /// The actor that looks, when it is known.
    pub fn actor(&self) -> Option<ActorId> {
        match self {
            Self::Anonymous => None,
            Self::Remote(actor) | Self::Local { actor, .. } => Some(*actor),
        }
    }
}

/// A condition on the table `posts`.
pub type Condition = Box<dyn BoxableExpression<posts::table, MultiBackend, SqlType = Bool>>;

/// The condition under which a row of `posts` may be shown to `viewer`.
///
/// Open posts: everybody. Followers: the author's accepted followers. Direct: those mentioned, openly or hidden.
/// Company: employees. Team: its members. Always: the author, but of internal posts only while they are an employee.
/// Never: whoever the author blocks, and nobody while the author is suspended or the author's server is blocked here.
pub fn visible_to(viewer: &Viewer) -> Condition {
    let active = actors::table
        .filter(actors::id.eq(posts::author_id))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .filter(dsl::not(actors::id.eq_any(refused_actors::table.select(refused_actors::actor_id))));
    let active = dsl::exists(active);
    let open = posts::audience.among([Audience::Public, Audience::Unlisted]);
    let Some(me) = viewer.actor() else { return Box::new(open.and(active)) };
    let following = follows::table
        .filter(follows::follower_id.eq(me))
        .filter(follows::target_id.eq(posts::author_id))
        .filter(follows::state.eq("accepted"));
    let mentioned = mentions::table.filter(mentions::post_id.eq(posts::id)).filter(mentions::actor_id.eq(me));
    let blocked = blocks::table.filter(blocks::actor_id.eq(posts::author_id)).filter(blocks::target_id.eq(me));
    let outside = open.or(posts::audience.eq(Audience::Followers).and(dsl::exists(following))).or(posts::audience
        .among([Audience::Followers, Audience::Direct, Audience::Space])
        .and(dsl::exists(mentioned)));
    let (employee, teams) = match viewer {
        Viewer::Local { employee, teams, .. } => (*employee, teams.clone()),
        Viewer::Anonymous | Viewer::Remote(_) => (false, Vec::new()),
    };
    let mut inside: Condition = Box::new(dsl::sql::<Bool>("1 = 0"));
    if employee {
        inside = Box::new(
            posts::audience
                .eq(Audience::Company)
                .or(posts::audience.eq(Audience::Team).and(posts::team_id.assume_not_null().among(teams))),
        );
    }
    let mut own: Condition = Box::new(posts::author_id.eq(me));
    if matches!(viewer, Viewer::Local { guest: true, .. }) {
        own = Box::new(posts::author_id.eq(me).and(posts::audience.ne_all([Audience::Company, Audience::Team])));
    }
    Box::new(active.and(own.or(dsl::not(dsl::exists(blocked)).and(outside.or(inside)))))
}

/// A condition on the table `boosts`.
pub type BoostCondition = Box<dyn BoxableExpression<boosts::table, MultiBackend, SqlType = Bool>>;

/// The condition under which `viewer` may know that somebody boosted; whether they may see the post is another
/// question, which [`visible_to`] answers.
///
/// Open boosts: everybody. Others: the booster's accepted followers. Always: the booster. Never: whoever the booster
/// blocks, and nobody while the booster is suspended or the booster's server is blocked here.
pub fn boost_visible_to(viewer: &Viewer) -> BoostCondition {
    let active = actors::table
        .filter(actors::id.eq(boosts::actor_id))
        .filter(actors::suspended_at.is_null())
        .filter(actors::deleted_at.is_null())
        .filter(dsl::not(actors::id.eq_any(refused_actors::table.select(refused_actors::actor_id))));
    let active = dsl::exists(active);
    let open = boosts::audience.among([Audience::Public, Audience::Unlisted]);
    let Some(me) = viewer.actor() else { return Box::new(open.and(active)) };
    let following = follows::table
        .filter(follows::follower_id.eq(me))
        .filter(follows::target_id.eq(boosts::actor_id))
        .filter(follows::state.eq("accepted"));
    let blocked = blocks::table.filter(blocks::actor_id.eq(boosts::actor_id)).filter(blocks::target_id.eq(me));
    let told = dsl::not(dsl::exists(blocked)).and(open.or(dsl::exists(following)));
    Box::new(active.and(boosts::actor_id.eq(me).or(told)))
}

/// The boost of this id as far as `viewer` may know of it.
pub fn find_visible_boost(conn: &mut Conn, viewer: &Viewer, id: BoostId) -> Result<Option<Boost>> {
    Ok(boosts::table
        .filter(boosts::id.eq(id))
        .filter(boost_visible_to(viewer))
        .select(Boost::as_select())
        .first(conn)
        .optional()?)
}

/// Those of these entries of a list that `viewer` may see, in the order given: the post, and the boost where it is
/// there through one. Two queries at most.
pub fn keep_entries(conn: &mut Conn, viewer: &Viewer, entries: &[EntryRef]) -> Result<Vec<EntryRef>> {
    let ids: Vec<PostId> = entries.iter().map(|entry| entry.post).collect();
    let posts = keep_visible(conn, viewer, &ids)?;
    let through: Vec<BoostId> = entries.iter().filter_map(|entry| entry.boost).collect();
    let boosts: Vec<BoostId> = if through.is_empty() {
        Vec::new()
    } else {
        boosts::table
            .filter(boosts::id.among(through))
            .filter(boost_visible_to(viewer))
            .select(boosts::id)
            .load(conn)?
    };
    let shown =
        |entry: &&EntryRef| posts.contains(&entry.post) && entry.boost.is_none_or(|boost| boosts.contains(&boost));
    Ok(entries.iter().filter(shown).copied().collect())
}

/// Whether `viewer` may see this post.
pub fn may_see(conn: &mut Conn, viewer: &Viewer, post: &Post) -> Result<bool> {
    Ok(!keep_visible(conn, viewer, &[post.id])?.is_empty())
}

/// Those of these posts that `viewer` may see, in no order.
pub fn keep_visible(conn: &mut Conn, viewer: &Viewer, ids: &[PostId]) -> Result<Vec<PostId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(posts::table.filter(posts::id.among(ids.to_vec())).filter(visible_to(viewer)).select(posts::id).load(conn)?)
}

/// Those of these posts that `viewer` may see, by their URIs.
pub fn visible_by_uri(conn: &mut Conn, viewer: &Viewer, uris: Vec<String>) -> Result<HashMap<String, PostId>> {
    let uris: Vec<Option<String>> = uris.into_iter().map(Some).collect();
    let found: Vec<(Option<String>, PostId)> = posts::table
        .filter(posts::uri.among(uris))
        .filter(visible_to(viewer))
        .select((posts::uri, posts::id))
        .load(conn)?;
    Ok(found.into_iter().filter_map(|(uri, id)| Some((uri?, id))).collect())
}

/// Of a post, in a query: its author is limited, and `viewer` neither follows them nor is them.
macro_rules! limited_to {
    ($viewer:expr) => {{
        use diesel::{dsl, prelude::*};

        use $crate::db::schema::{follows, limited_actors, posts};
        // Nobody has this number.
        let me = $viewer.actor().unwrap_or($crate::domain::ActorId(0));
        let followed = follows::table
            .filter(follows::follower_id.eq(me))
            .filter(follows::target_id.eq(posts::author_id))
            .filter(follows::state.eq("accepted"));
        dsl::exists(limited_actors::table.find(posts::author_id))
            .and(posts::author_id.ne(me))
            .and(dsl::not(dsl::exists(followed)))
    }};
}
pub(in crate::domain::posts) use limited_to;

/// Those of these posts that `viewer` may see and comes upon: not those of who is limited and whom they do not follow.
pub fn keep_met(conn: &mut Conn, viewer: &Viewer, ids: &[PostId]) -> Result<Vec<PostId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(posts::table
        .filter(posts::id.among(ids.to_vec()))
        .filter(visible_to(viewer))
        .filter(dsl::not(limited_to!(viewer)))
        .select(posts::id)
        .load(conn)?)
}

/// Those of these posts that are not for everybody, in no order.
pub fn not_open_among(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<PostId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(posts::table
        .filter(posts::id.among(ids.to_vec()))
        .filter(posts::audience.ne_all([Audience::Public, Audience::Unlisted]))
        .select(posts::id)
        .load(conn)?)
}

/// Whom a post is addressed to on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The public address is in `to` (public) or in `cc` (unlisted), or nowhere.
    pub audience: Audience,
    /// The author's followers are addressed.
    pub followers: bool,
    /// Those addressed by name: the mentioned, and whoever is answered where the post is open.
    pub actors: Vec<ActorId>,
    /// Those who get it without being named in it.
    pub hidden: Vec<ActorId>,
}

/// Whom a post of ours is addressed to. What is shown as its reach, written into `to` and `cc`, and delivered,
/// all comes from here. Takes only what may leave.
pub fn reach(conn: &mut Conn, post: &FederablePost) -> Result<Reach> {
    let (mentioned, hidden) = (mentioned(conn, post.id)?, hidden_readers(conn, post.id)?);
    Ok(reach_of(post, mentioned, hidden))
}

/// The same, when it is known whom the post mentions, and who gets it without being named in it.
pub fn reach_of(post: &FederablePost, mentioned: Vec<ActorId>, hidden: Vec<ActorId>) -> Reach {
    let mut actors = mentioned;
    if post.audience.is_open() {
        actors.extend(post.reply_to_author_id);
    }
    actors.retain(|actor| *actor != post.author_id);
    actors.sort();
    actors.dedup();
    Reach { audience: post.audience, followers: addresses_followers(post.audience), actors, hidden }
}

/// Whether posts of this audience go to the author's followers.
pub const fn addresses_followers(audience: Audience) -> bool {
    matches!(audience, Audience::Public | Audience::Unlisted | Audience::Followers)
}
