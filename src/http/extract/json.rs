//! JSON answers.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;

use crate::error::Error;

/// An answer as `application/json; charset=utf-8`. What is answered to one reader is not kept for another.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [
                    (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
                    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
                ],
                body,
            )
                .into_response(),
            Err(cause) => Error::from(cause).into_response(),
        }
    }
}
