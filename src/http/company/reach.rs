//! `/api/guildhall/v1/reach-preview`: whom a post would reach, before it is written.

use axum::{Router, extract::State, routing::post};
use serde::Serialize;
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::{
        accounts, org,
        posts::{Audience, NewPost, addresses_followers},
        scheduled::Wish,
    },
    error::Result,
    federation::{
        fetch,
        outbound::{self, Inbox},
    },
    http::{
        extract::{Form, Json, Paths, Session},
        mastodon::{Writing, typed},
    },
    text,
};

/// How many servers are named; all are counted.
const HOSTS: usize = 100;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/reach-preview", post(preview))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::post("/reach-preview", "previewReach", "Tells whom a post would reach; nothing is written.")
            .refuses(&[
                "403 post.audience",
                "403 post.team",
                "422 media.working",
                "422 post.audience",
                "422 post.team",
                "brand.approval",
                "exposure.listen",
                "exposure.reply",
                "media.count",
                "media.failed",
                "media.mixed",
                "media.poll",
                "media.unknown",
                "poll.choice_too_long",
                "poll.choices",
                "poll.time",
                "post.content_type",
                "post.internal_mention",
                "post.language",
                "post.not_found",
                "post.quote",
                "post.too_long",
                "post.too_many",
                "post.visibility",
                "quote.policy",
                "reply.internal",
                "scheduled.time",
            ])
            .tells("Takes what `POST /api/v1/statuses` takes, with or without words.")
            .needs("write:statuses")
            .takes::<Writing>()
            .answers::<Reach>(),
    ]
}

/// Whom a post would reach.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReachPreview)]
struct Reach {
    /// `public`, `unlisted`, `followers`, `direct`, `company` or `team:ID`.
    audience: String,
    /// Whether everybody on the internet may read it.
    open: bool,
    /// How many people here may read what stays inside.
    people: Option<i64>,
    /// How many followers get it, here and elsewhere.
    followers: Option<i64>,
    /// To how many other servers it is delivered.
    servers: usize,
    /// The first of them, by name.
    hosts: Vec<String>,
    /// Whom it names on other servers that nobody here has met: they are looked for when it is written, and get it too.
    unknown: Vec<String>,
}

fn hosts_of(inboxes: Vec<Inbox>) -> Vec<String> {
    let mut hosts: Vec<String> = inboxes.into_iter().map(|inbox| inbox.host).collect();
    hosts.dedup();
    hosts
}

/// `POST /api/guildhall/v1/reach-preview`: takes what `POST /api/v1/statuses` takes, and writes nothing. It is no GET:
/// words do not belong into addresses, which proxies write down.
async fn preview(State(app): State<App>, me: Session, Form(writing): Form<Writing>) -> Result<Json<Reach>> {
    me.need("write:statuses")?;
    let mut new: NewPost = typed(&app, &me, writing).await?;
    // Whom it reaches is shown before the first word.
    if text::is_blank(&new.text) {
        "…".clone_into(&mut new.text);
    }
    let (by, inner, followers) = (me.by(), app.clone(), me.actor.followers_count);
    let tried = app.db.write(move |tx| {
        let hosts = hosts_of(outbound::reach(tx, &inner, &by, &new)?);
        let people = match (new.audience, new.team) {
            (Audience::Company, _) => Some(accounts::count_staff(tx.conn())?),
            (Audience::Team, Some(team)) => i64::try_from(org::members_of(tx.conn(), team)?.len()).ok(),
            _ => None,
        };
        let unknown =
            if new.audience.federates() { fetch::unknown_in(tx.conn(), &inner, &new.text)? } else { Vec::new() };
        Ok(Reach {
            audience: Wish::of(&new).readers(),
            open: new.audience.is_open(),
            people,
            followers: addresses_followers(new.audience).then_some(followers),
            servers: hosts.len(),
            hosts: hosts.into_iter().take(HOSTS).collect(),
            unknown: unknown.into_iter().map(|(username, host)| format!("@{username}@{host}")).collect(),
        })
    });
    tried.await.map(Json)
}
