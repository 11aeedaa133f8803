//! What the database tells: itself, work that waits, servers that do not answer.

use std::time::Duration;

use super::{
    Judged, Trouble, Visit,
    report::{Told, said, told},
};
use crate::{
    config::DatabaseTarget,
    db::{Health, Timestamp},
    domain::{org, servers},
    error::Error,
    federation::delivery,
    jobs::runner,
    net::host_of,
};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// What is due and not begun for this long waits for nobody.
const LATE: Duration = Duration::from_secs(15 * 60);
/// A backup that is older than this is old.
const OLD_BACKUP: Duration = Duration::from_secs(7 * 24 * 3600);

/// Whether the database is whole, of a version that we know, and in the shape of this version.
pub(super) async fn database(visit: &Visit) -> Judged {
    let pending = match visit.app.db.pending_migrations() {
        Err(error) if error.code() == "database.newer" => {
            return Err(Trouble::failed(
                Told::of("found.newer", error.safe()),
                ("advice.same_version", "Run the doctor of the version that the server has."),
            ));
        }
        pending => pending?,
    };
    if !pending.is_empty() {
        return Err(Trouble::failed(
            told!(
                "found.older",
                "It is older than this version: {migrations} is missing.",
                migrations = pending.join(", "),
            ),
            ("advice.migrate", "Restart the server with this version, or run: guildhall migrate"),
        ));
    }
    let advice = (
        "advice.restore",
        "Stop the server, keep a copy of the database as it is, and restore the last backup (guildhall restore), or \
         change to a database as the operator's guide describes it.",
    );
    match visit.app.db.examine().await {
        Ok(Health { version, fault: None, .. }) => {
            Ok(told!("found.database", "{version}, whole and up to date.", version = version))
        }
        Ok(Health { version, fault: Some(fault), .. }) => {
            let found = told!("found.damaged", "{version}: {fault}.", version = version, fault = fault);
            Err(Trouble::failed(found, advice))
        }
        Err(error) => Err(Trouble::failed(said(&error), advice)),
    }
}

/// That the database cannot be used, and what to do.
pub(super) fn unreachable(why: &Error) -> Trouble {
    let advice = match why.code() {
        "database.unavailable" | "database.unreachable" => (
            "advice.start_database",
            "Start the database (systemctl start postgresql), and see that database_url leads to it. What needs the \
             database was not looked at.",
        ),
        "database.migrations" => ("advice.migrate", "Run: guildhall migrate, or start the server with this version."),
        _ => ("advice.mend_database", "Mend that, and look again. What needs the database was not looked at."),
    };
    Trouble::failed(said(why), advice)
}

/// When the last backup was made, as far as we know.
pub(super) async fn backup(visit: &Visit) -> Judged {
    if let DatabaseTarget::Postgres(_) = visit.app.config.database_target()? {
        return Err(Trouble::skipped((
            "found.backup_unseen",
            "Backups of PostgreSQL are made with its own tools, and not seen from here.",
        )));
    }
    let stored = visit.app.db.read(|conn| org::setting(conn, org::LAST_BACKUP)).await?;
    let last = stored.and_then(|text| text.parse().ok()).map(Timestamp);
    let now = visit.app.db.now();
    let advice = (
        "advice.backup",
        "Run guildhall backup FILE every day, by cron or a timer, and keep the files on another machine.",
    );
    match last {
        Some(last) if now.since(last) <= OLD_BACKUP => Ok(last_one(last)),
        Some(last) => Err(Trouble::warning(last_one(last), advice)),
        None if now.since(visit.brand.published_at) < DAY => {
            Ok(("found.backup_not_yet", "None yet; the company is new.").into())
        }
        None => Err(Trouble::warning(("found.no_backup", "guildhall backup was never run."), advice)),
    }
}

/// When the last backup was made.
fn last_one(when: Timestamp) -> Told {
    told!("found.last_backup", "The last one is of {when}.", when = when.rfc3339())
}

/// Whether jobs were given up, or wait for a server that does not run.
pub(super) async fn jobs(visit: &Visit) -> Judged {
    let now = visit.app.db.now();
    let queue = visit.app.db.read(move |conn| runner::queue(conn, now)).await?;
    if let Some(since) = queue.oldest_due
        && now.since(since) > LATE
    {
        return Err(Trouble::failed(
            Told::of(
                "found.jobs_wait",
                format!("{} jobs wait, and one of them is due since {}.", queue.waiting, since.rfc3339()),
            )
            .with("count", &queue.waiting)
            .with("since", &since.rfc3339()),
            (
                "advice.nobody_works",
                "Nobody does them. Start the server; if it runs, look into its log for what keeps it from working.",
            ),
        ));
    }
    if queue.parked > 0 {
        return Err(Trouble::warning(
            told!(
                "found.jobs_parked",
                "{count} jobs were given up, the last of them with: {why}",
                count = queue.parked,
                why = queue.last_error.as_deref().unwrap_or_default(),
            ),
            (
                "advice.jobs",
                "See them with guildhall jobs parked. When the reason is gone, try them again with guildhall jobs \
                 retry ID.",
            ),
        ));
    }
    Ok(told!("found.jobs", "{count} jobs wait for their time; none was given up.", count = queue.waiting))
}

