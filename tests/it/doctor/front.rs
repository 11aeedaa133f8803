//! A company behind a proxy with a certificate, on real sockets, at https://social.company.example. Tests tell the
//! proxy how to misbehave.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use bytes::Bytes;
use guildhall::{
    app::App,
    config::{Config, Overrides},
    db::{Timestamp, Tx},
    doctor::{self, Options, Report, Verdict},
    domain::{
        By, Site,
        actors::Actor,
        posts::{self, Audience, Draft},
        setup::{self, Company, WayIn},
    },
    error::Result,
    net::{Documents, Transport},
    secrets::SecretKey,
};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{self, pki_types::PrivateKeyDer},
};
use tower::ServiceExt;

use crate::support::{contract, database::TestDatabase, keys};

pub const BASE: &str = "https://social.company.example";
const NAME: &str = "social.company.example";
const DOMAIN: &str = "company.example";

type OnRequest = Arc<dyn Fn(&mut Request<Bytes>) + Send + Sync>;
type Instead = Arc<dyn Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync>;
type OnAnswer = Arc<dyn Fn(&str, &mut Response<Bytes>) + Send + Sync>;

/// What the proxy does to what passes through it.
#[derive(Clone)]
pub struct Manners {
    pub request: OnRequest,
    /// Gets the path that was asked for.
    pub answer: OnAnswer,
    /// What the domain of the handles answers; else it redirects.
    pub domain: Instead,
    /// What plain http is answered; else it redirects.
    pub plain: Instead,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            request: Arc::new(|_| {}),
            answer: Arc::new(|_, _| {}),
            domain: Arc::new(|_| None),
            plain: Arc::new(|_| None),
        }
    }
}

impl Manners {
    pub fn request(change: impl Fn(&mut Request<Bytes>) + Send + Sync + 'static) -> Self {
        Self { request: Arc::new(change), ..Self::default() }
    }

    pub fn answer(change: impl Fn(&str, &mut Response<Bytes>) + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(change), ..Self::default() }
    }
}

/// What tests choose before the company opens.
#[derive(Default)]
pub struct Plan {
    pub settings: Vec<(&'static str, String)>,
    pub transport: Option<Arc<dyn Transport>>,
    pub certificate: Option<&'static str>,
    /// Handles on the server's own domain.
    pub whole: bool,
}

/// A company behind a proxy.
pub struct Front {
    pub app: App,
    pub brand: Actor,
    pub router: Router,
    pub options: Options,
    pub data: tempfile::TempDir,
    pub database: TestDatabase,
    manners: Arc<Mutex<Manners>>,
}

/// A file of the tests' certificates.
pub fn read(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/tls/{name}.der", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn acceptor(certificate: &str) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![read(certificate).into()], PrivateKeyDer::Pkcs8(read("key").into()))
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

impl Front {
    pub async fn open(database: TestDatabase) -> Self {
        Self::planned(database, Plan::default()).await
    }

    pub async fn planned(database: TestDatabase, plan: Plan) -> Self {
        let data = tempfile::tempdir().unwrap();
        std::fs::set_permissions(data.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let domain = if plan.whole { NAME } else { DOMAIN };
        let mut environment = vec![
            ("GUILDHALL_BASE_URL", BASE.to_owned()),
            ("GUILDHALL_DOMAIN", domain.to_owned()),
            ("GUILDHALL_DATA_DIR", data.path().display().to_string()),
            ("GUILDHALL_DATABASE_URL", database.url.clone()),
            ("GUILDHALL_SERVER__TRUSTED_PROXIES", r#"["127.0.0.0/8"]"#.to_owned()),
            ("GUILDHALL_MAIL__SMTP_URL", greets().await),
        ];
        environment.retain(|(name, _)| !plan.settings.iter().any(|(other, _)| other == name));
        environment.extend(plan.settings);
        let environment = environment.into_iter().map(|(name, value)| (name.into(), value.into()));
        let config = Config::read(&Overrides::default(), environment, data.path()).unwrap();
        let site =
            Site { base_url: BASE.to_owned(), domain: domain.to_owned(), post_characters: 5000, federates: true };
        let (place, company) = (
            site.clone(),
            Company {
                name: "Company".to_owned(),
                handle: "company".to_owned(),
                owner: "ana".to_owned(),
                email: "ana@company.example".to_owned(),
                way_in: WayIn::Password(String::new()),
            },
        );
        let brand = database
            .db
            .write(move |tx| {
                let (brand, _) = setup::establish(tx, &place, &company)?;
                let draft = Draft::note(Audience::Public, "<p>Hello</p>".to_owned());
                posts::create(tx, &place, &By::Local { actor: brand.id, account: None }, &draft)?;
                Ok(brand)
            })
            .await
            .unwrap();
        let secrets = SecretKey::load(config.secret_key.as_deref(), &config.data_dir).unwrap();
        let transport = plan.transport.unwrap_or_else(|| Arc::new(Documents::default()));
        let app = App::new(config, site, database.db.clone(), secrets, transport).await.unwrap();
        keys::lend(&app).await;
        let (router, manners) = (contract::router(app.clone()), Arc::new(Mutex::new(Manners::default())));
        let tls = serve(Some(acceptor(plan.certificate.unwrap_or("good"))), manners.clone(), router.clone()).await;
        let plain = serve(None, manners.clone(), router.clone()).await;
        let options = Options {
            pins: HashMap::from([
                (format!("{NAME}:443"), vec![tls]),
                (format!("{DOMAIN}:443"), vec![tls]),
                (format!("{NAME}:80"), vec![plain]),
            ]),
            authorities: vec![read("authority")],
            least_space: 1,
            ..Options::default()
        };
        Self { app, brand, router, options, data, database, manners }
    }

    /// The proxy misbehaves from now on.
    pub fn behave(&self, manners: Manners) {
        *self.manners.lock().unwrap() = manners;
    }

    pub async fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.app.db.write(work).await.unwrap()
    }

    pub async fn examine(&self) -> Report {
        self.examine_with(self.options.clone()).await
    }

    pub async fn examine_with(&self, options: Options) -> Report {
        Box::pin(doctor::examine(&self.app, options)).await.unwrap()
    }

    pub fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }
}

/// The checks that did not end well, as `id result`.
pub fn troubles(report: &Report) -> Vec<String> {
    let troubled = report.checks.iter().filter(|finding| matches!(finding.result, Verdict::Warning | Verdict::Failed));
    for finding in troubled.clone() {
        assert!(finding.advice.as_ref().is_some_and(|advice| advice.len() > 20), "{finding:?} gives no advice");
    }
    troubled.map(|finding| format!("{} {}", finding.id, finding.result)).collect()
}

/// What a check found.
pub fn found<'r>(report: &'r Report, id: &str) -> (Verdict, &'r str) {
    let finding = report.checks.iter().find(|finding| finding.id == id).unwrap();
    (finding.result, &finding.found)
}

/// The address of something that greets as a mail server does. Letters go to a real one, in `oauth::forgotten`.
async fn greets() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufStream::new(stream);
                let mut line = "220 mail.company.example\r\n".to_owned();
                while stream.write_all(line.as_bytes()).await.is_ok() && stream.flush().await.is_ok() {
                    line.clear();
                    if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                        return;
                    }
                    "250 mail.company.example\r\n".clone_into(&mut line);
                }
            });
        }
    });
    format!("smtp://{address}")
}

