//! The guarded client: every connection of ours to another server is made here.
//!
//! The guard sits in the connector, on the address that is really connected to, so that redirects, rebinding
//! names, IP literals and every spelling of an address are covered alike.

use std::{
    collections::HashMap,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header, uri::Authority};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::{
    client::legacy::Client as Pooled,
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use tokio::net::TcpStream;
use url::Url;

use super::{
    AddressPolicy, Answer, Certificate, Fetched, Get, Resolve, SystemNames, Transport, certificate, host_of,
    signatures::cavage,
};
use crate::{
    db::Timestamp,
    error::{Error, Kind, Result},
};

/// What is said of an address that may not be asked.
pub const NOT_PUBLIC: &str = "This address may not be contacted.";
/// Of a server that we cannot reach.
pub const UNREACHABLE: &str = "The other server cannot be reached.";
/// Of one that answers too late.
pub const TIMEOUT: &str = "The other server did not answer in time.";
/// How many redirects a GET follows.
const REDIRECTS: usize = 3;
/// How much of the answer to a POST is read.
const ANSWER: usize = 8 * 1024;
/// How long it is read: the status has said already what counts.
const ANSWER_TIME: Duration = Duration::from_secs(2);

/// How the client behaves.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Plain http too, for tests.
    pub allow_http: bool,
    /// Which addresses may be connected to.
    pub policy: AddressPolicy,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// For resolving and connecting.
    pub connect_timeout: Duration,
    /// For a whole request with its redirects.
    pub total_timeout: Duration,
    /// The largest body that is read, in bytes.
    pub body_limit: usize,
    /// Where names with their port, such as `company.com:443`, are to be found, whatever DNS and the policy say: for
    /// names that the operator vouches for.
    pub pins: HashMap<String, Vec<SocketAddr>>,
    /// Certificate authorities (DER) that are believed besides those of the web.
    pub authorities: Vec<Vec<u8>>,
    /// Who knows where all other names lead.
    pub names: Arc<dyn Resolve>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            allow_http: false,
            policy: AddressPolicy::default(),
            user_agent: concat!("Guildhall/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(10),
            body_limit: 1024 * 1024,
            pins: HashMap::new(),
            authorities: Vec::new(),
            names: Arc::new(SystemNames),
        }
    }
}

/// The guarded client. Cloning shares its connections.
#[derive(Clone)]
pub struct Client {
    pooled: Pooled<HttpsConnector<Guard>, Full<Bytes>>,
    connector: HttpsConnector<Guard>,
    options: Arc<ClientOptions>,
    user_agent: HeaderValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this address may not be contacted")]
struct Blocked;

/// Resolves, checks, connects, and checks again.
#[derive(Clone)]
struct Guard(Arc<ClientOptions>);

impl tower::Service<Uri> for Guard {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let options = self.0.clone();
        Box::pin(async move {
            let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
            let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
            let connected = match options.pins.get(&format!("{host}:{port}")) {
                Some(pinned) => tokio::time::timeout(options.connect_timeout, first_of(pinned)).await?,
                None => tokio::time::timeout(options.connect_timeout, connect(&options, &host, port)).await?,
            };
            connected.map(TokioIo::new)
        })
    }
}

async fn connect(
    options: &ClientOptions,
    host: &str,
    port: u16,
) -> std::result::Result<TcpStream, Box<dyn std::error::Error + Send + Sync>> {
    let policy = &options.policy;
    let addresses = options.names.resolve(host).await?.into_iter().map(|address| SocketAddr::new(address, port));
    let addresses: Vec<SocketAddr> = addresses.filter(|address| policy.admits(*address)).collect();
    let mut fault: Box<dyn std::error::Error + Send + Sync> = Box::new(Blocked);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) if policy.admits(stream.peer_addr()?) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(_) => {}
            Err(error) => fault = Box::new(error),
        }
    }
    Err(fault)
}

