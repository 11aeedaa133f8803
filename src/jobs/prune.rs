//! What is deleted by age, once a day. The table in docs/guide/operator.md says the same.

use std::time::Duration;

use crate::{app::App, domain, error::Result, federation};

const DAY: u64 = 24 * 3600;
/// How long the ids of received activities are remembered: longer than anybody retries.
const RECEIVED: Duration = Duration::from_secs(30 * DAY);
/// How long we remember what was deleted elsewhere.
const TOMBSTONES: Duration = Duration::from_secs(90 * DAY);
/// How long parked jobs wait for an operator.
const PARKED: Duration = Duration::from_secs(90 * DAY);

/// Deletes what has outlived its use.
pub async fn run(app: &App) -> Result<()> {
    let received = app.db.write(|tx| federation::received::prune(tx, RECEIVED)).await?;
    let deliveries = federation::delivery::prune(app).await?;
    let tombstones = {
        let base_url = app.site.base_url.clone();
        app.db.write(move |tx| domain::posts::prune_tombstones(tx, &base_url, TOMBSTONES)).await?
    };
    let jobs = super::runner::prune(&app.db, PARKED).await?;
    federation::keys::fill_spares(app).await?;
    tracing::info!(received, deliveries, tombstones, jobs, "Pruned what has outlived its use");
    Ok(())
}
