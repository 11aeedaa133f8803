//! RSA keys. Making one takes as long as many a test does, and each test may have a process of its own: so they are made
//! once, and lie in the build folder for all tests to come.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use guildhall::{app::App, domain::actors, net::SigningKey};

/// How many there are: the last two are our own actors'.
const KEYS: usize = 6;

/// One of a few pairs, the same in every test.
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

/// Gives our own actors their keys; so many that the first pruning, which fills the pool of spares, makes none.
pub async fn lend(app: &App) {
    let spares: Vec<actors::SealedKey> = [4, 5, 4, 5, 4, 5]
        .into_iter()
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
