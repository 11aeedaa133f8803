//! Checking and hashing passwords, some at a time, away from the threads that answer requests.

use std::sync::Arc;

use crate::{
    app::App,
    error::{Error, Result},
    secrets,
};

/// Whether the password fits the hash. Without a hash it takes as long, and does not.
pub(in crate::http::web) async fn is_right(app: &App, password: String, hash: Option<String>) -> Result<bool> {
    in_turn(app, move || match hash {
        Some(hash) => secrets::verify_password(&password, &hash),
        None => secrets::verify_no_password(&password),
    })
    .await
}

/// The hash of a password that somebody chose, if it is long enough.
pub(in crate::http) async fn hash_of_new(app: &App, password: String) -> Result<String> {
    secrets::check_password(&password)?;
    in_turn(app, move || secrets::hash_password(&password)).await?
}

async fn in_turn<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    // The turn goes with the work: it also counts when nobody waits for it any more.
    let turn = Arc::clone(&app.passwords).acquire_owned().await.map_err(Error::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    work.await.map_err(Error::internal)
}
