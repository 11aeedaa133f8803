//! What commands work on: the database that the settings name, and the company that it belongs to.

use std::{fs, io, path::PathBuf, sync::Arc};

use crate::{
    app,
    config::{Config, DatabaseTarget},
    db::{self, Conn, Db},
    domain::{
        Page, Site,
        accounts::{self, Account},
        actors::{self, Actor},
        org, setup,
    },
    error::{Error, Result},
    federation::delivery::{self, Of},
    secrets::SecretKey,
};

/// How many brands a message names.
const NAMED: i64 = 20;

/// Opens the database that the settings name; makes it when it is a SQLite file that is missing.
pub(super) fn open_database(config: &Config) -> Result<Db> {
    open_with_clock(config, Arc::new(db::WallClock))
}

/// As [`open_database`], with a clock of the caller's.
pub(super) fn open_with_clock(config: &Config, clock: Arc<dyn db::Clock>) -> Result<Db> {
    let url = match config.database_target()? {
        DatabaseTarget::Sqlite(path) => {
            db::must_be_writable(&path)?;
            format!("sqlite:{}", path.display())
        }
        DatabaseTarget::Postgres(url) => url.to_string(),
    };
    let db = Db::open_with_clock(&db::Options { url, pool: config.database.pool }, clock)?;
    db.knock()?;
    Ok(db)
}

/// Whether the database and the folders can be used, and whose they are, in sentences. Makes neither. Settings that were
/// not given are those of the set-up from then on.
pub(super) async fn reach(config: &mut Config) -> Result<Vec<String>> {
    for file in files(config) {
        db::must_be_writable(&file)?;
    }
    let state = if config.data_dir.exists() { "can be written to" } else { "is not there yet, and can be made" };
    let folder = format!("{} {state}", config.data_dir.display());
    let (usable, is_there) = match config.database_target()? {
        DatabaseTarget::Postgres(_) => (format!("PostgreSQL lets us in, and the data folder {folder}."), true),
        DatabaseTarget::Sqlite(path) => {
            db::must_be_writable(&path)?;
            let is_there = path.exists();
            let state = if is_there { "is there, and can be written to" } else { "is not there yet, and can be made" };
            let said = format!("The database {} {state}; the data folder {folder}.", path.display());
            (said, is_there)
        }
    };
    let mut reached = vec![usable];
    if is_there {
        let db = open_database(config)?;
        reached.push(owner(config, &db).await?);
    }
    Ok(reached)
}

/// One file in each folder that the server writes to.
fn files(config: &Config) -> Vec<PathBuf> {
    let (data, media) = (&config.data_dir, &config.media);
    let mut files = vec![data.join("secret.key"), data.join("uploads").join("file")];
    if media.s3_endpoint.is_none() {
        files.push(media.folder.clone().unwrap_or_else(|| data.join("media")).join("file"));
    }
    if config.mail.smtp_url.is_none() {
        files.push(data.join("mail").join("letter"));
    }
    files
}

/// Whose database it is; refuses one of another company, or of a newer version.
async fn owner(config: &mut Config, db: &Db) -> Result<String> {
    let nobody = "No company is set up in the database yet.";
    if db.is_new()? {
        return Ok(nobody.to_owned());
    }
    let waits = if db.pending_migrations()?.is_empty() { "" } else { " It is of an older version: serve migrates it." };
    Ok(match site(config, db).await? {
        Some(site) => {
            key_at_hand(config, db).await?;
            format!("The database belongs to {}, with handles at {}.{waits}", site.base_url, site.domain)
        }
        None => format!("{nobody}{waits}"),
    })
}

/// Opens the database of a company that is set up. Changes nothing where there is none.
pub(super) async fn open_existing(config: &Config) -> Result<Db> {
    if let DatabaseTarget::Sqlite(path) = config.database_target()? {
        match fs::File::open(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(not_set_up(&format!("There is no database at {}.", path.display())));
            }
            Err(error) => return Err(db::locked_out(&path).because(error)),
        }
    }
    let db = open_database(config)?;
    if db.is_new()? || db.read(|conn| org::setting(conn, "base_url")).await?.is_none() {
        return Err(not_set_up("This server is not set up yet."));
    }
    Ok(db)
}

fn not_set_up(what: &str) -> Error {
    Error::unavailable(
        "setup.missing",
        format!(
            "{what} Is data_dir or database_url the right one? To begin, run: guildhall setup, or open the first-run \
             link that serve prints"
        ),
    )
}

/// What most commands need: the database of a company that is set up.
pub(super) struct Desk {
    pub config: Config,
    pub db: Db,
    pub site: Site,
}

impl Desk {
    /// Opens the database; refuses when migrations are pending or the company is not set up.
    pub(super) async fn open(mut config: Config) -> Result<Self> {
        let db = open_existing(&config).await?;
        if !db.pending_migrations()?.is_empty() {
            return Err(Error::unavailable(
                "database.migrations",
                "The database is older than this version. Run: guildhall migrate",
            ));
        }
        let site = site(&mut config, &db).await?.ok_or_else(|| not_set_up("This server is not set up yet."))?;
        seal(&config, &db).await?;
        Ok(Self { config, db, site })
    }

