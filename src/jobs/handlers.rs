//! From a stored job to the code that does it, and what its failure means.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::{
    endings, erase, inside, letters, media, prune, pushes, reviews,
    runner::{Claimed, DEADLY, Handler, Outcome},
    sign_ups,
};
use crate::{
    app::App,
    db::Tx,
    domain::{ActorId, accounts, drafts, notifications, posts, scheduled, work::Job},
    error::{Error, Kind, Result},
    federation::{activities, fetch, outbound},
};

/// After this many tries, spread over about an hour, what another server does not give is given up.
const FETCH_TRIES: i32 = 6;
/// How long one try may wait for other servers altogether.
const FETCH_TIME: Duration = Duration::from_secs(120);
/// How often what has outlived its use is deleted.
const PRUNE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// When it is tried again after a failure.
const PRUNE_AGAIN: Duration = Duration::from_secs(3600);
/// When what is due is tried again.
const PUBLISH_AGAIN: Duration = Duration::from_secs(60);
/// How often a push service is asked to take a message.
const PUSH_TRIES: i32 = 5;
/// How many posts that were here before the index are read in one transaction.
const INDEXED: i64 = 100;
/// How many posts that were here before conversations are looked at in one transaction.
const CONVERSED: i64 = 500;

/// The job comes again for its next portion, and its tries count anew: what is done stays done, and however often the
/// server dies, a long piece of work is not taken for what kills it.
const NEXT: Outcome = Outcome::Later(Duration::ZERO);

/// Does what `domain::work::Job` names.
pub struct Handlers {
    app: App,
    /// For push services that have not shown that they answer.
    doubted: Semaphore,
}

impl Handlers {
    /// Handlers of this application.
    pub fn new(app: App) -> Self {
        Self { app, doubted: Semaphore::new(pushes::DOUBTED) }
    }