/// A connection to the first of these addresses that takes one.
async fn first_of(
    addresses: &[SocketAddr],
) -> std::result::Result<TcpStream, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(addresses).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Client {
    /// A client with the certificates of the web.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let user_agent = HeaderValue::from_str(&options.user_agent).map_err(Error::internal)?;
        let options = Arc::new(options);
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(certificate::believing(&options.authorities)?)
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(Guard(options.clone()));
        let pooled = Pooled::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(4)
            .http1_max_buf_size(64 * 1024)
            .build(connector.clone());
        Ok(Self { pooled, connector, options, user_agent })
    }

    /// The certificate that the server of this address shows; refused as other connections would be. The cause of
    /// an error says what is wrong with it.
    pub async fn certificate(&self, url: &Url) -> Result<Certificate> {
        self.check(url)?;
        let address: Uri =
            url.as_str().parse().map_err(|_| Error::invalid("net.address", "This is not a web address."))?;
        let mut connector = self.connector.clone();
        let connected = self.within_time(async {
            tower::Service::call(&mut connector, address).await.map_err(|error| unreachable().because(story(&*error)))
        });
        let MaybeHttpsStream::Https(stream) = connected.await? else {
            return Err(unusable("The connection is not encrypted."));
        };
        let (_, session) = stream.inner().get_ref();
        let shown = session.peer_certificates().and_then(<[_]>::first);
        shown
            .and_then(|certificate| Certificate::parse(certificate.as_ref()))
            .ok_or_else(|| unusable("The server shows no certificate that can be read."))
    }

    fn check(&self, url: &Url) -> Result<()> {
        let allowed = url.scheme() == "https" || (url.scheme() == "http" && self.options.allow_http);
        if !allowed || url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
            return Err(Error::forbidden("net.address", "This address may not be contacted."));
        }
        Ok(())
    }

    async fn send(&self, method: Method, url: &Url, mut headers: HeaderMap, body: Bytes) -> Result<Response<Incoming>> {
        self.check(url)?;
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        let mut target = url.clone();
        target.set_fragment(None);
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() =
            target.as_str().parse().map_err(|_| Error::invalid("net.address", "This is not a web address."))?;
        // The address says the name already, and hyper writes it: as `Host`, or as `:authority` over HTTP/2. Whoever
        // says it twice there is answered 400 by nginx.
        let told = request.uri().authority().map(Authority::as_str);
        if told.is_some_and(|name| headers.get(header::HOST).is_some_and(|host| host == name)) {
            headers.remove(header::HOST);
        }
        *request.headers_mut() = headers;
        self.pooled.request(request).await.map_err(|error| explain(&error))
    }

    async fn get_inner(&self, url: &Url, how: Get<'_>) -> Result<Fetched> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(how.accept).map_err(Error::internal)?);
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            if let Some((signer, at)) = how.signer {
                cavage::sign(signer, "GET", &url, &mut headers, None, how.sign_query, at)?;
            } else {
                headers.insert(header::HOST, HeaderValue::from_str(&host_of(&url)).map_err(Error::internal)?);
            }
            let response = self.send(Method::GET, &url, headers, Bytes::new()).await?;
            let status = response.status();
            if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                url = location
                    .and_then(|location| url.join(location).ok())
                    .ok_or_else(|| unusable("The server sends us nowhere."))?;
                if (how.refuses)(&url) {
                    return Err(Error::forbidden("server.blocked", "This leads to a server that is blocked."));
                }
                continue;
            }
            return self.read(url, response, how.most.unwrap_or(self.options.body_limit), how.ends).await;
        }
        Err(unusable("The server redirects too often."))
    }

    async fn read(&self, url: Url, response: Response<Incoming>, most: usize, ends: Option<&str>) -> Result<Fetched> {
        let (parts, body) = response.into_parts();
        let encoding =
            parts.headers.get(header::CONTENT_ENCODING).map_or("identity", |value| value.to_str().unwrap_or("?"));
        if !encoding.eq_ignore_ascii_case("identity") {
            return Err(unusable("The server sent a compressed body that was not asked for."));
        }
        let (body, whole) = read_up_to(body, most, ends).await?;
        if !whole && ends.is_none() {
            return Err(unusable("The document is too large."));
        }
        Ok(Fetched { url, status: parts.status, headers: parts.headers, body })
    }

    /// Asks once, as these headers say, and follows nothing: for requests whose every byte matters.
    pub async fn ask(&self, method: Method, url: &Url, headers: HeaderMap, body: Bytes) -> Result<Fetched> {
        self.within_time(async {
            let response = self.send(method, url, headers, body).await?;
            self.read(url.clone(), response, self.options.body_limit, None).await
        })
        .await
    }

    async fn post_inner(&self, url: &Url, headers: HeaderMap, body: Bytes) -> Result<Answer> {
        let response = self.within_time(self.send(Method::POST, url, headers, body)).await?;
        let status = response.status();
        let retry_after =
            response.headers().get(header::RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?));
        // A successful answer has nothing to say that we need; read it so that the connection can be used again.
        let body = tokio::time::timeout(ANSWER_TIME, read_up_to(response.into_body(), ANSWER, None)).await;
        let (body, _) = body.ok().and_then(Result::ok).unwrap_or_default();
        Ok(Answer { status, retry_after, body })
    }

    async fn within_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let timeout = || Error::unavailable("net.timeout", TIMEOUT);
        tokio::time::timeout(self.options.total_timeout, work).await.map_err(|_| timeout())?
    }
}

