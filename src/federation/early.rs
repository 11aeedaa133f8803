//! What is taken back before it comes: a Delete that overtakes its Create, an Undo that overtakes what it undoes. It is
//! remembered for some hours, and only so much of it: anybody can take back what never was.
//!
//! Of somebody of whom nobody here ever heard the key is not here, and a Delete is no reason to fetch it. The signature
//! is kept instead: when the Create comes the key is known, and tells whether the Delete was its author's.

mod room;

use std::time::Duration;

use diesel::prelude::*;

use self::room::{Origin, Room};
use super::{
    activities::{self, Activity},
    fetch::host_in,
    inbox::InboundRequest,
    incoming::values::{self, one_origin},
    received::digest,
};
use crate::{
    app::App,
    db::{Among, Key, Tx, schema::taken_back},
    domain::actors::{self, Actor, ActorKey},
    error::Result,
    net::{PublicKey, signatures::Candidate},
    on_conn,
};

/// For how long: longer than a letter waits here until something is fetched for it.
const REMEMBERED: Duration = Duration::from_secs(12 * 3600);
/// How much one actor, and one host, took back that is remembered: the latest.
const OF_AN_ACTOR: i64 = 100;
const OF_A_HOST: i64 = 1_000;
/// The longest letter, and the longest signature of one, that is kept unchecked, in bytes. Mastodon's letter has 1 KB.
const LETTER: usize = 16 * 1024;
const SIGNATURE: usize = 4 * 1024;
/// How many signatures of one letter are kept: peers sign in two ways at most.
const SIGNATURES: usize = 2;

/// How something was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It was deleted: a post.
    Delete,
    /// It was undone: a like or a boost.
    Undo,
}

/// Whose deed it is counts: nobody takes back what is another's.
fn claim_of(deed: Deed, actor: &str, uri: &str) -> String {
    digest(&format!("{deed:?} {actor} {uri}"))
}

/// What is remembered, the latest last.
macro_rules! checked {
    () => {
        taken_back::table.filter(taken_back::letter.is_null())
    };
}

/// Forgets all but the latest of these.
macro_rules! trim {
    ($tx:expr, $whose:expr, $most:expr) => {{
        let beyond: Option<i64> = checked!()
            .filter($whose)
            .order(taken_back::id.desc())
            .offset($most)
            .select(taken_back::id)
            .first($tx.conn())
            .optional()?;
        if let Some(beyond) = beyond {
            diesel::delete(checked!().filter($whose).filter(taken_back::id.le(beyond))).execute($tx.conn())?;
        }
    }};
}

/// Remembers that `actor` took back what is not here, by a letter whose signature was checked. Said again, it is
/// remembered from then on.
pub fn remember(tx: &mut Tx<'_>, deed: Deed, actor: &str, uri: &str) -> Result<()> {
    let (host, whose) = (host_in(actor), digest(actor));
    let whose_deed = Whose { actor: &whose, host: &host, origin: &Origin::default() };
    if !insert(tx, &claim_of(deed, actor, uri), "", whose_deed, None)? {
        return Ok(());
    }
    trim!(tx, taken_back::actor.eq(&whose), OF_AN_ACTOR);
    trim!(tx, taken_back::host.eq(&host), OF_A_HOST);
    Ok(())
}

/// Who said so, by digests but for the host.
#[derive(Clone, Copy)]
struct Whose<'a> {
    actor: &'a str,
    host: &'a str,
    /// Where an unchecked letter came from.
    origin: &'a Origin,
}

fn insert(tx: &mut Tx<'_>, claim: &str, fingerprint: &str, whose: Whose<'_>, letter: Option<&str>) -> Result<bool> {
    let (id, now) = (tx.new_id(), tx.now());
    let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(taken_back::table)
        .values((
            taken_back::id.eq(id),
            taken_back::claim.eq(claim),
            taken_back::fingerprint.eq(fingerprint),
            taken_back::actor.eq(whose.actor),
            taken_back::host.eq(whose.host),
            taken_back::letter.eq(letter),
            taken_back::created_at.eq(now),
            taken_back::sender.eq(&whose.origin.network),
            taken_back::provider.eq(&whose.origin.provider),
        ))
        .on_conflict((taken_back::claim, taken_back::fingerprint))
        .do_nothing()
        .execute(c))?;
    if inserted == 0 && letter.is_none() {
        diesel::update(checked!().filter(taken_back::claim.eq(claim)))
            .set(taken_back::created_at.eq(now))
            .execute(tx.conn())?;
    }
    Ok(inserted == 1)
}

/// Lets what comes under this id, and what takes it back, come one after the other.
pub fn hold(tx: &mut Tx<'_>, uri: &str) -> Result<()> {
    tx.lock(Key(uri, &[]))
}