    async fn work(&self, job: &Job) -> Result<Outcome> {
        let app = &self.app;
        match job {
            Job::Federate { actor, change } => outbound::handle_federate(app, *actor, change).await?,
            Job::Inbound { .. }
            | Job::FetchPost { .. }
            | Job::RefreshActor { .. }
            | Job::RefreshPost { .. }
            | Job::FetchCard { .. }
            | Job::FindCreator { .. }
            | Job::CheckQuote { .. }
            | Job::VerifyFields { .. } => {
                let late = || Error::unavailable("job.too_long", "Other servers took too long.");
                tokio::time::timeout(FETCH_TIME, self.fetch(job)).await.map_err(|_| late())??;
            }
            Job::TellVotes { post } => {
                let post = *post;
                app.db.write(move |tx| posts::tell_votes(tx, post)).await?;
            }
            Job::EndPoll { post, .. } => {
                let post = *post;
                app.db.write(move |tx| posts::end_poll(tx, post)).await?;
            }
            Job::PublishScheduled { actor, .. } => return publish_scheduled(app, *actor).await,
            Job::PublishDrafts { actor, .. } => return publish_drafts(app, *actor).await,
            Job::HoldUnready { actor } => {
                // A role that changes meanwhile is another job behind this one.
                let (actor, mut after, mut all) = (*actor, None, Ok(()));
                while let Some((seen, looked)) = app.db.write(move |tx| drafts::hold_unready(tx, actor, after)).await? {
                    if let Err(error) = &looked {
                        tracing::error!(%error, draft.id = %seen, "A draft that waits for its time could not be looked at");
                    }
                    (after, all) = (Some(seen), all.and(looked));
                }
                all?;
            }
            Job::TellOfAct { entry, account } => letters::tell_of_act(app, *entry, *account).await?,
            Job::TellOfDrafts { account, since } => reviews::tell(app, *account, *since).await?,
            Job::TellOfChange { account, draft } => reviews::tell_of_change(app, *account, *draft).await?,
            Job::TellOfRole { account, brand, before } => {
                letters::tell_of_role(app, *account, *brand, before.clone()).await?;
            }
            Job::LookAtCertificates { .. } => app.db.write(accounts::tell_of_endings).await?,
            Job::TellOfCertificates { account, certificates, ended } => {
                endings::tell(app, *account, certificates, *ended).await?;
            }
            Job::TellOfPasskey { account, name, added, at } => {
                letters::tell_of_passkey(app, *account, name, *added, *at).await?;
            }
            Job::EraseActor { actor } if erase::run(&app.db, *actor).await? => return Ok(NEXT),
            Job::PartFrom { actor, host } if erase::part_from(&app.db, *actor, host).await? => return Ok(NEXT),
            Job::EraseActor { .. } | Job::PartFrom { .. } => {}
            Job::DropFiles => media::drop_files(app).await?,
            Job::ReadFilm { media: id } => media::read_film(app, *id).await?,
            Job::SendReset { name } => letters::send_reset(app, name).await?,
            Job::SendInvitation { invitation } => letters::send_invitation(app, *invitation).await?,
            Job::SendSignUp { sign_up } => sign_ups::send_link(app, *sign_up).await?,
            Job::TellOfSignUps { account } => sign_ups::tell(app, *account).await?,
            Job::SendWelcome { account } => sign_ups::welcome(app, *account).await?,
            Job::SendRefusal { refusal } => sign_ups::refuse(app, *refusal).await?,
            Job::IndexPosts { before } => {
                // One portion for each job: what is done stays done, whatever happens to the server.
                let before = *before;
                let one = move |tx: &mut Tx<'_>| match posts::index_stored(tx, before, INDEXED)? {
                    Some(before) => tx.defer(&Job::IndexPosts { before }),
                    None => Ok(()),
                };
                app.db.write(one).await?;
            }
            Job::Converse { before } => {
                let before = *before;
                let one = move |tx: &mut Tx<'_>| match posts::converse_stored(tx, before, CONVERSED)? {
                    Some(before) => tx.defer(&Job::Converse { before }),
                    None => Ok(()),
                };
                app.db.write(one).await?;
            }
            Job::LetIn { owner, from } => {
                let (owner, from) = (*owner, *from);
                app.db.write(move |tx| notifications::merge(tx, owner, from)).await?;
            }
            Job::Push { subscription, notification, .. } => {
                return pushes::push(app, &self.doubted, *subscription, *notification).await;
            }
            Job::LookAgain { actor, .. } => {
                let actor = *actor;
                app.db.write(move |tx| posts::look_again(tx, actor)).await?;
            }
            Job::AskForConsent { request, account } => inside::ask_for_consent(app, *request, *account).await?,
            Job::TellOfReviews { account } => inside::tell_of_reviews(app, *account).await?,
            Job::Prune => {
                prune::run(app).await?;
                return Ok(Outcome::Later(PRUNE_EVERY));
            }
        }
        Ok(Outcome::Done)
    }

    /// What waits for other servers.
    async fn fetch(&self, job: &Job) -> Result<()> {
        let app = &self.app;
        match job {
            Job::Inbound { signer, activity, inbox, .. } => {
                activities::handle_inbound(app, signer, activity, *inbox).await
            }
            Job::FetchPost { uri, budget, .. } => fetch::handle_fetch_post(app, uri, *budget).await,
            Job::RefreshActor { uri } => fetch::handle_refresh_actor(app, uri).await,
            Job::RefreshPost { uri, .. } => fetch::refresh(app, uri, &mut fetch::Budget::default()).await,
            Job::FetchCard { url, .. } => fetch::handle_fetch_card(app, url).await,
            Job::FindCreator { url, .. } => fetch::handle_find_creator(app, url).await,
            Job::CheckQuote { post, depth, .. } => fetch::handle_check_quote(app, *post, *depth).await,
            Job::VerifyFields { actor, .. } => fetch::handle_verify_fields(app, *actor).await,
            Job::Federate { .. }
            | Job::TellVotes { .. }
            | Job::EndPoll { .. }
            | Job::LookAgain { .. }
            | Job::TellOfReviews { .. }
            | Job::AskForConsent { .. }
            | Job::PublishScheduled { .. }
            | Job::PublishDrafts { .. }
            | Job::HoldUnready { .. }
            | Job::TellOfAct { .. }
            | Job::TellOfDrafts { .. }
            | Job::TellOfChange { .. }
            | Job::TellOfRole { .. }
            | Job::LookAtCertificates { .. }
            | Job::TellOfCertificates { .. }
            | Job::TellOfPasskey { .. }
            | Job::EraseActor { .. }
            | Job::PartFrom { .. }
            | Job::DropFiles
            | Job::ReadFilm { .. }
            | Job::SendReset { .. }
            | Job::SendInvitation { .. }
            | Job::SendSignUp { .. }
            | Job::TellOfSignUps { .. }
            | Job::SendWelcome { .. }
            | Job::SendRefusal { .. }
            | Job::IndexPosts { .. }
            | Job::Converse { .. }
            | Job::LetIn { .. }
            | Job::Push { .. }
            | Job::Prune => Ok(()),
        }
    }
}

