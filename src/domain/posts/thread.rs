//! A thread around one of its posts. Anybody can write in it, and say when they did: what is read of a long one is
//! chosen so that nobody hides what ours say, or what the reader came for.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{
    Post, Viewer,
    queries::silenced_by,
    visibility::{limited_to, visible_to},
};
use crate::{
    db::{
        Among, Conn, Timestamp, octet_length,
        schema::{actors, posts},
    },
    domain::{ActorId, PostId},
    error::Result,
};

/// The most posts of a thread that are looked at, for each reason to look at them.
const THREAD: usize = 4096;
/// How many bytes of text are shown of a thread above a post, and below it.
const TEXT: i64 = 2 * 1024 * 1024;
/// How many steps up and down from the post itself are always looked at.
const STEPS: usize = 200;

/// How much of a thread is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    ancestors: usize,
    descendants: usize,
    depth: usize,
}

impl Reach {
    /// As much as Mastodon shows: a thread read by nobody in particular is not an offer to copy it.
    const fn of(viewer: &Viewer) -> Self {
        match viewer {
            Viewer::Local { .. } => Self { ancestors: THREAD, descendants: THREAD, depth: THREAD },
            Viewer::Anonymous | Viewer::Remote(_) => Self { ancestors: 40, descendants: 60, depth: 20 },
        }
    }
}

/// A post of a thread, as much as its place needs.
struct Place {
    parent: Option<PostId>,
    author: ActorId,
    bytes: i64,
    /// By somebody who is limited and whom the reader does not follow.
    limited: bool,
}

/// The columns of a [`Place`], after the id of its post.
type Row = (PostId, Option<PostId>, ActorId, i32, bool);

/// Posts of a thread, oldest first.
type Places = BTreeMap<PostId, Place>;

/// What stands above and below a post in its thread, as far as `viewer` may see and wants to: ancestors from the root
/// down, descendants in reading order without whom the viewer blocks or mutes, or who is limited and whom the viewer does not
/// follow, and what hangs below them. Where there
/// is not room for all, what ours say has the first claim to half of it.
pub fn thread(conn: &mut Conn, viewer: &Viewer, post: &Post, now: Timestamp) -> Result<(Vec<PostId>, Vec<PostId>)> {
    let reach = Reach::of(viewer);
    let silenced = match viewer.actor() {
        Some(me) => silenced_by(conn, me, post.thread_id, now)?,
        None => Vec::new(),
    };
    let places = places(conn, viewer, post)?;
    let ours = ours_among(conn, &places)?;
    let leading = leading_to(&places, &ours, post.id);
    let above = above(&places, post, reach);
    Ok((above, below(&places, post.id, reach, &silenced, &leading)))
}

