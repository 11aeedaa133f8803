//! The table of contents: every protocol and where it is answered.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer};

use super::{
    activitypub, bodies, company, elsewhere,
    extract::cors,
    files, health, mastodon,
    nul::refuse_nul,
    oauth, observe,
    under_way::{self, UnderWay},
    web, wellknown,
};
use crate::app::App;

/// How long an upload may take: telephones are slow.
const UPLOAD_TIME: Duration = Duration::from_secs(600);

/// Everything that the server answers.
pub fn router(app: App) -> Router {
    let longest = Duration::from_secs(app.config.server.request_timeout_seconds);
    // Who may not ask so often is told so in a way that a browser shows to the page that asked.
    let apis = Router::new()
        .merge(company::routes())
        .merge(mastodon::routes())
        .merge(oauth::routes())
        .merge(activitypub::client_routes())
        .layer(from_fn_with_state(app.clone(), observe::limit))
        .layer(cors());
    Router::new()
        .merge(health::routes())
        .merge(wellknown::routes())
        .merge(activitypub::routes().layer(cors()))
        .merge(apis)
        .merge(mastodon::assets::routes())
        .merge(web::routes(&app))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, longest))
        .layer(CompressionLayer::new())
        // Large and slow in coming or going, and compressed already.
        .merge(
            mastodon::file_routes(&app)
                .layer(from_fn_with_state(app.clone(), observe::limit))
                .layer(cors())
                .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, UPLOAD_TIME)),
        )
        .merge(files::routes())
        .merge(elsewhere::routes())
        .layer(from_fn_with_state((app.clone(), Arc::new(bodies::Room::default())), bodies::allot))
        .layer(from_fn(refuse_nul))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(UnderWay::new(app.clone()), under_way::limit))
        .layer(from_fn(observe::observe))
        .with_state(app)
}
