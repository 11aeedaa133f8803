//! `Idempotency-Key`: the same key with the same token is the same post for an hour.
//!
//! Kept in memory: after a restart, or at another process, a retry makes a second post, as with Mastodon when its
//! Redis was emptied. Twins that come at the same moment wait for each other.

use std::{sync::Arc, time::Duration};

use http::HeaderMap;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    domain::{PostId, TokenId},
    error::{Error, Result},
};

/// Which posts were made under which keys.
#[derive(Clone)]
pub(super) struct Idempotency(moka::sync::Cache<(TokenId, String), Arc<Mutex<Option<PostId>>>>);

impl Default for Idempotency {
    fn default() -> Self {
        Self(moka::sync::Cache::builder().max_capacity(100_000).time_to_live(Duration::from_secs(3600)).build())
    }
}

impl Idempotency {
    /// What was made under the key of this request, held until the guard is dropped. Nothing without a key.
    pub(super) async fn hold(
        &self,
        token: TokenId,
        headers: &HeaderMap,
    ) -> Result<Option<OwnedMutexGuard<Option<PostId>>>> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= 255);
        let key = key.ok_or_else(|| {
            Error::malformed("request.idempotency_key", "An Idempotency-Key has 1 to 255 characters.")
        })?;
        let made = self.0.get_with((token, key.to_owned()), Arc::default);
        Ok(Some(made.lock_owned().await))
    }
}
