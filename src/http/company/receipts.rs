//! `/api/guildhall/v1/posts/{id}/receipts`: which servers have a post, which are still being tried, and why.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use serde::Serialize;

use crate::{
    app::App,
    db::Conn,
    domain::{
        ActorId, PostId,
        accounts::Role,
        posts::{self, Post},
    },
    error::{Error, Result},
    federation::delivery::{self, Receipt},
    http::extract::{Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/posts/{id}/receipts", get(list))
        .at("/api/guildhall/v1/posts/{id}/receipts/{delivery}/retry", post(retry))
}

/// A receipt as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    activity: String,
    host: String,
    inbox: String,
    state: String,
    attempts: i32,
    last_status: Option<i32>,
    last_error: Option<String>,
    /// When it is tried next, while it waits.
    next_at: Option<String>,
    done_at: Option<String>,
}

/// The receipts of a post.
#[derive(Debug, Serialize)]
struct Answer {
    receipts: Vec<Shown>,
}

fn shown(receipts: Vec<Receipt>) -> Json<Answer> {
    Json(Answer { receipts: receipts.into_iter().map(Shown::from).collect() })
}

impl From<Receipt> for Shown {
    fn from(receipt: Receipt) -> Self {
        Self {
            id: receipt.id.to_string(),
            next_at: (receipt.state == "waiting").then(|| receipt.next_at.rfc3339()),
            done_at: receipt.done_at.map(crate::db::Timestamp::rfc3339),
            activity: receipt.activity,
            host: receipt.host,
            inbox: receipt.inbox,
            state: receipt.state,
            attempts: receipt.attempts,
            last_status: receipt.last_status,
            last_error: receipt.last_error,
        }
    }
}

/// The post, for its author and for whoever runs the server.
fn readable(conn: &mut Conn, id: PostId, reader: ActorId, role: Role) -> Result<Post> {
    let runs = matches!(role, Role::Owner | Role::Admin);
    posts::find(conn, id)?
        .filter(|post| post.author_id == reader || (runs && post.audience.federates()))
        .ok_or_else(|| Error::not_found("post.not_found", "There is no such post."))
}

async fn list(State(app): State<App>, session: Session, Id(id): Id<PostId>) -> Result<Json<Answer>> {
    session.need("read:statuses")?;
    let (reader, role) = (session.actor.id, session.account.role);
    let receipts = app
        .db
        .read(move |conn| {
            let post = readable(conn, id, reader, role)?;
            delivery::receipts(conn, &post)
        })
        .await?;
    Ok(shown(receipts))
}

async fn retry(
    State(app): State<App>,
    session: Session,
    Path((post, wanted)): Path<(String, String)>,
) -> Result<Json<Answer>> {
    let missing = || Error::not_found("delivery.not_found", "There is no delivery that could be tried again.");
    let (id, wanted): (PostId, i64) = (post.parse().map_err(|_| missing())?, wanted.parse().map_err(|_| missing())?);
    session.need("write:statuses")?;
    let (reader, role) = (session.actor.id, session.account.role);
    let receipts = app
        .db
        .write(move |tx| {
            let post = readable(tx.conn(), id, reader, role)?;
            let theirs = delivery::receipts(tx.conn(), &post)?.iter().any(|receipt| receipt.id == wanted);
            if !theirs {
                return Err(missing());
            }
            delivery::retry(tx, wanted)?;
            delivery::receipts(tx.conn(), &post)
        })
        .await?;
    Ok(shown(receipts))
}
