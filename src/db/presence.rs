//! Which processes serve: whoever begins to while no other one does need not wait for what a dead one held.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use diesel::{
    PgConnection, QueryResult, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Bool,
};

use super::{Db, Engine, Tx, pool};
use crate::error::{Error, Result};

/// The advisory lock of PostgreSQL that every process which serves shares.
const LOCK: i64 = 0x6775_696c_6470;
/// How often it is asked whether somebody else serves: PostgreSQL takes a moment to see that a process has died.
const ASKED: u32 = 5;
/// How long it is waited in between.
const MOMENT: Duration = Duration::from_millis(100);

/// That this process serves. PostgreSQL keeps it as long as the connection lives, and forgets it when the process dies.
pub struct Presence {
    url: String,
    conn: Arc<Mutex<Option<PgConnection>>>,
}

impl Presence {
    /// Says it on PostgreSQL. When nobody else serves, `alone` is done before anybody else may begin to.
    pub(super) async fn say(db: &Db, url: &str, alone: fn(&mut Tx<'_>) -> Result<()>) -> Result<Option<Self>> {
        if db.engine() == Engine::Sqlite {
            // The file has one process.
            db.write(alone).await?;
            return Ok(None);
        }
        let address = url.to_owned();
        let (mut conn, is_alone) = blocking(move || {
            let mut conn = pool::open_postgres(&address).map_err(|_| pool::unavailable())?;
            let is_alone = is_alone(&mut conn)?;
            Ok((conn, is_alone))
        })
        .await?;
        if is_alone {
            db.write(alone).await?;
        }
        let conn = blocking(move || {
            share(&mut conn)?;
            if is_alone {
                sql_query(format!("SELECT pg_advisory_unlock({LOCK})")).execute(&mut conn)?;
            }
            Ok(conn)
        })
        .await?;
        Ok(Some(Self { url: url.to_owned(), conn: Arc::new(Mutex::new(Some(conn))) }))
    }

    /// Says it again where the connection was lost; to be called now and then.
    pub async fn renew(&self) -> Result<()> {
        let (url, conn) = (self.url.clone(), self.conn.clone());
        blocking(move || {
            let mut held = conn.lock().unwrap_or_else(PoisonError::into_inner);
            if held.as_mut().is_some_and(|conn| conn.batch_execute("SELECT 1").is_ok()) {
                return Ok(());
            }
            *held = None;
            let mut conn = pool::open_postgres(&url).map_err(|_| pool::unavailable())?;
            share(&mut conn)?;
            *held = Some(conn);
            Ok(())
        })
        .await
    }
}

/// Whether nobody else serves; then nobody begins to before [`share`] and the unlocking.
fn is_alone(conn: &mut PgConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        alone: bool,
    }
    for _ in 0..ASKED {
        let statement = format!("SELECT pg_try_advisory_lock({LOCK}) AS alone");
        if sql_query(statement).get_result::<Answer>(conn)?.alone {
            return Ok(true);
        }
        std::thread::sleep(MOMENT);
    }
    Ok(false)
}

fn share(conn: &mut PgConnection) -> QueryResult<()> {
    sql_query(format!("SELECT pg_advisory_lock_shared({LOCK})")).execute(conn).map(drop)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
