//! `/api/guildhall/v1/posts/{id}/deliveries`: which servers have a post, which are still being tried, and why; for
//! its author, and for whoever runs the server.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        Page, PostId,
        posts::{self, Post, Viewer},
    },
    error::{Error, Result},
    federation::delivery::{self, Of, Receipt},
    http::extract::{Form, Id, Json, Links, Paging, Paths, Session},
};

/// How many deliveries a page has where nobody says.
const PAGE: i64 = 100;
/// How many are tried again at once.
const MOST: i64 = 100_000;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/posts/{id}/deliveries", get(list))
        .at("/api/guildhall/v1/posts/{id}/deliveries/retry", post(retry_all))
        .at("/api/guildhall/v1/posts/{id}/deliveries/{delivery}/retry", post(retry))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get(
            "/posts/{id}/deliveries",
            "listPostDeliveries",
            "Lists which servers have a post, and which wait.",
        )
        .refuses(&["delivery.state", "post.not_found"])
        .tells("For its author, and for who runs the server.")
        .needs("read:statuses")
        .needs("admin:read")
        .query::<DeliveryState>("state", "Only those in this state.")
        .paged(PAGE)
        .answers_list::<Shown>(),
        openapi::post(
            "/posts/{id}/deliveries/retry",
            "retryPostDeliveries",
            "Tries everything again that has not arrived.",
        )
        .refuses(&["post.not_found"])
        .needs("write:statuses")
        .needs("admin:write")
        .answers::<Retried>(),
        openapi::post("/posts/{id}/deliveries/{delivery}/retry", "retryPostDelivery", "Tries one delivery again.")
            .refuses(&["delivery.not_found", "post.not_found"])
            .needs("write:statuses")
            .needs("admin:write")
            .answers::<Shown>(),
    ]
}

/// A delivery as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct Shown {
    id: String,
    /// What was sent, such as `Create`, `Update`, `Delete`, `Follow`, `Like`, `Announce` or `Undo`.
    activity: String,
    /// The post that it is about, where whoever asks may see it.
    post: Option<PostId>,
    host: String,
    inbox: String,
    #[schema(value_type = DeliveryState)]
    state: String,
    attempts: i32,
    last_status: Option<i32>,
    last_error: Option<String>,
    /// The code of that, such as `delivery.answered`, where it has one.
    last_error_code: Option<&'static str>,
    /// When it is tried next, while it waits.
    next_at: Option<String>,
    done_at: Option<String>,
}

/// These deliveries, each with the post that it is about, as far as `me` may see that.
fn shown(conn: &mut Conn, me: &Session, found: Vec<Receipt>) -> Result<Vec<Shown>> {
    let viewer = Viewer::local(conn, me.reads_as())?;
    let about = found.iter().filter_map(|receipt| receipt.object.clone()).collect();
    let posts = posts::visible_by_uri(conn, &viewer, about)?;
    Ok(found.into_iter().map(|receipt| Shown::of(receipt, &posts)).collect())
}

impl Shown {
    fn of(receipt: Receipt, posts: &HashMap<String, PostId>) -> Self {
        Self {
            post: receipt.object.and_then(|object| posts.get(&object).copied()),
            id: receipt.id.to_string(),
            next_at: (receipt.state == "waiting").then(|| receipt.next_at.rfc3339()),
            done_at: receipt.done_at.map(Timestamp::rfc3339),
            activity: receipt.activity,
            host: receipt.host,
            inbox: receipt.inbox,
            state: receipt.state,
            attempts: receipt.attempts,
            last_status: receipt.last_status,
            last_error_code: receipt.last_error.as_deref().and_then(delivery::code),
            last_error: receipt.last_error,
        }
    }
}

crate::text_enum! {
    /// How a delivery stands.
    DeliveryState {
        /// It is tried, or tried again.
        Waiting = "waiting",
        /// The other server has it.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
    }
}

/// Which of them are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// `waiting`, `delivered` or `failed`.
    pub state: Option<String>,
}

impl Wanted {
    pub(super) fn states(self) -> Result<Vec<String>> {
        match self.state {
            None => Ok(Vec::new()),
            Some(state) => match state.parse::<DeliveryState>() {
                Ok(state) => Ok(vec![state.to_string()]),
                Err(_) => Err(Error::malformed("delivery.state", "A delivery is waiting, delivered or failed.")),
            },
        }
    }
}

