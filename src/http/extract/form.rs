//! What a request says, as a type.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{fields::Fields, lenient};
use crate::error::Error;

/// Query and body together, read leniently; see [`from_value`](super::from_value).
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Form<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        match parts.extensions.get::<Fields>() {
            Some(Fields(value)) => lenient::from_value(value).map(Self),
            None => Err(Error::internal("a handler takes a Form outside the layer read_fields")),
        }
    }
}
