//! The machine: settings, clock, disk, files.

use std::{fs, path::Path, time::Duration};

use futures_util::future::join_all;
use http::header;
use url::Url;

use super::{
    Judged, Trouble, Visit,
    report::{Told, said, told},
    surroundings::Surroundings,
    visit::ANY,
};
use crate::{
    config::{Alone, DatabaseTarget, Media, Notice, Warning},
    db::Timestamp,
    domain::servers,
    net::{Fetched, Get, content_type::ACCEPT_ACTIVITY},
    secrets::SecretKey,
};

/// Misskey refuses what is signed with a clock this wrong.
const WRONG: Duration = Duration::from_secs(300);
/// A clock that is set by the network is not this wrong.
const ODD: Duration = Duration::from_secs(30);
/// How many other servers are asked for the time.
const ASKED: i64 = 3;

/// Settings that are for tests, and what `guildhall config check` warns of. That nobody elsewhere is spoken with is told
/// by its own check.
pub(super) async fn settings(around: &Surroundings) -> Judged {
    let mut warnings = around.config.check()?;
    warnings.retain(|warning| !matches!(warning.notice, Notice::Alone(_)));
    if warnings.is_empty() {
        return Ok(("found.settings_fine", "Nothing for tests is on.").into());
    }
    Err(Trouble::warning(
        Told::all(warnings.into_iter().map(told_of)),
        ("advice.settings", "Change the settings that are named, unless this server is for tests."),
    ))
}

/// What `guildhall config check` warns of, with its code.
fn told_of(Warning { text, notice, .. }: Warning) -> Told {
    match notice {
        Notice::AllowHttp => Told::of("found.allow_http", text),
        Notice::PrivateAddresses => Told::of("found.private_addresses", text),
        Notice::NoLimits => Told::of("found.no_limits", text),
        Notice::Alone(alone) => alone_at(&alone),
        Notice::NoTrustedProxies => Told::of("found.no_trusted_proxies", text),
        Notice::OtherPort { base, listen, port } => {
            Told::of("found.other_port", text).with("base", &base).with("listen", &listen).with("port", &port)
        }
        Notice::PortOfHttps { listen } => Told::of("found.port_of_https", text).with("listen", &listen),
    }
}

/// Why this instance does not talk with others.
pub(super) fn alone_at(alone: &Alone) -> Told {
    let code = if alone.is_for_tests { "found.alone_for_tests" } else { "found.alone" };
    Told::of(code, alone.to_string()).with("base", &alone.base)
}

/// Whose clock it is.
enum Whose {
    Database,
    FrontDoor,
    Host(String),
}

impl Whose {
    /// Ours beside theirs: how many seconds it is ahead, or behind.
    fn beside(self, ahead: u64, behind: u64) -> Told {
        match (self, ahead, behind) {
            (Self::Database, 0 | 1, 0 | 1) => ("found.time_database", "Our time is as the database has it.").into(),
            (Self::FrontDoor, 0 | 1, 0 | 1) => ("found.time_door", "Our time is as the front door has it.").into(),
            (Self::Host(host), 0 | 1, 0 | 1) => told!("found.time_host", "Our time is as {host} has it.", host = host),
            (Self::Database, seconds, 0) => {
                told!("found.ahead_database", "Our time is {seconds} s ahead of the database.", seconds = seconds)
            }
            (Self::FrontDoor, seconds, 0) => {
                told!("found.ahead_door", "Our time is {seconds} s ahead of the front door.", seconds = seconds)
            }
            (Self::Host(host), seconds, 0) => {
                told!("found.ahead_host", "Our time is {seconds} s ahead of {host}.", seconds = seconds, host = host)
            }
            (Self::Database, _, seconds) => {
                told!("found.behind_database", "Our time is {seconds} s behind the database.", seconds = seconds)
            }
            (Self::FrontDoor, _, seconds) => {
                told!("found.behind_door", "Our time is {seconds} s behind the front door.", seconds = seconds)
            }
            (Self::Host(host), _, seconds) => {
                told!("found.behind_host", "Our time is {seconds} s behind {host}.", seconds = seconds, host = host)
            }
        }
    }
}

