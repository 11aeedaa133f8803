//! What an answer means: for the one delivery, and for everything else that its server is owed.

use std::time::Duration;

use diesel::prelude::*;

use super::{backoff, queue::Due, why};
use crate::{
    db::{Among, Signal, Timestamp, Tx, schema::deliveries},
    domain::servers::{self, Pause},
    error::{Error, Kind, Result},
    net::{Answer, signatures::Scheme},
};

/// A success is written into the server's row this often at most, unless something changed.
const REMEMBER: Duration = Duration::from_secs(60);

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It arrived.
    Delivered {
        /// The status.
        status: u16,
        /// The signature scheme that was accepted.
        scheme: Scheme,
    },
    /// Another try may help.
    Again {
        /// The status, when there was an answer.
        status: Option<u16>,
        /// What to tell the operator.
        error: String,
        /// How long the server wants us to wait.
        retry_after: Option<Duration>,
        /// Whether the server as a whole is in trouble.
        pause: bool,
    },
    /// It will never arrive.
    Final {
        /// The status, when there was an answer.
        status: Option<u16>,
        /// What to tell the operator.
        error: String,
    },
}

impl Verdict {
    /// What an answer means.
    pub(super) fn of(answer: &Answer, scheme: Scheme) -> Self {
        let status = answer.status.as_u16();
        let error = why::answered(answer.status);
        let retry_after = answer.retry_after;
        match status {
            200..=299 => Self::Delivered { status, scheme },
            408 | 429 | 500..=599 => Self::Again { status: Some(status), error, retry_after, pause: true },
            // A redirect is not followed with a signed body; it may be a passing mistake of the operator. A
            // signature may be refused because our key could not be fetched.
            300..=399 | 401 => Self::Again { status: Some(status), error, retry_after, pause: false },
            _ => Self::Final { status: Some(status), error },
        }
    }

    /// What it means that there was no answer.
    pub(super) fn of_error(fault: &Error) -> Self {
        let error = fault.safe().to_owned();
        match fault.kind() {
            Kind::Unavailable | Kind::TooMany => {
                Self::Again { status: None, error, retry_after: fault.retry_after(), pause: true }
            }
            // A name that leads to a private address for a moment is a mistake of its operator, who may mend it.
            Kind::Forbidden if fault.code() == "net.not_public" => {
                Self::Again { status: None, error, retry_after: None, pause: true }
            }
            Kind::Internal => Self::Again { status: None, error, retry_after: None, pause: false },
            _ => Self::Final { status: None, error },
        }
    }

    /// The outcome as metrics name it.
    pub(super) const fn label(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::Again { .. } => "retried",
            Self::Final { .. } => "given_up",
        }
    }
}

/// A delivery arrived: its server lives, and what waits because it did not answer is due.
pub(super) fn remember_success(tx: &mut Tx<'_>, due: &Due, scheme: Scheme) -> Result<()> {
    let now = tx.now();
    let known = servers::find(tx.conn(), &due.host)?;
    let nothing_new = known.as_ref().is_some_and(|server| {
        server.failures == 0
            && server.signature_scheme.as_deref() == Some(scheme.as_str())
            && server.last_success_at.is_some_and(|last| now.since(last) < REMEMBER)
    });
    if nothing_new {
        return Ok(());
    }
    servers::succeeded(tx, &due.host, scheme.as_str())?;
    if known.is_some_and(|server| server.failures > 0) {
        wake(tx, &due.host, now)?;
    }
    Ok(())
}

/// A server is in trouble: nothing is sent to it for a while. Tries that were under way when the pause began
/// do not lengthen it.
pub(super) fn pause(tx: &mut Tx<'_>, due: &Due, error: &str, retry_after: Option<Duration>) -> Result<()> {
    let now = tx.now();
    let known = servers::find(tx.conn(), &due.host)?;
    let (failures, paused_until) = known.map_or((0, Timestamp(0)), |server| (server.failures, server.paused_until));
    if paused_until > now {
        return Ok(());
    }
    let wait = backoff::after(failures + 1, retry_after);
    let pause = if retry_after.is_some() { Pause::Asked(wait) } else { Pause::Ours(wait) };
    servers::failed(tx, &due.host, error, pause)?;
    // What waits for this server is not looked at in vain meanwhile.
    let until = now.plus(wait);
    diesel::update(
        deliveries::table
            .filter(deliveries::host.eq(&due.host))
            .filter(deliveries::state.eq("waiting"))
            .filter(deliveries::next_at.lt(until))
            .filter(deliveries::leased_until.lt(now)),
    )
    .set(deliveries::next_at.eq(until))
    .execute(tx.conn())?;
    Ok(())
}

/// A signed activity arrived from this server, so it lives: what waits for it is sent soon, unless it asked us to wait.
pub fn heard_from(tx: &mut Tx<'_>, host: &str) -> Result<()> {
    match servers::heard_from(tx, host)? {
        Some(at) => wake(tx, host, at),
        None => Ok(()),
    }
}

/// What waits because the server did not answer is due at this moment. What it refused for its own reasons keeps its
/// time.
fn wake(tx: &mut Tx<'_>, host: &str, at: Timestamp) -> Result<()> {
    let now = tx.now();
    let unreachable =
        deliveries::last_status.is_null().or(deliveries::last_status.assume_not_null().among([502, 503, 504]));
    diesel::update(
        deliveries::table
            .filter(deliveries::host.eq(host))
            .filter(deliveries::state.eq("waiting"))
            .filter(deliveries::next_at.gt(at))
            .filter(deliveries::leased_until.lt(now))
            .filter(unreachable),
    )
    .set(deliveries::next_at.eq(at))
    .execute(tx.conn())?;
    tx.signal(Signal { topic: "deliveries", kind: "update", id: 0 });
    Ok(())
}
