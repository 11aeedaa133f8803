//! From raw bytes to an effect: what costs nothing is judged first, the network only when it must be, and 202 is
//! said only after the commit.

use std::{net::IpAddr, time::Duration};

use super::{
    activities::{self, Activity, Applied, Need, Verb},
    backlog, delivery, early,
    fetch::{self, host_in},
    incoming::{outline, values::one_origin},
    keys::RemoteKey,
    received,
};
use crate::{
    app::App,
    db::Tx,
    domain::{ActorId, actors, work::Job},
    error::{Error, Kind, Result},
    net::{
        content_type,
        signatures::{self, Candidate, Expectations, RequestParts, proof},
    },
    telemetry,
};
use http::HeaderMap;

/// The largest activity that is read, and the largest body of any request, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// How old a proof may be under which somebody passes an activity on: less than we remember what arrived.
const PROOF_AGE: Duration = Duration::from_secs(14 * 24 * 3600);
/// The code of the error when an actor is gone whose key was remembered.
const FORGOTTEN: &str = "actor.forgotten";
/// How far clocks may differ.
const SKEW: Duration = Duration::from_secs(3600);

/// A POST to an inbox, as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct InboundRequest<'a> {
    /// Such as `/ap/inbox`.
    pub path_and_query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The raw body.
    pub body: &'a [u8],
    /// Whose inbox it is, when it is not everybody's.
    pub owner: Option<ActorId>,
    /// Where it comes from; nothing where it came over no network.
    pub from: Option<IpAddr>,
}

/// What was done with an activity that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It had its effect, now or before.
    Applied,
    /// It is stored, and its effect follows.
    Stored,
    /// It is right, and none of our business.
    Ignored,
}

/// Takes an activity in. An `Ok` means 202: what had to be kept is committed.
pub async fn receive(app: &App, request: InboundRequest<'_>) -> Result<Outcome> {
    let outcome = take_in(app, request).await;
    count(&outcome);
    outcome
}

/// Refuses by its head what is no letter: nothing has to be read of its body.
pub fn check_head(headers: &HeaderMap) -> Result<()> {
    let refused = check_form(headers).map(|()| Outcome::Ignored);
    if refused.is_err() {
        count(&refused);
    }
    refused.map(|_| ())
}

fn count(outcome: &Result<Outcome>) {
    let label = match outcome {
        Ok(Outcome::Applied) => "applied",
        Ok(Outcome::Stored) => "stored",
        Ok(Outcome::Ignored) => "ignored",
        Err(error) if error.kind() == Kind::Unauthorized => "unsigned",
        Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::Internal) => "failed",
        Err(_) => "refused",
    };
    metrics::counter!(telemetry::INBOX, "outcome" => label).increment(1);
}

async fn take_in(app: &App, request: InboundRequest<'_>) -> Result<Outcome> {
    let candidates = signatures_of(app, "POST", request.path_and_query, request.headers, request.body)?;
    for candidate in &candidates {
        refuse_blocked(app, candidate.key_id())?;
    }
    // Until it is known who signed it, no more of it is read.
    let outline = outline::read(request.body).map_err(|_| activities::no_json())?;
    let head = activities::parse(outline)?;
    refuse_blocked(app, &head.actor)?;
    if matches!(head.verb, Verb::Delete | Verb::Update) && never_seen(app, &head, &candidates).await? {
        let met_now = head.verb == Verb::Delete && early::keep_unchecked(app, &head, request, &candidates).await?;
        if !met_now {
            return Ok(Outcome::Ignored);
        }
    }
    // Somebody else's key needs the actor's own proof; without one, not even the key is looked at.
    let own = |candidate: &Candidate| one_origin(candidate.key_id(), &head.actor);
    if !candidates.iter().any(own) && head.document.get("proof").is_none() {
        return Err(stranger());
    }
    let (signer, fingerprint) = verify(app, &candidates).await?;
    app.key_fetches.heard_from(&signer.actor_uri);
    app.limits.inbox(&host_in(&signer.actor_uri))?;
    let carried = signer.actor_uri != head.actor;
    let author = if carried { vouched(app, &head, request.body).await? } else { signer };
    let _unfolded = app.may_unfold(request.body.len()).await?;
    let (mut activity, body) = activities::open(request.body).await?;
    // Two readers of one text that differ: then nobody knows whose signature was checked.
    if activity.actor != head.actor || activity.uri != head.uri || activity.verb != head.verb {
        return Err(Error::malformed("activity.actor", "The activity names too many actors."));
    }
    // Whoever passes on what another did does not decide who reads it.
    activity.inbox = request.owner.filter(|_| !carried);
    let outcome = apply(app, Letter { activity, carried, fingerprint, body }).await;
    if outcome.as_ref().is_err_and(|error| error.code() == FORGOTTEN) {
        app.remote_keys.forget_actor(author.actor.0);
    }
    outcome
}

