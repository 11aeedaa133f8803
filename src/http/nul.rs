//! NUL in paths, which no name of ours holds and PostgreSQL refuses.

use axum::{extract::Request, middleware::Next, response::Response};

use super::problem;
use crate::error::Error;

/// Layer: what has NUL in its path names nothing.
pub(super) async fn refuse_nul(request: Request, next: Next) -> Response {
    if request.uri().path().contains("%00") {
        let nothing = Error::not_found("path.not_found", "There is nothing at this address.");
        return problem::said_at(request.uri().path(), nothing);
    }
    next.run(request).await
}
