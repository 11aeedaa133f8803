//! The table of contents: every protocol and where it is answered.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
    middleware::{from_fn, from_fn_with_state},
    response::Response,
};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate},
    },
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use super::{
    activitypub, bodies, company, elsewhere, emojis,
    extract::{cors, let_workroom_in},
    faces, files, health, mastodon,
    nul::refuse_nul,
    oauth, observe,
    under_way::{self, UnderWay},
    web, wellknown,
};
use crate::app::App;

/// How long an upload may take: telephones are slow.
const UPLOAD_TIME: Duration = Duration::from_secs(600);

/// Browsers that were here ask by https only, for two years.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Everything that the server answers. What stands around many routes is put around each at once, in the order in which
/// a request meets it: one by one, each of hundreds of routes would be boxed as often.
pub fn router(app: App) -> Router {
    let longest = Duration::from_secs(app.config.server.request_timeout_seconds);
    let https_only = app.site.base_url.starts_with("https://").then_some(HTTPS_ONLY);
    // Who may not ask so often is told so in a way that a browser shows to the page that asked.
    let apis = Router::new()
        .merge(company::routes(&app))
        .merge(mastodon::routes())
        .merge(oauth::routes())
        .merge(activitypub::client_routes(&app))
        .layer(
            ServiceBuilder::new()
                .layer(cors())
                .layer(from_fn_with_state(app.clone(), let_workroom_in))
                .layer(from_fn_with_state(app.clone(), observe::limit)),
        );
    Router::new()
        .merge(health::routes())
        .merge(wellknown::routes())
        .merge(activitypub::routes().layer(from_fn_with_state(app.clone(), web::as_page_for_readers)).layer(cors()))
        .merge(apis)
        .merge(mastodon::assets::routes())
        .merge(web::routes(&app))
        .layer(
            ServiceBuilder::new()
                // The best that can be had costs a processor hundreds of milliseconds for a megabyte.
                .layer(
                    CompressionLayer::new()
                        .quality(CompressionLevel::Fastest)
                        .compress_when(DefaultPredicate::new().and(may_be_compressed)),
                )
                .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, longest)),
        )
        // Large and slow in coming or going, and compressed already.
        .merge(
            mastodon::file_routes(&app).merge(company::file_routes(&app)).layer(
                ServiceBuilder::new()
                    .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, UPLOAD_TIME))
                    .layer(cors())
                    .layer(from_fn_with_state(app.clone(), let_workroom_in))
                    .layer(from_fn_with_state(app.clone(), observe::limit)),
            ),
        )
        .merge(files::routes())
        .merge(elsewhere::routes())
        .merge(emojis::routes())
        .merge(faces::routes())
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(observe::observe))
                .layer(SetResponseHeaderLayer::if_not_present(
                    header::STRICT_TRANSPORT_SECURITY,
                    move |_: &Response| https_only.clone(),
                ))
                .layer(from_fn_with_state(UnderWay::new(app.clone()), under_way::limit))
                .layer(CatchPanicLayer::new())
                .layer(from_fn(refuse_nul))
                .layer(from_fn_with_state((app.clone(), Arc::new(bodies::Room::default())), bodies::allot)),
        )
        .with_state(app)
}

/// Whether nobody learns anything from how small an answer gets: pages for one person have secrets in them that
/// stay, beside what an address says (BREACH). They are the documents that nobody may keep.
fn may_be_compressed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let says = |name: HeaderName, what: &str| {
        headers.get(name).is_some_and(|value| value.as_bytes().starts_with(what.as_bytes()))
    };
    !(says(header::CONTENT_TYPE, "text/html") && says(header::CACHE_CONTROL, "no-store"))
}