/// Our clock beside those of the proxy, of the database, and of servers that we talk with.
pub(super) async fn clock(visit: &Visit) -> Judged {
    let mut others: Vec<(Whose, Timestamp, Timestamp)> = Vec::new();
    let now = || visit.app.db.now();
    if let Ok(health) = visit.app.db.examine().await
        && let Some(theirs) = health.clock
    {
        others.push((Whose::Database, theirs, now()));
    }
    if let Ok(answer) = visit.get_again(&visit.server.uri, ACCEPT_ACTIVITY).await
        && let Some(theirs) = date_of(&answer)
    {
        others.push((Whose::FrontDoor, theirs, now()));
    }
    let known = visit.app.db.read(|conn| servers::list_healthy(conn, ASKED)).await?;
    let asked = known.into_iter().map(async |host| {
        let url = Url::parse(&format!("https://{host}/.well-known/nodeinfo")).ok()?;
        let get = Get { accept: ANY, signer: None, sign_query: true, most: None, ends: None, refuses: &|_| false };
        // Who does not answer has no clock to compare with.
        let theirs = date_of(&visit.app.transport.get(&url, get).await.ok()?)?;
        Some((Whose::Host(host), theirs, now()))
    });
    others.extend(join_all(asked).await.into_iter().flatten());
    let mut told = Vec::new();
    let mut worst = Duration::ZERO;
    for (whose, theirs, ours) in others {
        let (ahead, behind) = (ours.since(theirs), theirs.since(ours));
        worst = worst.max(ahead).max(behind);
        told.push(whose.beside(ahead.as_secs(), behind.as_secs()));
    }
    if told.is_empty() {
        return Err(Trouble::skipped(("found.no_clocks", "There is nobody to compare the clock with.")));
    }
    let found = Told::all(told);
    let advice = (
        "advice.clock",
        "Let the machine set its clock by the network (systemd-timesyncd or chrony): signatures carry the time.",
    );
    match worst {
        worst if worst > WRONG => Err(Trouble::failed(found, advice)),
        worst if worst > ODD => Err(Trouble::warning(found, advice)),
        _ => Ok(found),
    }
}

fn date_of(answer: &Fetched) -> Option<Timestamp> {
    let date = httpdate::parse_http_date(answer.headers.get(header::DATE)?.to_str().ok()?).ok()?;
    date.duration_since(std::time::UNIX_EPOCH).ok().map(|since| Timestamp(0).plus(since))
}

/// Room where the data and the database are.
pub(super) async fn disk(around: &Surroundings) -> Judged {
    let config = &around.config;
    let mut folders = vec![config.data_dir.clone()];
    folders.extend(config.media.folder.clone().filter(|_| config.media.s3_endpoint.is_none()));
    if let DatabaseTarget::Sqlite(path) = config.database_target()?
        && let Some(folder) = path.parent()
    {
        folders.push(folder.to_path_buf());
    }
    let mut free_at: Vec<Told> = Vec::new();
    let mut least = u64::MAX;
    for folder in folders.iter().filter(|folder| folder.exists()) {
        let space = rustix::fs::statvfs(folder).map_err(|error| {
            Trouble::failed(
                told!("found.folder_unread", "{folder}: {why}", folder = folder.display(), why = error),
                ("advice.folder_read", "See whether the folder can be read."),
            )
        })?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        least = least.min(free);
        let megabytes = free / 1_000_000;
        let line = told!(
            "found.free",
            "{megabytes} MB are free at {folder}.",
            megabytes = megabytes,
            folder = folder.display(),
        );
        if !free_at.contains(&line) {
            free_at.push(line);
        }
    }
    if free_at.is_empty() {
        return Err(Trouble::skipped(no_folder(&config.data_dir)));
    }
    let found = Told::all(free_at);
    let advice = (
        "advice.disk",
        "Make room or give the machine a larger disk. On a full disk nothing is taken in and nothing written.",
    );
    if least < around.options.least_space {
        return Err(Trouble::failed(found, advice));
    }
    if least < around.options.least_space.saturating_mul(5) {
        return Err(Trouble::warning(found, advice));
    }
    Ok(found)
}

fn no_folder(folder: &Path) -> Told {
    told!("found.no_folder", "There is no folder {folder}.", folder = folder.display())
}

/// The rights of a file or folder beyond its owner's, such as `0o044`.
fn rights_of_others(path: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077)
}

