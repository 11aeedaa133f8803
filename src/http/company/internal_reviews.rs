//! `/api/guildhall/v1/internal-reviews`: internal posts whose author is asked whether they stay inside.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    oneself,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        ActorId, PostId,
        actors::Actor,
        posts::{self, Inside, InternalReason, Review},
    },
    error::Result,
    http::extract::{Form, Id, Json, Links, Paging, Paths, Session},
};

/// How many a page has where nobody says.
const PAGE: i64 = 20;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/internal-reviews", get(list))
        .at("/api/guildhall/v1/posts/{id}/keep", post(keep))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get(
            "/internal-reviews",
            "listInternalReviews",
            "Lists internal posts whose author is asked whether they stay inside, newest first.",
        )
        .refuses(&["token.oneself"])
        .needs("read:statuses")
        .paged(PAGE)
        .answers_list::<Shown>(),
        openapi::post("/posts/{id}/keep", "keepInside", "Says that an internal post stays inside.")
            .refuses(&[
                "post.inside",
                "post.not_found",
                "post.not_internal",
                "403 post.not_yours",
                "post.reason",
                "post.review_at",
                "token.oneself",
            ])
            .tells("With the reason, and when it is looked at again.")
            .needs("write:statuses")
            .takes::<Answer>()
            .answers::<Shown>(),
    ]
}

/// An internal post that is looked at again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InternalReview)]
struct Shown {
    /// The post.
    id: PostId,
    author: ActorId,
    username: Option<String>,
    /// `company` or `team:ID`.
    audience: String,
    /// What it says.
    text: String,
    reason: Option<InternalReason>,
    review_at: Option<String>,
    /// When somebody was asked; nothing where it is not due.
    asked_at: Option<String>,
    created_at: String,
}

fn shown(review: Review, authors: &[Actor]) -> Shown {
    let Review { post, inside, asked_at } = review;
    Shown {
        author: post.author_id,
        username: authors.iter().find(|actor| actor.id == post.author_id).map(|actor| actor.username.clone()),
        audience: post.readers(),
        text: posts::wording(&post),
        reason: inside.reason,
        review_at: inside.review_at.map(Timestamp::rfc3339),
        asked_at: asked_at.map(Timestamp::rfc3339),
        created_at: post.published_at.rfc3339(),
        id: post.id,
    }
}

/// `GET /api/guildhall/v1/internal-reviews`: what waits for one's own answer, newest first.
async fn list(State(app): State<App>, me: Session, paging: Paging) -> Result<(Links, Json<Vec<Shown>>)> {
    me.need("read:statuses")?;
    let (account, own) = oneself(&me)?;
    let page = paging.page(PAGE);
    let found = app.db.read(move |conn| {
        let reviews = posts::list_reviews(conn, account, own, &page)?;
        let authors = posts::authors_of(conn, &reviews)?;
        Ok(reviews.into_iter().map(|review| shown(review, &authors)).collect::<Vec<Shown>>())
    });
    let found = found.await?;
    let ids = (found.first().map(|one| one.id.0), found.last().map(|one| one.id.0));
    Ok((paging.links(&app.site.base_url, ids.0, ids.1), Json(found)))
}

/// Why it stays, and when it is looked at again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = KeepWish)]
struct Answer {
    #[schema(value_type = Option<InternalReason>)]
    reason: Option<String>,
    review_at: Option<String>,
}

/// `POST /api/guildhall/v1/posts/{id}/keep`
async fn keep(
    State(app): State<App>,
    me: Session,
    Id(id): Id<PostId>,
    Form(answer): Form<Answer>,
) -> Result<Json<Shown>> {
    me.need("write:statuses")?;
    let (account, own) = oneself(&me)?;
    let inside = Inside::typed(answer.reason.as_deref(), answer.review_at.as_deref())?;
    let kept = app.db.write(move |tx| {
        tx.behalf_of(account.0);
        let review = posts::keep_inside(tx, account, own, id, inside)?;
        let authors = posts::authors_of(tx.conn(), std::slice::from_ref(&review))?;
        Ok(shown(review, &authors))
    });
    kept.await.map(Json)
}
