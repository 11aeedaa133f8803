//! Hears what other processes on the same PostgreSQL committed.

use std::{sync::Weak, time::Duration};

use diesel::{PgConnection, QueryResult, connection::SimpleConnection};

use super::{Core, Signal, pool};

/// How often arrived notifications are picked up.
const PICK_UP: Duration = Duration::from_millis(50);

/// Starts the thread; it ends with the database.
pub(super) fn start(url: &str, core: Weak<Core>) {
    let url = url.to_owned();
    let spawned = std::thread::Builder::new().name("postgres-listener".to_owned()).spawn(move || listen(&url, &core));
    if let Err(error) = spawned {
        tracing::error!(%error, "Could not start listening to PostgreSQL; work of other processes is found by looking");
    }
}

fn listen(url: &str, core: &Weak<Core>) {
    let mut wait = Duration::from_millis(200);
    while core.strong_count() > 0 {
        if let Ok(mut conn) = pool::open_postgres(url)
            && conn.batch_execute("LISTEN guildhall").is_ok()
        {
            wait = Duration::from_millis(200);
            // What happened while nobody listened is found by looking at everything once.
            tell(core, Signal { topic: "external", kind: "change", id: 0 });
            // Looking for notifications reads what has arrived, and fails when the connection is gone.
            while core.strong_count() > 0 && hear_what_arrived(&mut conn, core).is_ok() {
                std::thread::sleep(PICK_UP);
            }
        }
        std::thread::sleep(wait);
        wait = (wait * 2).min(Duration::from_secs(10));
    }
}

fn hear_what_arrived(conn: &mut PgConnection, core: &Weak<Core>) -> QueryResult<()> {
    let arrived: Vec<_> = conn.notifications_iter().take(1000).collect::<QueryResult<_>>()?;
    for notification in arrived {
        hear(core, &notification.payload);
    }
    Ok(())
}

fn hear(core: &Weak<Core>, payload: &str) {
    let Some(core) = core.upgrade() else { return };
    let mut words = payload.split(' ');
    let (Some(process), Some(topic), Some(kind), Some(id)) = (words.next(), words.next(), words.next(), words.next())
    else {
        return;
    };
    if process == core.process {
        return;
    }
    let signal = match (word(topic), word(kind), id.parse()) {
        (Some(topic), Some(kind), Ok(id)) => Signal { topic, kind, id },
        // A newer version speaks of something that we do not know.
        _ => Signal { topic: "external", kind: "change", id: 0 },
    };
    let _ = core.signals.send(signal);
}

fn tell(core: &Weak<Core>, signal: Signal) {
    if let Some(core) = core.upgrade() {
        let _ = core.signals.send(signal);
    }
}

/// The words of signals, so that they stay plain data.
fn word(text: &str) -> Option<&'static str> {
    const WORDS: &[&str] = &[
        "account",
        "actor",
        "announcement",
        "block",
        "boost",
        "card",
        "change",
        "conversation",
        "delete",
        "deliveries",
        "draft",
        "edit",
        "external",
        "filters",
        "follow",
        "gone",
        "home",
        "jobs",
        "merged",
        "new",
        "notification",
        "notifications",
        "post",
        "quote",
        "report",
        "servers",
        "settings",
        "token",
        "update",
        "waits",
        "withdraw",
    ];
    WORDS.iter().find(|word| **word == text).copied()
}