/// Whether we can write into the data folder, and nobody else can.
pub(super) async fn data_folder(around: &Surroundings) -> Judged {
    let folder = &around.config.data_dir;
    let shown = folder.display();
    if !folder.exists() {
        return match (&around.config.secret_key, around.config.database_target()?) {
            (Some(_), DatabaseTarget::Postgres(_)) => Err(Trouble::skipped(told!(
                "found.no_folder_needed",
                "There is no folder {folder}, and no need for it.",
                folder = shown
            ))),
            _ => Err(Trouble::failed(
                no_folder(folder),
                ("advice.data_dir", "Run this command with the settings of the server (data_dir)."),
            )),
        };
    }
    let trial = folder.join(format!(".doctor.{}", crate::secrets::new_token()));
    let written = fs::write(&trial, b"").and_then(|()| fs::remove_file(&trial));
    if let Err(error) = written {
        return Err(Trouble::failed(
            told!("found.folder_closed", "{folder} cannot be written to: {why}.", folder = &shown, why = error),
            (
                "advice.chown",
                "Run this command as the user of the service, and let that user own the folder (chown -R).",
            ),
        ));
    }
    let others = rights_of_others(folder).map_err(crate::error::Error::internal)?;
    if others & 0o022 != 0 {
        return Err(Trouble::failed(
            told!("found.folder_open", "Others may write into {folder}.", folder = &shown),
            Told::of("advice.run", format!("Run: chmod 750 {shown}")).with("command", &format!("chmod 750 {shown}")),
        ));
    }
    if others & 0o005 != 0 {
        return Err(Trouble::warning(
            told!("found.folder_seen", "Everybody on this machine may look into {folder}.", folder = &shown),
            Told::of("advice.run", format!("Run: chmod 750 {shown}")).with("command", &format!("chmod 750 {shown}")),
        ));
    }
    Ok(told!("found.folder_fine", "{folder} can be written to by us, and by nobody else.", folder = shown))
}

/// Whether the secret key is kept from others, and is the one that this database was made with.
pub(super) async fn secret_key(visit: &Visit) -> Judged {
    let config = &visit.app.config;
    let path = config.data_dir.join("secret.key");
    let backup = (
        "advice.secret_key",
        "Put back secret.key from your backup. Without it the private keys in the database cannot be read, and nobody \
         here can sign.",
    );
    if config.secret_key.is_none() {
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|error| {
            let found = told!("found.unreadable", "{path} cannot be read: {why}.", path = &shown, why = error);
            Trouble::failed(found, backup)
        })?;
        if SecretKey::parse(&text).is_none() {
            let found = told!("found.no_key_in_file", "{path} does not hold a key.", path = &shown);
            return Err(Trouble::failed(found, backup));
        }
        let others = rights_of_others(&path).map_err(crate::error::Error::internal)?;
        if others != 0 {
            return Err(Trouble::failed(
                told!("found.key_open", "Others on this machine may use {path}.", path = &shown),
                Told::of("advice.run", format!("Run: chmod 600 {}", path.display()))
                    .with("command", &format!("chmod 600 {}", path.display())),
            ));
        }
    }
    if let Some(reason) = &visit.locked {
        return Err(Trouble::failed(reason.clone(), backup));
    }
    Ok(("found.keys_opened", "The private keys in the database can be opened with it.").into())
}

/// Whether the programs are there that make previews of films. It works without them, but whoever names one wants it.
pub(super) async fn films(visit: &Visit) -> Judged {
    let named = &visit.config.media.ffmpeg;
    if visit.app.files.tools().are_there().await {
        return Ok((
            "found.films",
            "ffmpeg is there: films get a preview, and what they say of their place is taken out.",
        )
            .into());
    }
    if *named == Media::default().ffmpeg {
        return Ok((
            "found.no_films",
            "ffmpeg is not there (media.ffmpeg): films and sounds are taken as they are, with what they say of their \
             place, and have no preview.",
        )
            .into());
    }
    Err(Trouble::warning(
        told!(
            "found.films_fail",
            "{program}, or ffprobe beside it, cannot be run: films and sounds are taken as they are, with what they \
             say of their place, and have no preview.",
            program = named,
        ),
        ("advice.films", "Install ffmpeg, and let media.ffmpeg name it; ffprobe must be in the same folder."),
    ))
}

/// Whether e-mail can be sent.
pub(super) async fn email(visit: &Visit) -> Judged {
    match visit.app.mailer.try_server().await {
        Some(Ok(())) => Ok(("found.mail", "The mail server takes our letters.").into()),
        Some(Err(error)) => Err(Trouble::failed(
            told!("found.mail_refused", "{why}", why = said(&error)),
            (
                "advice.mail",
                "Compare mail.smtp_url with what your mail provider says: host, port, encryption, user and password.",
            ),
        )),
        None => {
            let folder = visit.config.data_dir.join("mail");
            let folder = folder.display();
            Err(Trouble::warning(
                Told::of(
                    "found.no_mail",
                    format!("No mail server is set: letters are written into {folder} and reach nobody."),
                )
                .with("folder", &folder),
                ("advice.no_mail", "Set mail.smtp_url, so that people who forgot their password can help themselves."),
            ))
        }
    }
}
