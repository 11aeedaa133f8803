//! Looking requests up, and letting go of them.

use std::time::Duration;

use diesel::prelude::*;

use super::{
    CopyState, Person, PublishRequest,
    answer::not_asked,
    ask::said,
    people::{Everybody, cast, sees},
};
use crate::{
    db::{
        Among, Conn, Timestamp, Tx,
        schema::{accounts as accounts_table, publish_consents, publish_requests},
    },
    domain::{
        AccountId, ActorId, MediaId, Page, PostId, PublishRequestId, Site, accounts,
        actors::{self, Actor},
        media::{self, Media},
        posts::{self, Post},
    },
    error::{Error, Result},
    text,
};

/// Among how many it is counted what waits.
const COUNTED: i64 = 100;

/// What is said where there is no request that somebody may read.
pub(super) fn missing() -> Error {
    Error::not_found("copy.not_found", "There is no such request.")
}

/// A request by id.
pub fn find(conn: &mut Conn, id: PublishRequestId) -> Result<Option<PublishRequest>> {
    Ok(publish_requests::table.find(id).select(PublishRequest::as_select()).first(conn).optional()?)
}

/// A request that somebody may read: they asked, or they are asked and may read the original. Not found for everybody
/// else.
pub fn get(conn: &mut Conn, person: &Person, id: PublishRequestId) -> Result<PublishRequest> {
    let request = find(conn, id)?.ok_or_else(missing)?;
    if request.account_id == person.account || is_asked(conn, person, &request)? {
        return Ok(request);
    }
    Err(missing())
}

/// One that somebody asked for themselves; who is asked does not handle it otherwise.
pub(super) fn get_own(conn: &mut Conn, person: &Person, id: PublishRequestId) -> Result<PublishRequest> {
    let request = get(conn, person, id)?;
    if request.account_id == person.account {
        return Ok(request);
    }
    let told = "Only whoever asked for this copy changes or withdraws it. You can decline it.";
    Err(Error::forbidden("copy.not_yours", told))
}

/// One that somebody is asked about; whoever asked for it cannot answer for others.
pub(super) fn get_asked(conn: &mut Conn, person: &Person, id: PublishRequestId) -> Result<PublishRequest> {
    let request = get(conn, person, id)?;
    if is_asked(conn, person, &request)? { Ok(request) } else { Err(not_asked()) }
}

/// Whether somebody must agree to a copy, for themselves or for a brand, and may read the original.
fn is_asked(conn: &mut Conn, person: &Person, request: &PublishRequest) -> Result<bool> {
    let mine = accounts::answers_for(conn, person.account, person.own)?;
    let asked = publish_consents::table
        .filter(publish_consents::request_id.eq(request.id))
        .filter(publish_consents::actor_id.among(mine));
    if !diesel::select(diesel::dsl::exists(asked)).get_result::<bool>(conn)? {
        return Ok(false);
    }
    match request.source_id.map(|id| posts::find(conn, id)).transpose()?.flatten() {
        Some(source) => sees(conn, person.own, &source),
        None => Ok(false),
    }
}

/// Whether somebody is asked for their consent and has not answered, and where they are told so.
pub fn waits_for(conn: &mut Conn, account: AccountId, id: PublishRequestId) -> Result<Option<String>> {
    let somebody = accounts::get(conn, account)?;
    let (true, Some(address)) = (somebody.is_active(), somebody.email) else { return Ok(None) };
    let person = Person { account, own: somebody.actor_id };
    let Some(request) = find(conn, id)?.filter(|request| request.state == CopyState::Waiting) else { return Ok(None) };
    if !is_asked(conn, &person, &request)? {
        return Ok(None);
    }
    let mine = accounts::answers_for(conn, account, person.own)?;
    let open = publish_consents::table
        .filter(publish_consents::request_id.eq(id))
        .filter(publish_consents::actor_id.among(mine))
        .filter(publish_consents::content_hash.is_null());
    Ok(diesel::select(diesel::dsl::exists(open)).get_result::<bool>(conn)?.then_some(address))
}

