//! The machine: settings, clock, disk, files.

use std::{fs, path::Path, time::Duration};

use futures_util::future::join_all;
use http::header;
use url::Url;

use super::{
    Judged, Trouble, Visit,
    report::{Told, said},
    surroundings::Surroundings,
    visit::ANY,
};
use crate::{
    config::{DatabaseTarget, Media},
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

/// Settings that are for tests, and what `guildhall config check` warns of.
pub(super) async fn settings(around: &Surroundings) -> Judged {
    let warnings = around.config.check()?;
    if warnings.is_empty() {
        return Ok("Nothing for tests is on.".to_owned());
    }
    let texts: Vec<String> = warnings.into_iter().map(|warning| warning.text).collect();
    Err(Trouble::warning(
        texts.join(" "),
        ("advice.settings", "Change the settings that are named, unless this server is for tests."),
    ))
}

/// Our clock beside those of the proxy, of the database, and of servers that we talk with.
pub(super) async fn clock(visit: &Visit) -> Judged {
    let mut others: Vec<(String, Timestamp, Timestamp)> = Vec::new();
    let now = || visit.app.db.now();
    if let Ok(health) = visit.app.db.examine().await
        && let Some(theirs) = health.clock
    {
        others.push(("the database".to_owned(), theirs, now()));
    }
    if let Ok(answer) = visit.get_again(&visit.server.uri, ACCEPT_ACTIVITY).await
        && let Some(theirs) = date_of(&answer)
    {
        others.push(("the front door".to_owned(), theirs, now()));
    }
    let known = visit.app.db.read(|conn| servers::list_healthy(conn, ASKED)).await?;
    let asked = known.into_iter().map(async |host| {
        let url = Url::parse(&format!("https://{host}/.well-known/nodeinfo")).ok()?;
        let get = Get { accept: ANY, signer: None, sign_query: true, most: None, ends: None, refuses: &|_| false };
        // Who does not answer has no clock to compare with.
        let theirs = date_of(&visit.app.transport.get(&url, get).await.ok()?)?;
        Some((host, theirs, now()))
    });
    others.extend(join_all(asked).await.into_iter().flatten());
    let mut told = Vec::new();
    let mut worst = Duration::ZERO;
    for (whose, theirs, ours) in others {
        let (ahead, behind) = (ours.since(theirs), theirs.since(ours));
        worst = worst.max(ahead).max(behind);
        told.push(match (ahead.as_secs(), behind.as_secs()) {
            (0 | 1, 0 | 1) => format!("as {whose} has it"),
            (seconds, 0) => format!("{seconds} s ahead of {whose}"),
            (_, seconds) => format!("{seconds} s behind {whose}"),
        });
    }
    if told.is_empty() {
        return Err(Trouble::skipped("There is nobody to compare the clock with."));
    }
    let found = format!("Our time is {}.", told.join(", "));
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
    let mut told: Vec<String> = Vec::new();
    let mut least = u64::MAX;
    for folder in folders.iter().filter(|folder| folder.exists()) {
        let space = rustix::fs::statvfs(folder).map_err(|error| {
            Trouble::failed(
                format!("{}: {error}", folder.display()),
                ("advice.folder_read", "See whether the folder can be read."),
            )
        })?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        least = least.min(free);
        let line = format!("{} MB are free at {}", free / 1_000_000, folder.display());
        if !told.contains(&line) {
            told.push(line);
        }
    }
    if told.is_empty() {
        return Err(Trouble::skipped(format!("There is no folder {}.", config.data_dir.display())));
    }
    let found = format!("{}.", told.join(", "));
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
            (Some(_), DatabaseTarget::Postgres(_)) => {
                Err(Trouble::skipped(format!("There is no folder {shown}, and no need for it.")))
            }
            _ => Err(Trouble::failed(
                format!("There is no folder {shown}."),
                ("advice.data_dir", "Run this command with the settings of the server (data_dir)."),
            )),
        };
    }
    let trial = folder.join(format!(".doctor.{}", crate::secrets::new_token()));
    let written = fs::write(&trial, b"").and_then(|()| fs::remove_file(&trial));
    if let Err(error) = written {
        return Err(Trouble::failed(
            format!("{shown} cannot be written to: {error}."),
            (
                "advice.chown",
                "Run this command as the user of the service, and let that user own the folder (chown -R).",
            ),
        ));
    }
    let others = rights_of_others(folder).map_err(crate::error::Error::internal)?;
    if others & 0o022 != 0 {
        return Err(Trouble::failed(
            format!("Others may write into {shown}."),
            Told::of("advice.run", format!("Run: chmod 750 {shown}")).with("command", &format!("chmod 750 {shown}")),
        ));
    }
    if others & 0o005 != 0 {
        return Err(Trouble::warning(
            format!("Everybody on this machine may look into {shown}."),
            Told::of("advice.run", format!("Run: chmod 750 {shown}")).with("command", &format!("chmod 750 {shown}")),
        ));
    }
    Ok(format!("{shown} can be written to by us, and by nobody else."))
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
        let text = fs::read_to_string(&path)
            .map_err(|error| Trouble::failed(format!("{} cannot be read: {error}.", path.display()), backup))?;
        if SecretKey::parse(&text).is_none() {
            return Err(Trouble::failed(format!("{} does not hold a key.", path.display()), backup));
        }
        let others = rights_of_others(&path).map_err(crate::error::Error::internal)?;
        if others != 0 {
            return Err(Trouble::failed(
                format!("Others on this machine may use {}.", path.display()),
                Told::of("advice.run", format!("Run: chmod 600 {}", path.display()))
                    .with("command", &format!("chmod 600 {}", path.display())),
            ));
        }
    }
    if let Some(reason) = &visit.locked {
        return Err(Trouble::failed(reason, backup));
    }
    Ok("The private keys in the database can be opened with it.".to_owned())
}

/// Whether the programs are there that make previews of films. It works without them, but whoever names one wants it.
pub(super) async fn films(visit: &Visit) -> Judged {
    let named = &visit.config.media.ffmpeg;
    if visit.app.files.tools().are_there().await {
        return Ok("ffmpeg is there: films get a preview, and what they say of their place is taken out.".to_owned());
    }
    let without = "films and sounds are taken as they are, with what they say of their place, and have no preview.";
    if *named == Media::default().ffmpeg {
        return Ok(format!("ffmpeg is not there (media.ffmpeg): {without}"));
    }
    Err(Trouble::warning(
        format!("{named}, or ffprobe beside it, cannot be run: {without}"),
        ("advice.films", "Install ffmpeg, and let media.ffmpeg name it; ffprobe must be in the same folder."),
    ))
}

/// Whether e-mail can be sent.
pub(super) async fn email(visit: &Visit) -> Judged {
    match visit.app.mailer.try_server().await {
        Some(Ok(())) => Ok("The mail server takes our letters.".to_owned()),
        Some(Err(error)) => Err(Trouble::failed(
            said(&error),
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