/// Whose deliveries somebody may see, or have tried again.
#[derive(Debug, Clone, Copy)]
struct Reach {
    /// Those of their own posts.
    own: bool,
    /// Those of every post that leaves the house.
    all: bool,
}

/// `read` or `write`: authors with a token for posts, admins with a token for administration.
fn reach(me: &Session, verb: &str) -> Result<Reach> {
    let runs = me.account.runs_server();
    let (posts, admin) = (format!("{verb}:statuses"), format!("admin:{verb}"));
    let reach = Reach { own: me.may(&posts), all: runs && me.may(&admin) };
    if !reach.own && !reach.all {
        me.need(&posts)?;
    }
    Ok(reach)
}

/// What is meant when somebody asks for the deliveries of a post.
fn of(conn: &mut Conn, id: PostId, me: &Session, reach: Reach) -> Result<Of> {
    let may = |post: &Post| (reach.own && post.author_id == me.actor.id) || (reach.all && post.audience.federates());
    let post = posts::find(conn, id)?
        .filter(may)
        .ok_or_else(|| Error::not_found("post.not_found", "There is no such post."))?;
    // A post that never left the house has no address, and no deliveries.
    let object = Some(post.uri.unwrap_or_default());
    Ok(Of { object, actor: Some(post.author_id.0), ..Of::default() })
}

/// `GET /api/guildhall/v1/posts/{id}/deliveries`
async fn list(
    State(app): State<App>,
    me: Session,
    Id(id): Id<PostId>,
    paging: Paging,
    Form(wanted): Form<Wanted>,
) -> Result<(Links, Json<Vec<Shown>>)> {
    let (reach, states, page) = (reach(&me, "read")?, wanted.states()?, paging.page(PAGE));
    let found = app
        .db
        .read(move |conn| {
            let of = Of { states, ..of(conn, id, &me, reach)? };
            Listed::read(conn, &me, &of, &page)
        })
        .await?;
    Ok(found.answer(&app, &paging))
}

/// A page of deliveries.
#[derive(Debug)]
pub(super) struct Listed {
    first: Option<i64>,
    last: Option<i64>,
    shown: Vec<Shown>,
}

impl Listed {
    /// These deliveries, for `me`.
    pub(super) fn read(conn: &mut Conn, me: &Session, of: &Of, page: &Page) -> Result<Self> {
        let found = delivery::list(conn, of, page)?;
        let (first, last) = (found.first().map(|one| one.id), found.last().map(|one| one.id));
        Ok(Self { first, last, shown: shown(conn, me, found)? })
    }

    /// The page with its links.
    pub(super) fn answer(self, app: &App, paging: &Paging) -> (Links, Json<Vec<Shown>>) {
        (paging.links(&app.site.base_url, self.first, self.last), Json(self.shown))
    }
}

/// What a retry did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Retried {
    /// How many are tried again.
    pub retried: usize,
}

/// `POST /api/guildhall/v1/posts/{id}/deliveries/retry`: everything that has not arrived.
async fn retry_all(State(app): State<App>, me: Session, Id(id): Id<PostId>) -> Result<Json<Retried>> {
    let reach = reach(&me, "write")?;
    let retried = app.db.write(move |tx| {
        let of = of(tx.conn(), id, &me, reach)?;
        delivery::retry_of(tx, &of, MOST)
    });
    Ok(Json(Retried { retried: retried.await? }))
}

/// `POST /api/guildhall/v1/posts/{id}/deliveries/{delivery}/retry`
async fn retry(State(app): State<App>, me: Session, Path((id, wanted)): Path<(String, String)>) -> Result<Json<Shown>> {
    let missing = || Error::not_found("delivery.not_found", "There is no delivery that could be tried again.");
    let (id, wanted): (PostId, i64) = (id.parse().map_err(|_| missing())?, wanted.parse().map_err(|_| missing())?);
    let reach = reach(&me, "write")?;
    let tried = app.db.write(move |tx| {
        let of = Of { id: Some(wanted), ..of(tx.conn(), id, &me, reach)? };
        if delivery::retry_of(tx, &of, 1)? == 0 {
            return Err(missing());
        }
        let found = delivery::list(tx.conn(), &of, &Page::default())?;
        shown(tx.conn(), &me, found)?.into_iter().next().ok_or_else(missing)
    });
    Ok(Json(tried.await?))
}
