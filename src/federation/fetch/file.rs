//! Pictures, films and sounds of other servers, fetched for readers here so that their browsers need not ask there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use crate::{
    app::App,
    domain::media,
    error::{Error, Result},
    files::{Kind, START, Sort, judge},
    net::{Get, host_of},
};

/// How many files are fetched at the same time; each is in memory until it is kept.
const AT_ONCE: usize = 8;
/// How many of them of one server.
const PER_HOST: usize = 2;
/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest file that is fetched, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;
/// The largest picture that stands for a name in a text: a page may have many.
const EMOJI: usize = 1024 * 1024;
/// How many files that could not be had are remembered, so that nobody makes us ask for them again and again.
const FAILED: u64 = 20_000;
/// How many files make room for another at most.
const PORTION: i64 = 1_000;

/// How large a file may be, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Largest {
    /// As any that hangs on a post or a profile.
    File,
    /// A picture that stands for a name in a text.
    Emoji,
}

impl Largest {
    const fn bytes(self) -> usize {
        match self {
            Self::File => LARGEST,
            Self::Emoji => EMOJI,
        }
    }

    fn takes(self, kind: Kind) -> bool {
        self == Self::File || kind.sort == Sort::Picture
    }

    /// Whether what was kept, perhaps for something else at the same address, may be handed out as this.
    pub fn takes_kept(self, media_type: &str, bytes: i32) -> bool {
        let most = i32::try_from(self.bytes()).unwrap_or(i32::MAX);
        self == Self::File || media_type.starts_with("image/") && bytes <= most
    }
}

/// Fetches of files that are under way, and faces that are made of them.
#[derive(Clone)]
pub struct FileFetches {
    turns: Arc<Semaphore>,
    faces: Arc<Semaphore>,
    hosts: Arc<Mutex<HashMap<String, usize>>>,
    /// By what it was asked for as well: what is no emoji may be somebody's picture.
    failed: moka::sync::Cache<(String, Largest), ()>,
}

impl Default for FileFetches {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            faces: Arc::new(Semaphore::new(1)),
            hosts: Arc::default(),
            failed: moka::sync::Cache::builder().max_capacity(FAILED).time_to_live(Duration::from_secs(600)).build(),
        }
    }
}

/// One of the places of a server; free again when it is dropped.
struct Turn(Arc<Mutex<HashMap<String, usize>>>, String);

impl FileFetches {
    /// Whether the picture of this name could not be made a while ago.
    pub fn is_given_up(&self, name: &str) -> bool {
        self.failed.contains_key(&(name.to_owned(), Largest::File))
    }

    /// Remembers for a while that it could not.
    pub fn give_up(&self, name: &str) {
        self.failed.insert((name.to_owned(), Largest::File), ());
    }

    /// Waits so long for the one place in which faces are made.
    pub async fn turn_for_face(&self, patience: Duration) -> Result<SemaphorePermit<'_>> {
        tokio::time::timeout(patience, self.faces.acquire()).await.map_err(|_| busy())?.map_err(Error::internal)
    }

    fn turn(&self, host: &str) -> Result<Turn> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = hosts.entry(host.to_owned()).or_insert(0);
        if *under_way >= PER_HOST {
            return Err(busy());
        }
        *under_way += 1;
        Ok(Turn(self.hosts.clone(), host.to_owned()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(under_way) = hosts.get_mut(&self.1) {
            *under_way = under_way.saturating_sub(1);
            if *under_way == 0 {
                hosts.remove(&self.1);
            }
        }
    }
}

fn busy() -> Error {
    Error::unavailable("fetch.busy", "Other files are being fetched. Please try again soon.")
        .retry_in(Duration::from_secs(2))
}

fn unusable() -> Error {
    Error::not_found("fetch.no_file", "There is no picture, film or sound at this address.")
}

/// Fetches the file at an address that a stored post or actor names, and keeps it as `name`; answers its media type.
pub async fn file(app: &App, address: &str, name: &str, largest: Largest) -> Result<&'static str> {
    let fetches = &app.file_fetches;
    let url = Url::parse(address).map_err(|_| unusable())?;
    let asked = (name.to_owned(), largest);
    if fetches.failed.contains_key(&asked) || app.refuses(&host_of(&url)) {
        return Err(unusable());
    }
    let waited = tokio::time::timeout(PATIENCE, fetches.turns.acquire()).await.map_err(|_| busy())?;
    let _permit = waited.map_err(Error::internal)?;
    let _turn = fetches.turn(&host_of(&url))?;
    match fetch(app, &url, name, largest).await {
        Ok(kind) => Ok(kind.media_type),
        Err(error) => {
            tracing::debug!(%error, "Could not fetch a file");
            fetches.failed.insert(asked, ());
            Err(unusable())
        }
    }
}

async fn fetch(app: &App, url: &Url, name: &str, largest: Largest) -> Result<Kind> {
    let refuses = |url: &Url| app.refuses(&host_of(url));
    let how = Get {
        accept: "image/*, video/*, audio/*",
        signer: None,
        sign_query: true,
        refuses: &refuses,
        most: Some(largest.bytes()),
        ends: None,
    };
    let fetched = app.transport.get(url, how).await?;
    if !fetched.status.is_success() || fetched.body.len() > largest.bytes() {
        return Err(unusable());
    }
    let start = fetched.body.get(..START).unwrap_or(&fetched.body);
    let kind = judge(start).filter(|kind| largest.takes(*kind)).ok_or_else(unusable)?;
    let bytes = i32::try_from(fetched.body.len()).map_err(|_| unusable())?;
    app.files.keep(&folder(name), FILE, fetched.body).await?;
    let most = app.config.media.elsewhere_megabytes.saturating_mul(1_000_000);
    let kept = name.to_owned();
    let gone = app
        .db
        .write(move |tx| {
            media::keep(tx, &kept, kind.media_type, bytes)?;
            media::make_room(tx, most, PORTION)
        })
        .await?;
    for name in gone {
        app.files.forget(&folder(&name)).await?;
    }
    Ok(kind)
}

/// What a kept file is called in its folder.
pub const FILE: &str = "file";

/// The folder of a kept file.
pub fn folder(name: &str) -> String {
    format!("elsewhere/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_files_are_remembered_as_failed_than_the_guide_says() {
        let fetches = FileFetches::default();
        for number in 0..FAILED + 3_000 {
            fetches.give_up(&format!("https://files.example/{number}.png"));
        }
        fetches.failed.run_pending_tasks();
        assert!((1..=FAILED).contains(&fetches.failed.entry_count()), "{}", fetches.failed.entry_count());
    }
}