/// How many requests, among the latest that wait, ask somebody for their consent.
pub fn waiting_for(conn: &mut Conn, person: &Person) -> Result<usize> {
    let open = publish_consents::table
        .filter(publish_consents::actor_id.among(accounts::answers_for(conn, person.account, person.own)?))
        .filter(publish_consents::content_hash.is_null())
        .select(publish_consents::request_id);
    let sources: Vec<Option<PostId>> = publish_requests::table
        .filter(publish_requests::state.eq(CopyState::Waiting))
        .filter(publish_requests::id.eq_any(open))
        .order(publish_requests::id.desc())
        .limit(COUNTED)
        .select(publish_requests::source_id)
        .load(conn)?;
    let sources: Vec<PostId> = sources.into_iter().flatten().collect();
    if sources.is_empty() {
        return Ok(0);
    }
    let viewer = posts::Viewer::local(conn, person.own)?;
    let seen = posts::keep_visible(conn, &viewer, &sources)?;
    Ok(sources.iter().filter(|source| seen.contains(source)).count())
}

/// A page of the requests that somebody may read, newest first, in one state or in any.
pub fn list(conn: &mut Conn, person: &Person, state: Option<CopyState>, page: &Page) -> Result<Vec<PublishRequest>> {
    let (above, below) = page.bounds();
    let asked = publish_consents::table
        .filter(publish_consents::actor_id.among(accounts::answers_for(conn, person.account, person.own)?))
        .select(publish_consents::request_id);
    let mut query = publish_requests::table
        .filter(publish_requests::account_id.eq(person.account).or(publish_requests::id.eq_any(asked)))
        .filter(publish_requests::id.gt(PublishRequestId(above)))
        .filter(publish_requests::id.lt(PublishRequestId(below)))
        .limit(page.limit)
        .select(PublishRequest::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(publish_requests::state.eq(state));
    }
    query =
        if page.upwards() { query.order(publish_requests::id.asc()) } else { query.order(publish_requests::id.desc()) };
    let mut found: Vec<PublishRequest> = query.load(conn)?;
    if page.upwards() {
        found.reverse();
    }
    let sources: Vec<_> = found.iter().filter_map(|request| request.source_id).collect();
    let viewer = posts::Viewer::local(conn, person.own)?;
    let seen = posts::keep_visible(conn, &viewer, &sources)?;
    let readable = |request: &PublishRequest| {
        request.account_id == person.account || request.source_id.is_some_and(|source| seen.contains(&source))
    };
    found.retain(readable);
    Ok(found)
}

/// A request with all that is shown of it.
#[derive(Debug, Clone)]
pub struct CopyView {
    /// The request.
    pub request: PublishRequest,
    /// The original, where the reader may read it.
    pub source: Option<Post>,
    /// Who asked for it.
    pub asker: Option<Actor>,
    /// As whom it is published.
    pub speaker: Option<Actor>,
    /// Who must agree, and whether they agreed to what it says now.
    pub consents: Vec<(Actor, bool)>,
    /// Who of the original is not named any more.
    pub removed: Vec<Actor>,
    /// Whether the reader has to answer.
    pub asks_reader: bool,
    /// What became of the words.
    pub diff: Vec<(text::Kept, String)>,
    /// Its files, in their order, for whoever asked; for who is asked as long as it may be published, or is.
    pub files: Vec<Media>,
    /// Where the post that came of it is.
    pub post_url: Option<String>,
}

/// For what requests are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// For one by itself, whole.
    Alone,
    /// For a list: of those that became something, or nothing, the words are not compared any more.
    InList,
}

