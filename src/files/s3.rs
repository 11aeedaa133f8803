//! S3 over a client of our own, so that the library needs no second one. It is the operator who names the service, so
//! it may be at an address that strangers could not make us ask.

use std::{future::Future, pin::Pin, time::Duration};

use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use object_store::{
    ClientOptions,
    aws::{AmazonS3, AmazonS3Builder},
    client::{
        HttpClient, HttpConnector as Connector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
        HttpResponseBody, HttpService,
    },
};
use url::Url;

use crate::{
    config,
    error::{Error, Result},
};

/// How long the service may take to begin its answer.
const ANSWER: Duration = Duration::from_secs(60);

/// The bucket that the settings name.
pub(super) fn open(endpoint: &Url, settings: &config::Media) -> Result<AmazonS3> {
    let text = |hidden: &Option<config::Hidden>| hidden.as_deref().unwrap_or_default().to_owned();
    AmazonS3Builder::new()
        .with_endpoint(endpoint.as_str().trim_end_matches('/'))
        .with_bucket_name(settings.s3_bucket.clone().unwrap_or_default())
        .with_region(&settings.s3_region)
        .with_access_key_id(text(&settings.s3_access_key))
        .with_secret_access_key(text(&settings.s3_secret_key))
        .with_allow_http(endpoint.scheme() == "http")
        .with_http_connector(Ours)
        .build()
        .map_err(Error::internal)
}

#[derive(Debug)]
struct Ours;

impl Connector for Ours {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        plain.set_connect_timeout(Some(Duration::from_secs(5)));
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(plain);
        Ok(HttpClient::new(Service(Client::builder(TokioExecutor::new()).build(connector))))
    }
}

#[derive(Debug)]
struct Service(Client<HttpsConnector<HttpConnector>, HttpRequestBody>);

impl HttpService for Service {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let late = |error| HttpError::new(HttpErrorKind::Timeout, error);
            let answer = tokio::time::timeout(ANSWER, self.0.request(request)).await.map_err(late)?;
            let answer = answer.map_err(|error| {
                let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Request };
                HttpError::new(kind, error)
            })?;
            Ok(answer.map(|body| {
                HttpResponseBody::new(body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error)))
            }))
        })
    }
}
