//! From a stored job to the code that does it.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{
    prune,
    runner::{Claimed, Handler, Outcome},
};
use crate::{
    app::App,
    domain::work::Job,
    error::{Error, Kind, Result},
    federation::{activities, fetch, outbound},
};

/// Does what `domain::work::Job` names.
pub struct Handlers(App);

impl Handlers {
    /// Handlers of this application.
    pub fn new(app: App) -> Self {
        Self(app)
    }

    async fn work(&self, job: Job) -> Result<Outcome> {
        let app = &self.0;
        match job {
            Job::Federate { actor, change } => outbound::handle_federate(app, actor, &change).await?,
            Job::Inbound { signer, activity, .. } => activities::handle_inbound(app, &signer, &activity).await?,
            Job::FetchPost { uri, budget } => fetch::handle_fetch_post(app, &uri, budget).await?,
            Job::RefreshActor { uri } => fetch::handle_refresh_actor(app, &uri).await?,
            Job::RefreshPost { uri } => fetch::refresh(app, &uri, &mut fetch::Budget::default()).await?,
            Job::VerifyFields { actor } => fetch::handle_verify_fields(app, actor).await?,
            Job::Prune => {
                prune::run(app).await?;
                return Ok(Outcome::Later(Duration::from_secs(24 * 3600)));
            }
        }
        Ok(Outcome::Done)
    }
}

impl Handler for Handlers {
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let parsed: Job = match serde_json::from_str(&job.payload) {
                Ok(parsed) => parsed,
                Err(error) => return Outcome::Park(Error::internal(error)),
            };
            match self.work(parsed).await {
                Ok(outcome) => outcome,
                // What a peer got wrong does not get better by trying again.
                Err(error) if is_final(error.kind()) => {
                    tracing::info!(job.kind, %error, "A job ended without effect");
                    Outcome::Done
                }
                Err(error) => Outcome::Retry(error),
            }
        })
    }
}

fn is_final(kind: Kind) -> bool {
    match kind {
        Kind::Unavailable | Kind::TooMany | Kind::Internal => false,
        Kind::NotFound
        | Kind::Gone
        | Kind::Unauthorized
        | Kind::Forbidden
        | Kind::Invalid
        | Kind::Malformed
        | Kind::Conflict
        | Kind::TooLarge
        | Kind::Unsupported => true,
    }
}
