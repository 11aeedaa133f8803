//! RSA keys. Making one takes as long as many a test does, and each test may have a process of its own: so they are made
//! once, and lie in the build folder for all tests to come.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use guildhall::{app::App, domain::actors, net::SigningKey};

/// How many strangers have one.
const STRANGERS: usize = 4;
/// How many servers of ours a test may have, each with keys of its own.
const SERVERS: usize = 4;
/// How many a server is lent: so many that the first pruning, which fills the pool of spares, makes none.
const LENT: usize = 6;
const KEYS: usize = STRANGERS + SERVERS * LENT;

/// One of a few pairs, the same in every test: those of strangers come first.
pub fn rsa(number: usize) -> Arc<SigningKey> {
    static MADE: [OnceLock<Arc<SigningKey>>; KEYS] = [const { OnceLock::new() }; KEYS];
    MADE[number].get_or_init(|| Arc::new(read(number).unwrap_or_else(|| make(number)))).clone()
}

fn place(number: usize) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("key-{number}.der"))
}

fn read(number: usize) -> Option<SigningKey> {
    SigningKey::from_pkcs8("rsa", &fs::read(place(number)).ok()?).ok()
}

/// Several tests may make it at once: the last one stays, and no half of one is ever read.
fn make(number: usize) -> SigningKey {
    let key = SigningKey::generate("rsa").unwrap();
    let beside = tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::write(beside.path(), key.to_pkcs8().unwrap()).unwrap();
    beside.persist(place(number)).unwrap();
    key
}

/// Gives a server keys for its actors; every one is another's.
pub async fn lend(app: &App) {
    static LENDER: AtomicUsize = AtomicUsize::new(0);
    let first = STRANGERS + LENDER.fetch_add(1, Ordering::Relaxed) % SERVERS * LENT;
    let spares: Vec<actors::SealedKey> = (first..first + LENT)
        .map(|number| {
            let key = rsa(number);
            actors::SealedKey {
                algorithm: "rsa".to_owned(),
                public_key: key.public_key().unwrap().to_bytes(),
                private_key: app.secrets.seal("actor-key", &key.to_pkcs8().unwrap()),
            }
        })
        .collect();
    let add =
        move |tx: &mut guildhall::db::Tx<'_>| spares.iter().try_for_each(|spare| actors::add_spare_key(tx, spare));
    app.db.write(add).await.unwrap();
}