/// Publishes the next post that is due of somebody. One that breaks something keeps no other one back.
async fn publish_scheduled(app: &App, actor: ActorId) -> Result<Outcome> {
    let Some(id) = app.db.write(move |tx| scheduled::next_due(tx, actor)).await? else { return Ok(Outcome::Done) };
    let site = app.site.clone();
    match app.db.write(move |tx| scheduled::publish_due(tx, &site, actor, id)).await {
        Err(error) if error.kind() == Kind::Internal => {
            tracing::error!(%error, scheduled.id = %id, "A scheduled post could not be published, and is kept");
            app.db.write(move |tx| scheduled::fail_broken(tx, actor, id)).await?;
        }
        done => done?,
    }
    Ok(NEXT)
}

/// Publishes the next draft that is due of a brand. One that breaks something keeps no other one back.
async fn publish_drafts(app: &App, brand: ActorId) -> Result<Outcome> {
    let Some(id) = app.db.write(move |tx| drafts::next_due(tx, brand)).await? else { return Ok(Outcome::Done) };
    let site = app.site.clone();
    match app.db.write(move |tx| drafts::publish_due(tx, &site, id)).await {
        Err(error) if error.kind() == Kind::Internal => {
            tracing::error!(%error, draft.id = %id, "A draft could not be published, and is held");
            app.db.write(move |tx| drafts::hold_broken(tx, brand, id)).await?;
        }
        done => done?,
    }
    Ok(NEXT)
}

impl Handler for Handlers {
    fn handle(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let parsed: Job = match serde_json::from_str(&job.payload) {
                Ok(parsed) => parsed,
                Err(error) => return Outcome::Park(Error::internal(error)),
            };
            match self.work(&parsed).await {
                Ok(outcome) => outcome,
                Err(error) => {
                    let outcome = judge(&parsed, job.attempts, error);
                    if let (Outcome::Done, Job::Inbound { signer, activity, .. }) = (&outcome, &parsed)
                        && let Err(error) = activities::give_up_inbound(&self.app, signer, activity).await
                    {
                        return Outcome::Retry(error);
                    }
                    outcome
                }
            }
        })
    }

    /// Of what is published one after the other, the first is set aside: those behind it go.
    fn give_up(&self, job: Claimed) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let db = &self.app.db;
            let set_aside = match serde_json::from_str(&job.payload) {
                Ok(Job::PublishScheduled { actor, .. }) => {
                    db.write(move |tx| match scheduled::next_due(tx, actor)? {
                        Some(id) => scheduled::fail_broken(tx, actor, id),
                        None => Ok(()),
                    })
                    .await
                }
                Ok(Job::PublishDrafts { actor, .. }) => {
                    db.write(move |tx| match drafts::next_due(tx, actor)? {
                        Some(id) => drafts::hold_broken(tx, actor, id),
                        None => Ok(()),
                    })
                    .await
                }
                _ => return Outcome::Park(Error::internal(DEADLY)),
            };
            match set_aside {
                Ok(()) => NEXT,
                Err(error) => {
                    tracing::error!(%error, "What may be to blame could not be set aside; it is tried again in a minute");
                    Outcome::NotNow(PUBLISH_AGAIN)
                }
            }
        })
    }
}