/// Whether `actor` took back what comes only now.
pub fn is_taken_back(tx: &mut Tx<'_>, deed: Deed, actor: &Actor, uri: &str) -> Result<bool> {
    let since = tx.now().minus(REMEMBERED);
    let letters: Vec<Option<String>> = taken_back::table
        .filter(taken_back::claim.eq(claim_of(deed, &actor.uri, uri)))
        .filter(taken_back::created_at.gt(since))
        .select(taken_back::letter)
        .load(tx.conn())?;
    if letters.is_empty() || letters.iter().any(Option::is_none) {
        return Ok(!letters.is_empty());
    }
    let keys = actors::keys_of(tx.conn(), actor.id)?;
    Ok(letters.iter().flatten().filter_map(|letter| Candidate::from_kept(letter)).any(|letter| is_by(&keys, &letter)))
}

/// Whether one of these keys made a signature.
fn is_by(keys: &[ActorKey], letter: &Candidate) -> bool {
    keys.iter().filter(|key| key.key_uri == letter.key_id()).any(|key| {
        PublicKey::from_bytes(&key.algorithm, &key.public_key).is_ok_and(|public_key| letter.verify(&public_key))
    })
}

/// A Delete whose signature nobody has checked.
struct Unchecked {
    actor: String,
    host: String,
    uri: String,
    /// Each with its fingerprint.
    signatures: Vec<(String, String)>,
}

impl Unchecked {
    /// Nothing when it is not of a post, or when it could not be its author's whatever the key says.
    fn read(head: &Activity, body: &[u8], candidates: &[Candidate]) -> Option<Self> {
        // Before it is unfolded: nobody has shown who wrote it.
        if body.len() > LETTER {
            return None;
        }
        let whole = activities::parse(values::parse(body).ok()?).ok()?;
        let uri = whole.object_id()?;
        let same = whole.actor == head.actor && whole.verb == head.verb;
        if !same || uri == whole.actor || !one_origin(uri, &whole.actor) {
            return None;
        }
        let signatures: Vec<_> = candidates
            .iter()
            .filter(|candidate| one_origin(candidate.key_id(), &whole.actor))
            .filter_map(|candidate| Some((candidate.fingerprint(), candidate.keep()?)))
            .filter(|(_, signature)| signature.len() <= SIGNATURE)
            .take(SIGNATURES)
            .collect();
        let (host, uri) = (host_in(&whole.actor), uri.to_owned());
        Some(Self { actor: whole.actor, host, uri, signatures }).filter(|read| !read.signatures.is_empty())
    }
}

/// Keeps the Delete of a post by somebody who is not known here, while there is room. Answers whether they have become
/// known at this moment, so that it can be checked.
pub async fn keep_unchecked(
    app: &App,
    head: &Activity,
    request: InboundRequest<'_>,
    candidates: &[Candidate],
) -> Result<bool> {
    let Some(delete) = Unchecked::read(head, request.body, candidates) else { return Ok(false) };
    let (origin, wanted) = (Origin::of(app, request.from), delete.signatures.len());
    let (host, from, since) = (delete.host.clone(), origin.clone(), app.db.now().minus(REMEMBERED));
    // What is full costs no write.
    if app.db.read(move |conn| room::find(conn, &host, &from, wanted, since)).await? == Room::Full {
        return Ok(false);
    }
    app.db
        .write(move |tx| {
            // Its Create may be arriving at this moment.
            hold(tx, &delete.uri)?;
            if actors::find_by_uri(tx.conn(), &delete.actor)?.is_some_and(|actor| actor.deleted_at.is_none()) {
                return Ok(true);
            }
            let (claim, whose) = (claim_of(Deed::Delete, &delete.actor, &delete.uri), digest(&delete.actor));
            // Others may have come meanwhile. Those who look at this moment do not see each other's: that is a few too
            // many, as many as there are connections to the database, and whoever comes next frees their places too. A
            // lock would let everybody who forges letters keep those connections waiting.
            match room::find(tx.conn(), &delete.host, &origin, wanted, since)? {
                Room::Free => {}
                Room::InPlaceOf(others, count) => room::free(tx, &others, count, since)?,
                Room::Full => return Ok(false),
            }
            let whose = Whose { actor: &whose, host: &delete.host, origin: &origin };
            for (fingerprint, signature) in &delete.signatures {
                insert(tx, &claim, fingerprint, whose, Some(signature))?;
            }
            Ok(false)
        })
        .await
}

/// Forgets up to `limit` things that were taken back and did not come; answers how many.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let old: Vec<i64> = taken_back::table
        .filter(taken_back::created_at.le(tx.now().minus(REMEMBERED)))
        .order(taken_back::created_at)
        .limit(limit)
        .select(taken_back::id)
        .load(tx.conn())?;
    Ok(diesel::delete(taken_back::table.filter(taken_back::id.among(old))).execute(tx.conn())?)
}
