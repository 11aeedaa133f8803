//! Writing to PostgreSQL: READ COMMITTED, tried again after a serialization failure or a deadlock.

use std::time::Duration;

use diesel::{
    PgConnection, RunQueryDsl,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::{DatabaseErrorKind, Error as DieselError},
    sql_types::{Array, Text},
};

use super::{
    Conn, Core, Signal, Tx,
    pool::{self, Pool, Pooled},
};
use crate::{
    error::{Error, Result},
    telemetry,
};

/// How often a transaction is tried.
const TRIES: u32 = 5;
/// How often it is tried when a row was missing or in the way.
const SECOND_LOOKS: u32 = 3;

/// What a transaction does. It may do it again.
type Work<'a> = dyn FnMut(&mut Tx<'_>) -> Result<()> + 'a;

pub(super) fn write(connections: &Pool, core: &Core, work: &mut Work<'_>) -> Result<()> {
    let mut pooled = connections.get()?;
    if begin(&mut pooled).is_err() {
        // It died while it lay in the pool. Nothing ran yet, so another one is as good.
        drop(pooled);
        pooled = connections.get()?;
        begin(&mut pooled)?;
    }
    let mut tried = 1;
    loop {
        match once(&mut pooled, core, work) {
            Ok(signals) => {
                for signal in signals {
                    // Nobody may be listening.
                    let _ = core.signals.send(signal);
                }
                return Ok(());
            }
            Err(error) if tried < tries(&error) => {
                metrics::counter!(telemetry::WRITE_RETRIES).increment(1);
                std::thread::sleep(Duration::from_millis(
                    u64::from(tried * tried) * 3 + (core.ids.next(core.clock.now()) % 7).unsigned_abs(),
                ));
                tried += 1;
                begin(&mut pooled)?;
            }
            Err(error) => {
                pooled.broken |= pool::is_lost(&error);
                return Err(error);
            }
        }
    }
}

/// Runs the work in the transaction that was begun, and ends it.
fn once(pooled: &mut Pooled, core: &Core, work: &mut Work<'_>) -> Result<Vec<Signal>> {
    let mut tx = Tx::new(&mut pooled.conn, core);
    let outcome = work(&mut tx).and_then(|()| tx.conclude());
    let signals = std::mem::take(&mut tx.signals);
    let Conn::Pg(pg) = &mut pooled.conn else { return Err(Error::internal("not PostgreSQL")) };
    let outcome = outcome.and_then(|()| {
        notify(pg, core, &signals)?;
        // Work that ignored an error of PostgreSQL has lost its transaction, and a bare COMMIT would roll back
        // without a word. Any other statement fails, and then the COMMIT after it is not run.
        pg.batch_execute("SELECT 1; COMMIT")?;
        Ok(signals)
    });
    if outcome.is_err() {
        match AnsiTransactionManager::rollback_transaction(pg) {
            // A commit that failed has rolled back by itself.
            Ok(()) | Err(DieselError::NotInTransaction) => {}
            Err(_) => pooled.broken = true,
        }
    }
    outcome
}

fn begin(pooled: &mut Pooled) -> Result<()> {
    let Conn::Pg(pg) = &mut pooled.conn else { return Err(Error::internal("not PostgreSQL")) };
    AnsiTransactionManager::begin_transaction(pg).map_err(|error| {
        pooled.broken = true;
        pool::unavailable().because(error)
    })
}

/// Other processes hear of it with the commit. At most 8,000 bytes a payload: these are short.
fn notify(pg: &mut PgConnection, core: &Core, signals: &[Signal]) -> Result<()> {
    if signals.is_empty() {
        return Ok(());
    }
    let payloads: Vec<String> = signals
        .iter()
        .map(|signal| format!("{} {} {} {}", core.process, signal.topic, signal.kind, signal.id))
        .collect();
    diesel::sql_query("SELECT pg_notify('guildhall', payload) FROM unnest($1) AS payload")
        .bind::<Array<Text>, _>(payloads)
        .execute(pg)?;
    Ok(())
}

/// How often a transaction that ended like this is tried in all.
fn tries(error: &Error) -> u32 {
    use std::error::Error as _;
    match error.source().and_then(|cause| cause.downcast_ref::<DieselError>()) {
        Some(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => TRIES,
        // A row that this one refers to, or clashes with, went or came since it was looked for: a second look sees it.
        Some(DieselError::DatabaseError(
            DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::UniqueViolation,
            _,
        )) => SECOND_LOOKS,
        Some(DieselError::DatabaseError(_, info)) if info.message().contains("deadlock detected") => TRIES,
        _ => 1,
    }
}