    /// Whether other servers were ever sent, or are owed, any of this.
    pub(super) async fn is_owed(&self, of: Of) -> Result<bool> {
        let page = Page { limit: 1, ..Page::default() };
        Ok(!self.db.read(move |conn| delivery::list(conn, &of, &page)).await?.is_empty())
    }

    pub(super) async fn account(&self, username: &str) -> Result<(Account, Actor)> {
        let name = username.to_owned();
        self.db
            .read(move |conn| accounts::find_by_username(conn, &name))
            .await?
            .filter(|(account, _)| account.deleted_at.is_none())
            .ok_or_else(|| {
                Error::not_found(
                    "account.not_found",
                    format!("There is no account “{username}”. See: guildhall account list"),
                )
            })
    }

    /// The brand or space of this name; who it may be is told where there is none.
    pub(super) async fn brand(&self, name: &str) -> Result<Actor> {
        let username = name.trim_start_matches('@').to_owned();
        let find = move |conn: &mut Conn| Ok((actors::find_local(conn, &username)?, actors::list_brands(conn, NAMED)?));
        let (found, brands) = self.db.read(find).await?;
        found.filter(Actor::is_active).ok_or_else(|| {
            let names: Vec<String> = brands.iter().map(|brand| format!("@{}", brand.username)).collect();
            let told = format!("There is no brand or space “{name}” here. There is: {}.", names.join(", "));
            Error::not_found("actor.not_found", told)
        })
    }
}

/// Who we are on the network, as stored at set-up; the settings say the same from then on, and are checked again.
/// A setting that disagrees stops us: ids that others know cannot change.
pub(super) async fn site(config: &mut Config, db: &Db) -> Result<Option<Site>> {
    let stored = db.read(|conn| Ok((org::setting(conn, "base_url")?, org::setting(conn, "domain")?))).await?;
    let (Some(base_url), Some(domain)) = stored else { return Ok(None) };
    let wanted = base_url_of(config);
    if config.base_url.is_some() && wanted != base_url {
        return Err(other_base_url(&base_url, &wanted));
    }
    if let Some(wanted) = config.domain.as_ref().filter(|wanted| **wanted != domain) {
        return Err(Error::conflict(
            "config.domain",
            format!(
                "This database was set up for handles at {domain}, but domain (GUILDHALL_DOMAIN or --domain) says {wanted}. Set it back, or use another database."
            ),
        ));
    }
    config.settle(&base_url, &domain)?;
    Ok(Some(Site { base_url, domain, post_characters: config.limits.post_characters, federates: config.federates() }))
}

/// What was set up for one address, and is to have another one.
fn other_base_url(stored: &str, wanted: &str) -> Error {
    let what = format!(
        "This database was set up for {stored}, but base_url (GUILDHALL_BASE_URL or --base-url) says {wanted}."
    );
    let advice = if stored.starts_with("https://") {
        "Other servers know us by the first one: set it back, or use another database."
    } else {
        "A try-out cannot become the real company. For that begin anew: give another folder (data_dir, --data-dir) or \
         another database, and run guildhall setup with the new base_url. To go on with the try-out, set base_url back."
    };
    Error::conflict("config.base_url", format!("{what} {advice}"))
}

/// Has what people with rights did written down under the key of the company, where that is here: another key would
/// make entries that look changed. What writes nothing down needs none.
async fn seal(config: &Config, db: &Db) -> Result<()> {
    let known = db.read(setup::key_fingerprint).await?;
    let key = SecretKey::find(config.secret_key.as_deref(), &config.data_dir)?;
    if let Some(key) = key.filter(|key| known.is_none_or(|known| known == key.fingerprint())) {
        app::seal(db, &key);
    }
    Ok(())
}

/// The key with which this company's secrets are sealed; refuses another one, and makes none.
pub(super) async fn secrets(config: &Config, db: &Db) -> Result<SecretKey> {
    let (key, known) = key_at_hand(config, db).await?;
    if !known {
        let fingerprint = key.fingerprint();
        db.write(move |tx| setup::remember_key(tx, &fingerprint)).await?;
    }
    Ok(key)
}

/// The same without writing anything; and whether the database knows it already.
async fn key_at_hand(config: &Config, db: &Db) -> Result<(SecretKey, bool)> {
    let (given, file) = (config.secret_key.as_deref(), config.data_dir.join("secret.key"));
    let key = SecretKey::find(given, &config.data_dir)?.ok_or_else(|| {
        Error::conflict(
            "secret_key.missing",
            format!(
                "The key file {} is missing, and the secrets in the database cannot be read without it. Put it back \
                 from your backup, or set GUILDHALL_SECRET_KEY.",
                file.display()
            ),
        )
    })?;
    let fingerprint = key.fingerprint();
    match db.read(setup::key_fingerprint).await? {
        Some(known) if known != fingerprint => {
            let source = given.map_or_else(|| format!("in {}", file.display()), |_| "in secret_key".to_owned());
            Err(Error::conflict(
                "secret_key.other",
                format!(
                    "The key {source} is not the one with which this database was set up, so its secrets cannot be \
                     read. Put back the key that belongs to it."
                ),
            ))
        }
        known => Ok((key, known.is_some())),
    }
}

/// The base URL without its trailing slash.
pub(super) fn base_url_of(config: &Config) -> String {
    config.base_url().as_str().trim_end_matches('/').to_owned()
}
