//! Every long-lived thing, built once in `cli::serve` and shared by all handlers and jobs.

use std::sync::{Arc, RwLock};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    config::Config,
    db::{Db, Seal, Signal},
    domain::{Site, announcements, servers},
    error::{Error, Result},
    federation::{
        fetch,
        keys::{LocalKeys, RemoteKeys},
    },
    files::Files,
    limits::{Limits, streams::Streams},
    mail::Mailer,
    net::{Transport, push::VapidKey},
    secrets::SecretKey,
};

/// How many passwords are hashed at the same time.
const PASSWORDS: usize = 4;
/// How much of what arrived is unfolded at the same time, in KiB: in memory it has up to thirty times its length.
const UNFOLDED: usize = 4 * 1024;

/// The application. Cloning shares it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the application is made of.
pub struct Parts {
    /// What the operator wrote, checked.
    pub config: Config,
    /// Who we are on the network.
    pub site: Arc<Site>,
    /// The database.
    pub db: Db,
    /// Seals private keys and secrets.
    pub secrets: SecretKey,
    /// The guarded way out to other servers.
    pub transport: Arc<dyn Transport>,
    /// Opened signing keys of our own actors.
    pub local_keys: LocalKeys,
    /// Public keys of others, parsed.
    pub remote_keys: RemoteKeys,
    /// What is remembered of fetches.
    pub fetches: fetch::Memory,
    /// Fetches of keys that are under way.
    pub key_fetches: fetch::Flights,
    /// Fetches of others' files that are under way.
    pub file_fetches: fetch::FileFetches,
    /// What people uploaded.
    pub files: Files,
    /// By which key push services know us.
    pub vapid: VapidKey,
    /// How letters leave.
    pub mailer: Mailer,
    /// Who may ask how often.
    pub limits: Limits,
    /// Who listens to what happens.
    pub streams: Streams,
    /// Who may hash a password now: each takes 19 MiB and a processor.
    pub passwords: Arc<Semaphore>,
    /// Who may unfold what arrived now, in KiB.
    unfolded: Semaphore,
    /// Hosts that we refuse.
    blocked: RwLock<Arc<Vec<String>>>,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// From now on what people with rights did is written down under the key of the company.
pub fn seal(db: &Db, secrets: &SecretKey) {
    db.seal_with(Seal::new(&secrets.derive("audit:0")));
}

impl App {
    /// Puts the parts together and reads what is cached from the start.
    pub async fn new(
        config: Config,
        site: Site,
        db: Db,
        secrets: SecretKey,
        transport: Arc<dyn Transport>,
    ) -> Result<Self> {
        let limits = Limits::new(&config.limits);
        let files = Files::new(&config.media, &config.data_dir);
        let mailer = Mailer::new(&config.mail, &config.data_dir, &site.domain)?;
        let vapid = vapid(&secrets, &site)?;
        seal(&db, &secrets);
        let app = Self(Arc::new(Parts {
            config,
            site: Arc::new(site),
            db,
            secrets,
            transport,
            local_keys: LocalKeys::default(),
            remote_keys: RemoteKeys::default(),
            fetches: fetch::Memory::default(),
            key_fetches: fetch::Flights::default(),
            file_fetches: fetch::FileFetches::default(),
            files,
            vapid,
            mailer,
            limits,
            streams: Streams::default(),
            passwords: Arc::new(Semaphore::new(PASSWORDS)),
            unfolded: Semaphore::new(UNFOLDED),
            blocked: RwLock::default(),
        }));
        app.reload_policies().await?;
        Ok(app)
    }

    /// Whether we refuse to talk with `host` (lower case, with a port only when it is unusual).
    pub fn refuses(&self, host: &str) -> bool {
        let blocked = self.blocked.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        // No name ends with two dots; whatever that is meant to get round, it is not a server.
        host.ends_with('.') || servers::covers(&blocked, host)
    }

    /// Waits until a document with so many bytes may be unfolded; the others wait until the answer is dropped.
    pub async fn may_unfold(&self, bytes: usize) -> Result<SemaphorePermit<'_>> {
        let size = u32::try_from(bytes.div_ceil(1024).min(UNFOLDED)).unwrap_or(u32::MAX);
        self.unfolded.acquire_many(size).await.map_err(Error::internal)
    }

    /// Reads the server policies again.
    pub async fn reload_policies(&self) -> Result<()> {
        let hosts = self.db.read(servers::list_blocked).await?;
        *self.blocked.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(hosts);
        Ok(())
    }

    /// Follows the signals of the database until it closes: what another process or operation changed is read
    /// again. Runs for as long as the server does.
    pub async fn keep_fresh(self) {
        use tokio::sync::broadcast::error::RecvError;
        let mut signals = self.db.signals();
        let mut told = announcements::Told::default();
        self.read_announcements(&mut told).await;
        loop {
            match signals.recv().await {
                // It was heard by all who listen here, and is known from now on; what else there may be is not.
                Ok(Signal { topic: "announcement", id, .. }) => {
                    let mut read = told.clone();
                    self.read_announcements(&mut read).await;
                    told.retain(|(known, _)| known.0 != id);
                    told.extend(read.into_iter().filter(|(known, _)| known.0 == id));
                }
                Ok(Signal { topic: "servers", .. }) => self.forget_servers().await,
                Ok(Signal { topic: "actor", id, .. }) => {
                    self.remote_keys.forget_actor(id);
                    self.local_keys.forget(id);
                }
                // Something changed, and nobody says what.
                Ok(Signal { topic: "external", .. }) | Err(RecvError::Lagged(_)) => {
                    self.remote_keys.forget_all();
                    self.local_keys.forget_all();
                    self.forget_servers().await;
                    for news in self.read_announcements(&mut told).await {
                        self.db.tell(news);
                    }
                }
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Reads what everybody is told, and answers what is new of it. What one of ours and another process write at the
    /// same moment may be told twice, which apps show once.
    async fn read_announcements(&self, told: &mut announcements::Told) -> Vec<Signal> {
        let (before, now) = (told.clone(), self.db.now());
        match self.db.read(move |conn| announcements::news(conn, now, &before)).await {
            Ok((read, news)) => {
                *told = read;
                news
            }
            Err(error) => {
                tracing::warn!(%error, "Could not read what everybody is told; the next look decides");
                Vec::new()
            }
        }
    }

    /// A server may be allowed again, so what failed there may succeed.
    async fn forget_servers(&self) {
        self.fetches.forget();
        // Nobody would tell us again.
        while let Err(error) = self.reload_policies().await {
            tracing::error!(%error, "Could not read the server policies again; trying on");
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }
}

/// The key by which push services know us, made of the company's own: nothing to store, and nothing more to lose.
fn vapid(secrets: &SecretKey, site: &Site) -> Result<VapidKey> {
    let first = VapidKey::new(&secrets.derive("push:0"), &site.base_url);
    // One in four thousand millions is no private key.
    first.or_else(|_| VapidKey::new(&secrets.derive("push:1"), &site.base_url))
}