/// An activity with what proved it.
struct Letter {
    activity: Activity,
    /// Somebody else passed it on.
    carried: bool,
    /// Of the signature under which it came.
    fingerprint: String,
    body: String,
}

fn refuse_blocked(app: &App, uri: &str) -> Result<()> {
    if app.refuses(&host_in(uri)) {
        return Err(Error::forbidden("server.blocked", "This server does not talk with yours."));
    }
    Ok(())
}

fn check_form(headers: &HeaderMap) -> Result<()> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !matches!(header(http::header::CONTENT_ENCODING).to_ascii_lowercase().as_str(), "" | "identity") {
        return Err(Error::unsupported("activity.encoding", "Send activities without Content-Encoding."));
    }
    let kind = header(http::header::CONTENT_TYPE);
    let plain_ld = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"));
    if !content_type::is_activity(kind) && !plain_ld {
        return Err(Error::unsupported("activity.type", "Send activities as application/activity+json."));
    }
    if !headers.contains_key("signature") {
        return Err(Error::unauthorized("signature.invalid", "The request is not signed."));
    }
    Ok(())
}

/// The signatures of a request to us that only their keys can still refuse.
pub(super) fn signatures_of(
    app: &App,
    method: &str,
    path_and_query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Vec<Candidate>> {
    let (scheme, host) = app.site.base_url.split_once("://").unwrap_or(("https", app.site.base_url.as_str()));
    let hosts = [host.to_owned()];
    let parts = RequestParts { method, path_and_query, headers, body };
    signatures::parse(&parts, &Expectations { hosts: &hosts, scheme, now: app.db.now() })
}

/// Whether a Delete or Update comes from somebody we never heard of: nothing of theirs is here to change.
async fn never_seen(app: &App, activity: &Activity, candidates: &[Candidate]) -> Result<bool> {
    if candidates.iter().any(|candidate| app.remote_keys.get(candidate.key_id()).is_some()) {
        return Ok(false);
    }
    let uri = activity.actor.clone();
    Ok(app.db.read(move |conn| actors::find_by_uri(conn, &uri)).await?.is_none_or(|actor| actor.deleted_at.is_some()))
}

/// The key that made one of the signatures, and the fingerprint of that; fetched once more when the one that we have
/// did not make it. Where a key could not be had because of an outage, the sender is asked to come again.
async fn verify(app: &App, candidates: &[Candidate]) -> Result<(RemoteKey, String)> {
    let mut fault = Error::unauthorized("signature.invalid", "The signature was not made by this key.");
    for candidate in candidates {
        let error = match verify_one(app, candidate).await {
            Ok(Some(key)) => return Ok((key, candidate.fingerprint())),
            Ok(None) => continue,
            Err(error) => error,
        };
        if !matches!(fault.kind(), Kind::Unavailable | Kind::Internal) {
            fault = error;
        }
    }
    Err(fault)
}

async fn verify_one(app: &App, candidate: &Candidate) -> Result<Option<RemoteKey>> {
    let key = fetch::key(app, candidate.key_id()).await?;
    if candidate.verify(key.key()) {
        return key.believe(app).await.map(Some);
    }
    let newer = fetch::key_again(app, candidate.key_id()).await;
    match newer {
        Ok(Some(newer)) if candidate.verify(newer.key()) => newer.believe(app).await.map(Some),
        Ok(_) => Ok(None),
        Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::Internal) => Err(error),
        Err(_) => Ok(None),
    }
}