/// What is shown of requests to somebody who may read them.
pub fn view(
    conn: &mut Conn,
    site: &Site,
    person: &Person,
    found: Vec<PublishRequest>,
    shown: Shown,
) -> Result<Vec<CopyView>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (mine, viewer) =
        (accounts::answers_for(conn, person.account, person.own)?, posts::Viewer::local(conn, person.own)?);
    let ids: Vec<PublishRequestId> = found.iter().map(|request| request.id).collect();
    let sources: Vec<_> = found.iter().filter_map(|request| request.source_id).collect();
    let seen = posts::keep_visible(conn, &viewer, &sources)?;
    let sources = posts::get_many(conn, &seen)?;
    let everybody = Everybody::read(conn, &sources)?;
    let uploads: Vec<MediaId> = found.iter().flat_map(|request| request.wish.0.media.iter().copied()).collect();
    let uploads = media::find_many(conn, &uploads)?;
    let published: Vec<_> = found.iter().filter_map(|request| request.post_id).collect();
    let published = posts::get_many(conn, &published)?;
    let asked: Vec<(PublishRequestId, ActorId, Option<String>)> = publish_consents::table
        .filter(publish_consents::request_id.among(ids))
        .order((publish_consents::request_id, publish_consents::actor_id))
        .select((publish_consents::request_id, publish_consents::actor_id, publish_consents::content_hash))
        .load(conn)?;
    let askers: Vec<AccountId> = found.iter().map(|request| request.account_id).collect();
    let askers: Vec<(AccountId, ActorId)> = accounts_table::table
        .filter(accounts_table::id.among(askers))
        .select((accounts_table::id, accounts_table::actor_id))
        .load(conn)?;
    let people: Vec<ActorId> = found
        .iter()
        .map(|request| request.actor_id)
        .chain(asked.iter().map(|(_, actor, _)| *actor))
        .chain(askers.iter().map(|(_, actor)| *actor))
        .collect();
    let people = actors::get_many(conn, &people)?;
    let somebody = |id: ActorId| people.iter().find(|actor| actor.id == id).cloned();
    let mut views = Vec::with_capacity(found.len());
    for request in found {
        let source = sources.iter().find(|post| Some(post.id) == request.source_id).cloned();
        let (mut removed, mut diff) = (Vec::new(), Vec::new());
        let upload = |id: &MediaId| uploads.iter().find(|upload| upload.id == *id).cloned();
        let mut files: Vec<Media> = request.wish.0.media.iter().filter_map(upload).collect();
        if let Some(source) = &source {
            let copy = said(&request.wish.0, &files);
            removed = cast(site, source, &everybody, (request.actor_id, &copy)).removed;
            if shown == Shown::Alone || request.state.is_open() {
                diff = text::diff(&posts::wording(source), &request.wish.0.text);
            }
        }
        // What came of nothing is the asker's again, who hangs it on something else.
        if request.account_id != person.account && matches!(request.state, CopyState::Declined | CopyState::Withdrawn) {
            files.clear();
        }
        let of_this = || asked.iter().filter(|(id, ..)| *id == request.id);
        let agrees = |hash: &Option<String>| hash.as_ref() == Some(&request.content_hash);
        let asks_reader = request.state == CopyState::Waiting
            && of_this().any(|(_, actor, hash)| mine.contains(actor) && !agrees(hash));
        let post = published.iter().find(|post| Some(post.id) == request.post_id);
        let asker = askers.iter().find(|(account, _)| *account == request.account_id);
        views.push(CopyView {
            asker: asker.and_then(|(_, actor)| somebody(*actor)),
            consents: of_this().filter_map(|(_, actor, hash)| Some((somebody(*actor)?, agrees(hash)))).collect(),
            speaker: somebody(request.actor_id),
            post_url: post.and_then(|post| post.url.clone()),
            source,
            removed,
            asks_reader,
            diff,
            files,
            request,
        });
    }
    Ok(views)
}

/// Forgets what somebody who goes asked for, and that they were asked.
pub fn forget_all_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    let own = accounts_table::table.filter(accounts_table::actor_id.eq(actor)).select(accounts_table::id);
    let theirs = publish_requests::actor_id.eq(actor).or(publish_requests::account_id.eq_any(own));
    diesel::delete(publish_requests::table.filter(theirs)).execute(tx.conn())?;
    diesel::delete(publish_consents::table.filter(publish_consents::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}

/// Forgets up to `limit` requests of which nothing came, or whose post is gone; answers how many.
pub fn prune(tx: &mut Tx<'_>, older_than: Duration, limit: i64) -> Result<usize> {
    let before: Timestamp = tx.now().minus(older_than);
    let closed = publish_requests::state.among([CopyState::Declined, CopyState::Withdrawn]);
    let gone = publish_requests::state.eq(CopyState::Published).and(publish_requests::post_id.is_null());
    let old: Vec<PublishRequestId> = publish_requests::table
        .filter(closed.or(gone))
        .filter(publish_requests::updated_at.lt(before))
        .order(publish_requests::updated_at)
        .limit(limit)
        .select(publish_requests::id)
        .load(tx.conn())?;
    Ok(diesel::delete(publish_requests::table.filter(publish_requests::id.among(old))).execute(tx.conn())?)
}