/// What is looked at: the beginning and the end of the thread, and what is near the post.
fn places(conn: &mut Conn, viewer: &Viewer, post: &Post) -> Result<Places> {
    let half = i64::try_from(THREAD / 2).unwrap_or(i64::MAX);
    let columns =
        || (posts::id, posts::reply_to_id, posts::author_id, octet_length(posts::content), limited_to!(viewer));
    let of_thread = || posts::table.filter(posts::thread_id.eq(post.thread_id)).filter(visible_to(viewer));
    let mut rows: Vec<Row> = of_thread().order(posts::id.asc()).limit(half).select(columns()).load(conn)?;
    // Most threads are shorter.
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= half {
        let newest = of_thread().order(posts::id.desc()).limit(half).select(columns());
        rows.extend(newest.load::<Row>(conn)?);
        let near = near(conn, post.id, half)?;
        let near = posts::table.filter(posts::id.among(near)).filter(visible_to(viewer)).select(columns());
        rows.extend(near.load::<Row>(conn)?);
    }
    let place = |(id, parent, author, bytes, limited)| (id, Place { parent, author, bytes: i64::from(bytes), limited });
    Ok(rows.into_iter().map(place).collect())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// What a post answers, step by step, and `most` of what answers it, the nearest first.
fn near(conn: &mut Conn, post: PostId, most: i64) -> Result<Vec<PostId>> {
    let query = format!(
        "WITH RECURSIVE \
         up(id, parent, step) AS ( \
             SELECT id, reply_to_id, 0 FROM posts WHERE id = {post} \
             UNION SELECT posts.id, posts.reply_to_id, up.step + 1 FROM posts JOIN up ON posts.id = up.parent \
             WHERE up.step < {STEPS}), \
         down(id, step) AS ( \
             SELECT id, 0 FROM posts WHERE id = {post} \
             UNION SELECT posts.id, down.step + 1 FROM posts JOIN down ON posts.reply_to_id = down.id \
             WHERE down.step < {STEPS}) \
         SELECT id FROM up UNION SELECT id FROM (SELECT id FROM down LIMIT {most}) AS nearest",
        post = post.0
    );
    Ok(sql_query(query).load::<Found>(conn)?.into_iter().map(|found| PostId(found.id)).collect())
}

/// Those of ours who wrote in it.
fn ours_among(conn: &mut Conn, places: &Places) -> Result<HashSet<ActorId>> {
    let mut authors: Vec<ActorId> = places.values().map(|place| place.author).collect();
    authors.sort();
    authors.dedup();
    let ours: Vec<ActorId> =
        actors::table.filter(actors::id.among(authors)).filter(actors::host.eq("")).select(actors::id).load(conn)?;
    Ok(ours.into_iter().collect())
}

/// What ours wrote below a post, and everything between.
fn leading_to(places: &Places, ours: &HashSet<ActorId>, post: PostId) -> HashSet<PostId> {
    let (mut leading, mut looked_at) = (HashSet::new(), HashSet::new());
    for (id, _) in places.iter().filter(|(_, place)| ours.contains(&place.author)) {
        let (mut path, mut next) = (Vec::new(), Some(*id));
        while let Some(id) = next {
            if id == post || leading.contains(&id) {
                leading.extend(path);
                break;
            }
            if !looked_at.insert(id) {
                break;
            }
            path.push(id);
            next = places.get(&id).and_then(|place| place.parent);
        }
    }
    leading.remove(&post);
    // What is not shown takes no room.
    leading.retain(|id| places.get(id).is_some_and(|place| !place.limited));
    leading
}

fn above(places: &Places, post: &Post, reach: Reach) -> Vec<PostId> {
    let (mut ancestors, mut seen) = (Vec::new(), HashSet::new());
    let (mut next, mut bytes) = (post.reply_to_id, 0);
    while let Some((id, place)) = next.and_then(|id| Some((id, places.get(&id)?))) {
        bytes += place.bytes;
        if ancestors.len() >= reach.ancestors || bytes > TEXT || !seen.insert(id) {
            break;
        }
        if !place.limited {
            ancestors.push(id);
        }
        next = place.parent;
    }
    ancestors.reverse();
    ancestors
}

fn below(places: &Places, post: PostId, reach: Reach, silenced: &[ActorId], leading: &HashSet<PostId>) -> Vec<PostId> {
    let mut children: HashMap<PostId, Vec<PostId>> = HashMap::new();
    for (id, place) in places {
        if let Some(parent) = place.parent {
            children.entry(parent).or_default().push(*id);
        }
    }
    let kept = leading.len().min(reach.descendants / 2);
    let (mut room, mut text) = (reach.descendants - kept, if kept == 0 { TEXT } else { TEXT / 2 });
    let (mut kept_room, mut kept_text) = (kept, TEXT - text);
    let answers = |id: PostId, depth: usize| children.get(&id).into_iter().flatten().rev().map(move |id| (*id, depth));
    let mut waiting: Vec<(PostId, usize)> = answers(post, 1).collect();
    let (mut descendants, mut seen) = (Vec::new(), HashSet::from([post]));
    while let Some((id, depth)) = waiting.pop() {
        let Some(place) = places.get(&id) else { continue };
        if depth > reach.depth || silenced.contains(&place.author) || !seen.insert(id) {
            continue;
        }
        if place.limited {
            // What others answered to it is theirs.
            waiting.extend(answers(id, depth + 1));
            continue;
        }
        let leads = leading.contains(&id);
        if leads && kept_room > 0 && place.bytes <= kept_text {
            (kept_room, kept_text) = (kept_room - 1, kept_text - place.bytes);
        } else if room > 0 && place.bytes <= text {
            (room, text) = (room - 1, text - place.bytes);
        } else {
            // What comes later does not take its place.
            room = if leads { room } else { 0 };
            continue;
        }
        descendants.push(id);
        waiting.extend(answers(id, depth + 1));
    }
    descendants
}