pub(super) fn stranger() -> Error {
    Error::unauthorized("activity.actor", "The activity was signed by somebody else than its actor.")
}

/// Somebody passes on what another did: that counts only with a proof by the other, made by the key that this answers.
async fn vouched(app: &App, head: &Activity, body: &[u8]) -> Result<RemoteKey> {
    // Without an id nobody could tell whether it came before.
    if head.uri.is_none() {
        return Err(stranger());
    }
    let method = proof::verification_method(&head.document).map_err(|_| stranger())?;
    let key = fetch::key(app, &method).await?;
    let made = proof::created(&head.document).ok_or_else(stranger)?;
    let now = app.db.now();
    if key.owner() != head.actor || made > now.plus(SKEW) || made < now.minus(PROOF_AGE) {
        return Err(stranger());
    }
    let unfolded = app.may_unfold(body.len()).await?;
    activities::check_proof(body, key.key()).await?;
    // Nobody waits for others while the key's owner is asked for a handle.
    drop(unfolded);
    key.believe(app).await
}

/// Notes that this letter arrived; answers what was noted, or nothing when it had its effect before.
fn claim(tx: &mut Tx<'_>, signer: ActorId, letter: &Letter) -> Result<Option<Vec<String>>> {
    let mut claims = Vec::new();
    // The same id again is not always the same letter again, but the same signature is.
    let by_signature = !letter.carried && letter.activity.may_recur();
    if let Some(uri) = &letter.activity.uri {
        if received::claim(tx, signer, uri)? {
            claims.push(uri.clone());
        } else if !by_signature {
            return Ok(None);
        }
    }
    if by_signature {
        let signature = format!("signature:{}", letter.fingerprint);
        if !received::claim(tx, signer, &signature)? {
            return Ok(None);
        }
        claims.push(signature);
    }
    Ok(Some(claims))
}

async fn apply(app: &App, letter: Letter) -> Result<Outcome> {
    let site = app.site.clone();
    let (host, most) = (host_in(&letter.activity.actor), app.config.federation.activities_waiting_per_host);
    let outcome = app
        .db
        .write(move |tx| {
            let activity = &letter.activity;
            let signer = actors::find_by_uri(tx.conn(), &activity.actor)?;
            // It was forgotten between its key and its letter: the next letter brings it back.
            let signer = signer.ok_or_else(|| Error::unavailable(FORGOTTEN, "Please send this again."))?;
            // Whoever passes a letter on says nothing of whether its author's server lives.
            if !letter.carried {
                delivery::heard_from(tx, &host)?;
            }
            let Some(claims) = claim(tx, signer.id, &letter)? else { return Ok(Outcome::Applied) };
            match activities::apply(tx, &site, &signer, activity)? {
                Applied::Done => Ok(Outcome::Applied),
                Applied::Ignored(why) => {
                    tracing::debug!(activity.uri = activity.uri, why, "Ignored an activity");
                    // What had no effect leaves nothing behind: anybody can send it.
                    for claim in &claims {
                        received::release(tx, signer.id, claim)?;
                    }
                    Ok(Outcome::Ignored)
                }
                Applied::Needs(Need::Actor(needs) | Need::Post(needs)) => {
                    let (signer, activity) = (signer.uri, letter.body.clone());
                    let job = Job::Inbound { signer, activity, inbox: letter.activity.inbox, needs };
                    backlog::store(tx, &job, most)?;
                    Ok(Outcome::Stored)
                }
            }
        })
        .await;
    match outcome {
        // The domain said no: nothing was changed, and sending it again would change nothing.
        Err(error) if !matches!(error.kind(), Kind::Unavailable | Kind::Internal | Kind::TooMany) => {
            tracing::debug!(%error, "An activity was refused");
            Ok(Outcome::Ignored)
        }
        other => other,
    }
}
