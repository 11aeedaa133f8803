//! Which part of a list a client wants, and the `Link` header that leads on from there.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponseParts, ResponseParts},
};
use http::{HeaderValue, Uri, header, request::Parts};
use serde::Deserialize;

use super::Form;
use crate::{domain::Page, error::Error};

/// `max_id`, `since_id`, `min_id`, `limit` and `offset`, and the address that they came with.
#[derive(Debug, Clone)]
pub struct Paging {
    wanted: Wanted,
    uri: Uri,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    max_id: Option<i64>,
    since_id: Option<i64>,
    min_id: Option<i64>,
    limit: Option<i64>,
    offset: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Form(wanted) = Form::<Wanted>::from_request_parts(parts, state).await?;
        let uri =
            parts.extensions.get::<axum::extract::OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        Ok(Self { wanted, uri })
    }
}

impl Paging {
    /// The page, with `usual` rows where the client does not say and at most twice as many.
    pub fn page(&self, usual: i64) -> Page {
        Page {
            max_id: self.wanted.max_id,
            since_id: self.wanted.since_id,
            min_id: self.wanted.min_id,
            limit: self.limit(usual),
        }
    }

    /// How many rows: `usual` where the client does not say, at most twice as many.
    pub fn limit(&self, usual: i64) -> i64 {
        self.wanted.limit.filter(|limit| *limit > 0).unwrap_or(usual).min(usual * 2)
    }

    /// Whether the client asks for all rows, which a few lists of Mastodon answer to `limit=0`.
    pub fn wants_all(&self) -> bool {
        self.wanted.limit == Some(0)
    }

    /// How many rows to leave out.
    pub fn offset(&self) -> i64 {
        self.wanted.offset.unwrap_or(0).clamp(0, 10_000)
    }

    /// Refuses what Mastodon's search refuses.
    pub fn refuse_negative(&self) -> Result<(), Error> {
        if self.wanted.limit.is_some_and(|limit| limit < 0) || self.wanted.offset.is_some_and(|offset| offset < 0) {
            return Err(Error::malformed("parameter.negative", "limit and offset cannot be negative."));
        }
        Ok(())
    }

    /// The `Link` header for a page whose newest and oldest rows have these ids; none for an empty page.
    pub fn links(&self, base_url: &str, first: Option<i64>, last: Option<i64>) -> Links {
        Links(first.zip(last).and_then(|(first, last)| link_header(base_url, &self.uri, first, last)))
    }
}

/// A `Link` header, or none.
#[derive(Debug, Clone)]
pub struct Links(Option<HeaderValue>);

impl IntoResponseParts for Links {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if let Some(value) = self.0 {
            response.headers_mut().insert(header::LINK, value);
        }
        Ok(response)
    }
}

/// `Link` with absolute addresses: `next` goes to older rows than `last`, `prev` to those just above `first`. Other
/// parameters of the query stay, but for a token.
pub fn link_header(base_url: &str, uri: &Uri, first: i64, last: i64) -> Option<HeaderValue> {
    let query = uri.query().unwrap_or_default();
    let address = |name: &str, id: i64| {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if !matches!(key.as_ref(), "max_id" | "since_id" | "min_id" | "offset" | "access_token") {
                pairs.append_pair(&key, &value);
            }
        }
        pairs.append_pair(name, &id.to_string());
        format!("{base_url}{}?{}", uri.path(), pairs.finish())
    };
    let value = format!("<{}>; rel=\"next\", <{}>; rel=\"prev\"", address("max_id", last), address("min_id", first));
    HeaderValue::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_other_parameters_and_drop_the_token() {
        let uri: Uri = "/api/v1/timelines/home?limit=2&max_id=9&access_token=secret&types[]=a%20b".parse().unwrap();
        assert_eq!(
            link_header("https://social.example", &uri, 8, 7).unwrap(),
            "<https://social.example/api/v1/timelines/home?limit=2&types%5B%5D=a+b&max_id=7>; rel=\"next\", \
             <https://social.example/api/v1/timelines/home?limit=2&types%5B%5D=a+b&min_id=8>; rel=\"prev\"",
        );
    }
}