/// Whether deliveries leave.
pub(super) async fn deliveries(visit: &Visit) -> Judged {
    let queue = queue(visit).await?;
    let now = visit.app.db.now();
    if let Some(since) = queue.oldest_due
        && now.since(since) > LATE
    {
        return Err(Trouble::failed(
            Told::of(
                "found.deliveries_wait",
                format!("{} deliveries wait, and one of them is due since {}.", queue.waiting, since.rfc3339()),
            )
            .with("count", &queue.waiting)
            .with("since", &since.rfc3339()),
            (
                "advice.nobody_sends",
                "Nobody sends them. Start the server; if it runs, look into its log for what keeps it from sending.",
            ),
        ));
    }
    Ok(told!("found.deliveries", "{count} deliveries wait for their time.", count = queue.waiting))
}

/// Whether there is room for what is to be sent.
pub(super) async fn delivery_room(visit: &Visit) -> Judged {
    let full = queue(visit).await?.full;
    let most = visit.app.config.federation.deliveries_waiting_per_host;
    if full.is_empty() {
        return Ok(told!("found.room", "For no server as many wait as may, {most}.", most = most));
    }
    Err(Trouble::warning(
        told!(
            "found.no_room",
            "{most} deliveries wait for {servers}: what is written now is not sent there any more.",
            most = most,
            servers = some_of(&full),
        ),
        (
            "advice.delivery_room",
            "See why with guildhall server show HOST. When the server takes letters again, guildhall server retry \
             HOST sends what waits; if it is gone for good, guildhall server block HOST ends that anything is written \
             down for it.",
        ),
    ))
}

/// Whether deliveries were given up of late.
pub(super) async fn deliveries_given_up(visit: &Visit) -> Judged {
    let queue = queue(visit).await?;
    let Some((host, why)) = queue.last_failed else {
        return Ok(("found.none_given_up", "No delivery was given up in the last day.").into());
    };
    let why = why.unwrap_or_else(|| "it said nothing".to_owned());
    Err(Trouble::warning(
        told!(
            "found.given_up",
            "{count} were given up in the last day, the last one to {host}: {why}",
            count = queue.failed_lately,
            host = host,
            why = why,
        ),
        (
            "advice.given_up",
            "See them with guildhall jobs deliveries --state failed. When the reason is gone, guildhall jobs \
             deliveries --state failed --host HOST --retry sends what was for one server. A server that refuses us on \
             purpose is for its admins to ask.",
        ),
    ))
}

async fn queue(visit: &Visit) -> Result<delivery::QueueState, Error> {
    let (now, most) = (visit.app.db.now(), visit.app.config.federation.deliveries_waiting_per_host);
    visit.app.db.read(move |conn| delivery::queue_state(conn, now, most)).await
}

/// Names, and how many more there are.
fn some_of(names: &[String]) -> String {
    let mut told: Vec<String> = names.iter().take(5).cloned().collect();
    if names.len() > told.len() {
        told.push(format!("… (+{})", names.len() - told.len()));
    }
    told.join(", ")
}

/// Which other servers do not take what we send.
pub(super) async fn servers(visit: &Visit) -> Judged {
    let known = visit.app.db.read(|conn| servers::list(conn, 10_000)).await?;
    let open = known.iter().filter(|server| !server.blocked);
    let tried: Vec<_> = open.filter(|server| server.failures > 0 || server.last_success_at.is_some()).collect();
    let failing: Vec<_> = tried.iter().filter(|server| server.failures > 0).collect();
    if failing.is_empty() {
        return Ok(told!("found.servers", "All {count} that we sent something to took it.", count = tried.len()));
    }
    let told: Vec<String> = failing
        .iter()
        .map(|server| format!("{} ({})", server.host, server.last_error.as_deref().unwrap_or("no answer")))
        .collect();
    let found = told!(
        "found.servers_fail",
        "{failing} of {count} do not take what we send: {servers}",
        failing = failing.len(),
        count = tried.len(),
        servers = some_of(&told),
    );
    if failing.len() >= 3 && failing.len() * 2 > tried.len() {
        return Err(Trouble::failed(
            found,
            (
                "advice.most_servers",
                "When most servers cannot be reached, the reason is here: see whether this machine may open \
                 connections to port 443 outside, and whether its DNS works.",
            ),
        ));
    }
    Err(Trouble::warning(
        found,
        (
            "advice.servers",
            "They are tried again for days by themselves. What was given up meanwhile is not: guildhall server retry \
             HOST sends it. guildhall server list shows them all.",
        ),
    ))
}

/// Whether a block covers one of our own names.
pub(super) async fn blocks(visit: &Visit) -> Judged {
    let blocked = visit.app.db.read(servers::list_blocked).await?;
    for place in [&visit.base, &visit.handles] {
        let host = host_of(place);
        if servers::covers(&blocked, &host) {
            return Err(Trouble::failed(
                told!("found.blocks_us", "A block covers {host}, which is our own name.", host = host),
                ("advice.blocks", "See guildhall server list, and allow the name again with guildhall server allow."),
            ));
        }
    }
    Ok(told!("found.blocks", "{count} servers are refused; none of them is ours.", count = blocked.len()))
}
