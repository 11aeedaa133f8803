//! Checking passwords, some at a time, away from the threads that answer requests.

use std::sync::Arc;

use crate::{
    app::App,
    error::{Error, Result},
    secrets,
};

/// Whether the password fits the hash. Without a hash it takes as long, and does not.
pub(in crate::http::web) async fn is_right(app: &App, password: String, hash: Option<String>) -> Result<bool> {
    // The turn goes with the work: it also counts when nobody waits for it any more.
    let turn = Arc::clone(&app.passwords).acquire_owned().await.map_err(Error::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        let right = match hash {
            Some(hash) => secrets::verify_password(&password, &hash),
            None => secrets::verify_no_password(&password),
        };
        drop(turn);
        right
    });
    work.await.map_err(Error::internal)
}