impl Transport for Client {
    fn get<'a>(&'a self, url: &'a Url, how: Get<'a>) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(self.within_time(self.get_inner(url, how)))
    }

    fn post<'a>(&'a self, url: &'a Url, headers: HeaderMap, body: Bytes) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(self.post_inner(url, headers, body))
    }
}

/// Reads a body up to a limit, or until a text has come; answers whether that was all of it.
async fn read_up_to(mut body: Incoming, limit: usize, ends: Option<&str>) -> Result<(Bytes, bool)> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| unreachable().because(error))?;
        if let Some(data) = frame.data_ref() {
            let room = limit - read.len();
            read.extend_from_slice(data.get(..room).unwrap_or(data));
            if data.len() > room || ends.is_some_and(|ends| has_ended(&read, data.len(), ends)) {
                return Ok((read.freeze(), false));
            }
        }
    }
    Ok((read.freeze(), true))
}

/// Whether a text ends within the last `new` bytes.
fn has_ended(read: &[u8], new: usize, ends: &str) -> bool {
    let from = read.len().saturating_sub(new + ends.len());
    let last = read.get(from..).unwrap_or_default();
    last.windows(ends.len()).any(|window| window.eq_ignore_ascii_case(ends.as_bytes()))
}

fn unusable(reason: &'static str) -> Error {
    Error::new(Kind::Invalid, "net.unusable", reason)
}

fn unreachable() -> Error {
    Error::unavailable("net.unreachable", UNREACHABLE)
}

pub(super) fn not_public() -> Error {
    Error::forbidden("net.not_public", NOT_PUBLIC)
}

/// The same answer for an open and a closed port behind the wall.
fn explain(error: &hyper_util::client::legacy::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<Blocked>() {
            return not_public();
        }
        cause = inner.source();
    }
    unreachable().because(story(error))
}

/// An error with its causes, each said once.
fn story(error: &(dyn std::error::Error + 'static)) -> String {
    let mut story = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !story.contains(&text) {
            story.push_str(": ");
            story.push_str(&text);
        }
        cause = inner.source();
    }
    story
}

/// Seconds or an HTTP date.
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let now = Duration::from_micros(u64::try_from(Timestamp::wall_clock().0).ok()?);
    at.checked_sub(now)
}