/// A proxy that ends TLS where it is told to, and passes on to the router.
async fn serve(tls: Option<TlsAcceptor>, manners: Arc<Mutex<Manners>>, router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, manners, router) = (tls.clone(), manners.clone(), router.clone());
            tokio::spawn(async move {
                let encrypted = tls.is_some();
                let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
                    let (manners, router) = (manners.lock().unwrap().clone(), router.clone());
                    async move { Ok::<_, std::convert::Infallible>(pass(request, &manners, router, encrypted).await) }
                });
                let server = auto::Builder::new(TokioExecutor::new());
                // A connection that ends early is the client's business.
                let _ = match tls {
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => server.serve_connection(TokioIo::new(stream), service).await,
                        Err(_) => return,
                    },
                    None => server.serve_connection(TokioIo::new(stream), service).await,
                };
            });
        }
    });
    address
}

async fn pass(
    request: Request<hyper::body::Incoming>,
    manners: &Manners,
    router: Router,
    encrypted: bool,
) -> Response<Full<Bytes>> {
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    // As a proxy speaks HTTP/1.1 with the server behind it.
    if let Some(authority) = parts.uri.authority().map(|authority| authority.as_str().to_owned()) {
        if parts.headers.contains_key(header::HOST) {
            // As nginx answers who says the name twice.
            return Response::builder().status(StatusCode::BAD_REQUEST).body(Full::default()).unwrap();
        }
        parts.headers.insert(header::HOST, HeaderValue::from_str(&authority).unwrap());
        parts.uri = parts.uri.path_and_query().unwrap().as_str().parse().unwrap();
    }
    let mut request = Request::from_parts(parts, body);
    let host = request.headers()[header::HOST].to_str().unwrap().to_owned();
    let redirect = |request: &Request<Bytes>| {
        let to = format!("{BASE}{}", request.uri().path_and_query().unwrap());
        Response::builder()
            .status(StatusCode::MOVED_PERMANENTLY)
            .header(header::LOCATION, to)
            .body(Bytes::new())
            .unwrap()
    };
    if !encrypted {
        return (manners.plain)(&request).unwrap_or_else(|| redirect(&request)).map(Full::new);
    }
    if host == DOMAIN {
        return (manners.domain)(&request).unwrap_or_else(|| redirect(&request)).map(Full::new);
    }
    let path = request.uri().path().to_owned();
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("203.0.113.50"));
    (manners.request)(&mut request);
    let proxy = ConnectInfo(SocketAddr::from((IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000)));
    request.extensions_mut().insert(proxy);
    let (mut parts, body) = router.oneshot(request.map(Body::from)).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let now = httpdate::fmt_http_date(
        std::time::UNIX_EPOCH + std::time::Duration::from_micros(u64::try_from(Timestamp::wall_clock().0).unwrap()),
    );
    parts.headers.entry(header::DATE).or_insert(HeaderValue::from_str(&now).unwrap());
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut answer = Response::from_parts(parts, body);
    (manners.answer)(&path, &mut answer);
    answer.map(Full::new)
}