/// What a failure means. What a peer got wrong does not get better by trying again and is nobody's to mend here; what
/// we wanted to do ourselves never vanishes.
fn judge(job: &Job, attempts: i32, error: Error) -> Outcome {
    let passing = matches!(error.kind(), Kind::Unavailable | Kind::TooMany | Kind::Internal);
    let ours = error.kind() == Kind::Internal || error.code().starts_with("database");
    let kind = job.name();
    match job {
        Job::Inbound { .. }
        | Job::FetchPost { .. }
        | Job::RefreshActor { .. }
        | Job::RefreshPost { .. }
        | Job::FetchCard { .. }
        | Job::FindCreator { .. }
        | Job::CheckQuote { .. }
        | Job::VerifyFields { .. } => {
            if passing && (ours || attempts < FETCH_TRIES) {
                return Outcome::Retry(error);
            }
            tracing::info!(job.kind = kind, %error, "A job ended without effect");
            Outcome::Done
        }
        // What happened is in the app when it is opened, and who wants another password or an account asks again: who
        // cannot be told soon is not told late.
        Job::Push { .. }
        | Job::SendReset { .. }
        | Job::SendSignUp { .. }
        | Job::TellOfSignUps { .. }
        | Job::SendWelcome { .. }
        | Job::SendRefusal { .. }
        | Job::TellOfReviews { .. }
        | Job::TellOfDrafts { .. }
        | Job::TellOfChange { .. }
        | Job::TellOfRole { .. }
        | Job::AskForConsent { .. } => {
            let tries = if matches!(job, Job::Push { .. }) { PUSH_TRIES } else { FETCH_TRIES };
            if passing && (ours || attempts < tries) {
                return Outcome::Retry(error);
            }
            tracing::warn!(job.kind = kind, %error, "Somebody was not told");
            Outcome::Done
        }
        // It was deleted before it could be told.
        Job::Federate { .. } if error.code() == "post.not_published" => Outcome::Done,
        Job::Prune => {
            tracing::error!(%error, "Could not prune; it is tried again in an hour");
            Outcome::Later(PRUNE_AGAIN)
        }
        // What is due is nobody's to give up: it goes when the database is back.
        Job::PublishScheduled { .. } | Job::PublishDrafts { .. } if passing => {
            tracing::error!(job.kind = kind, %error, "What is due could not be published; it is tried again in a minute");
            Outcome::Later(PUBLISH_AGAIN)
        }
        Job::Federate { .. }
        | Job::TellVotes { .. }
        | Job::EndPoll { .. }
        | Job::LookAgain { .. }
        | Job::PublishScheduled { .. }
        | Job::PublishDrafts { .. }
        | Job::HoldUnready { .. }
        | Job::TellOfAct { .. }
        | Job::LookAtCertificates { .. }
        | Job::TellOfCertificates { .. }
        | Job::TellOfPasskey { .. }
        | Job::SendInvitation { .. }
        | Job::EraseActor { .. }
        | Job::IndexPosts { .. }
        | Job::Converse { .. }
        | Job::LetIn { .. }
        | Job::PartFrom { .. }
        | Job::DropFiles
        | Job::ReadFilm { .. } => {
            if passing {
                Outcome::Retry(error)
            } else {
                Outcome::Park(error)
            }
        }
    }
}
