//! What a server offers to look at: who is here, what is much talked of, whom one might follow. Also what this server
//! has none of, and says so.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{
    entities::{Account, Emoji, Status, Tag},
    look::look,
    render::offered,
};
use crate::{
    app::App,
    domain::{
        actors::{self, DirectoryOrder},
        emojis, follows,
        posts::EntryRef,
        tags, timelines,
    },
    error::{Error, Result},
    http::extract::{Form, Id, Json, MaybeSession, Paging, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/directory", get(directory))
        .at("/api/v1/suggestions", get(suggestions))
        .at("/api/v2/suggestions", get(suggestions_with_reasons))
        .at("/api/v1/trends", get(trending_tags))
        .at("/api/v1/trends/tags", get(trending_tags))
        .at("/api/v1/trends/statuses", get(trending_statuses))
        .at("/api/v1/trends/links", get(trending_links))
        .at("/api/v1/timelines/link", get(about_link))
        .at("/api/v1/custom_emojis", get(custom_emojis))
        .at("/api/v1/statuses/{id}/translate", post(translate))
}

/// In which order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Order {
    order: Option<String>,
}

/// `GET /api/v1/directory`: our own who let themselves be found, whether or not `local` is asked for.
async fn directory(
    State(app): State<App>,
    me: MaybeSession,
    Form(order): Form<Order>,
    paging: Paging,
) -> Result<Json<Vec<Account>>> {
    me.need("read:accounts")?;
    let order = match order.order.as_deref() {
        Some("new") => DirectoryOrder::New,
        _ => DirectoryOrder::Active,
    };
    let (limit, offset) = (paging.limit(40), paging.offset());
    let listed = look(&app, me.actor(), move |look| {
        let people = actors::directory(look.conn, order, limit, offset)?;
        look.accounts(&people)
    });
    listed.await.map(Json)
}

async fn suggested(app: &App, me: &Session, limit: i64) -> Result<Vec<Account>> {
    let owner = me.actor.id;
    let listed = look(app, Some(owner), move |look| {
        let people = follows::suggestions(look.conn, owner, limit)?;
        look.accounts(&people)
    });
    listed.await
}

/// `GET /api/v1/suggestions`: our own who let themselves be found and whom one does not follow yet.
async fn suggestions(State(app): State<App>, me: Session, paging: Paging) -> Result<Json<Vec<Account>>> {
    me.need("read")?;
    suggested(&app, &me, paging.limit(40)).await.map(Json)
}

/// Somebody whom one might follow, and why they are shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Suggestion {
    /// As Mastodon said it before 4.3.
    source: &'static str,
    sources: [&'static str; 1],
    account: Account,
}

/// `GET /api/v2/suggestions`
async fn suggestions_with_reasons(
    State(app): State<App>,
    me: Session,
    paging: Paging,
) -> Result<Json<Vec<Suggestion>>> {
    me.need("read")?;
    let people = suggested(&app, &me, paging.limit(40)).await?;
    let suggestion = |account| Suggestion { source: "staff", sources: ["featured"], account };
    Ok(Json(people.into_iter().map(suggestion).collect()))
}

/// `GET /api/v1/trends/tags`: what several of ours write about this week.
async fn trending_tags(State(app): State<App>, me: MaybeSession, paging: Paging) -> Result<Json<Vec<Tag>>> {
    let (limit, offset) = (paging.limit(10), paging.offset());
    let listed = look(&app, me.actor(), move |look| {
        let names = tags::trending(look.conn, look.now, limit, offset)?;
        look.tags(&names)
    });
    listed.await.map(Json)
}

/// `GET /api/v1/trends/statuses`: which posts of ours are liked and boosted this week.
async fn trending_statuses(State(app): State<App>, me: MaybeSession, paging: Paging) -> Result<Json<Vec<Status>>> {
    let (limit, offset) = (paging.limit(20), paging.offset());
    let listed = look(&app, me.actor(), move |look| {
        let ids = timelines::trending(look.conn, look.now, limit, offset)?;
        let entries: Vec<EntryRef> = ids.into_iter().map(EntryRef::post).collect();
        look.statuses(&entries)
    });
    listed.await.map(Json)
}

/// `GET /api/v1/trends/links`: links are not counted.
async fn trending_links() -> Json<[(); 0]> {
    Json([])
}

/// `GET /api/v1/timelines/link`: Mastodon knows such a timeline for trending links only, of which there are none.
async fn about_link() -> Error {
    Error::not_found("link.not_trending", "This link is not trending.")
}

/// `GET /api/v1/custom_emojis`: those of the company that apps offer.
async fn custom_emojis(State(app): State<App>) -> Result<Json<Vec<Emoji>>> {
    let all = app.db.read(emojis::in_picker).await?;
    Ok(Json(all.into_iter().map(offered).collect()))
}

/// `POST /api/v1/statuses/:id/translate`: not found, as where no translator is set up.
async fn translate(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<()>> {
    me.need("read:statuses")?;
    look(&app, Some(me.actor.id), move |look| look.target(id).map(|_| ())).await?;
    Err(Error::not_found("post.no_translator", "This server does not translate."))
}
