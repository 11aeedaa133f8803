//! A server on loopback that may be contacted, and one that may not and counts who comes.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::world::Stranger;

/// Somebody who must not be contacted.
pub struct Canary {
    pub address: SocketAddr,
    visits: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Canary {
    pub async fn at(ip: &str) -> Self {
        Self::on(ip, 0).await
    }

    pub async fn on(ip: &str, port: u16) -> Self {
        let listener = TcpListener::bind((ip, port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let visits = Arc::new(Mutex::new(Vec::new()));
        let seen = visits.clone();
        tokio::spawn(async move {
            while let Ok((_, visitor)) = listener.accept().await {
                seen.lock().unwrap().push(visitor);
            }
        });
        Self { address, visits }
    }

    pub fn visits(&self) -> usize {
        self.visits.lock().unwrap().len()
    }

    /// Visits it; answers how many came before, when it has noticed all of them.
    pub async fn sing(&self) -> usize {
        let visit = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let visitor = visit.local_addr().unwrap();
        loop {
            let place = self.visits.lock().unwrap().iter().position(|seen| *seen == visitor);
            match place {
                Some(before) => return before,
                None => tokio::task::yield_now().await,
            }
        }
    }
}

#[derive(Default)]
struct Known {
    asked: Vec<String>,
    /// What WebFinger says of a name.
    fingers: HashMap<String, String>,
    /// What is different in somebody's document.
    changes: HashMap<String, Value>,
    notes: HashMap<String, Value>,
}

/// A server with an actor for every name, and redirects to wherever one wants.
#[derive(Clone)]
pub struct Neighbour {
    pub origin: String,
    pub port: u16,
    known: Arc<Mutex<Known>>,
}

impl Neighbour {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let neighbour = Self { origin: format!("http://127.0.0.1:{port}"), port, known: Arc::default() };
        let router = Router::new().fallback(answer).with_state(neighbour.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        neighbour
    }

    pub fn stranger(&self, name: &str) -> Stranger {
        Stranger::new(&format!("{}/users/{name}", self.origin), 0)
    }

    /// Everything that was asked for, paths with queries.
    pub fn asked(&self) -> Vec<String> {
        self.known.lock().unwrap().asked.clone()
    }

    pub fn point(&self, name: &str, href: &str) {
        self.known.lock().unwrap().fingers.insert(name.to_owned(), href.to_owned());
    }

    pub fn change(&self, name: &str, change: Value) {
        self.known.lock().unwrap().changes.insert(name.to_owned(), change);
    }

    /// Serves a note and answers its address.
    pub fn note(&self, name: &str, attributed_to: &str) -> String {
        let uri = format!("{}/notes/{name}", self.origin);
        let note = json!({"id": uri, "type": "Note", "attributedTo": attributed_to, "content": "x", "to": [crate::support::world::PUBLIC]});
        self.known.lock().unwrap().notes.insert(name.to_owned(), note);
        uri
    }

    pub fn document(&self, name: &str) -> Value {
        let mut document = self.stranger(name).document();
        if let Some(change) = self.known.lock().unwrap().changes.get(name) {
            for (member, value) in change.as_object().unwrap() {
                document[member] = value.clone();
            }
        }
        document
    }

    /// An address here that leads to another.
    pub fn redirect(&self, status: u16, to: &str) -> String {
        let to: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
        format!("{}/redirect/{status}?to={to}", self.origin)
    }
}

fn found(kind: &str, body: &Value) -> Response {
    Response::builder().header("content-type", kind).body(Body::from(body.to_string())).unwrap()
}

fn status(code: u16) -> Response {
    Response::builder().status(StatusCode::from_u16(code).unwrap()).body(Body::empty()).unwrap()
}

async fn answer(State(neighbour): State<Neighbour>, request: Request) -> Response {
    let uri = request.uri().clone();
    let path = uri.path().to_owned();
    neighbour.known.lock().unwrap().asked.push(uri.to_string());
    let query: HashMap<String, String> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    if request.method() == "POST" {
        return status(202);
    }
    if let Some(code) = path.strip_prefix("/redirect/") {
        let mut response = status(code.parse().unwrap());
        response.headers_mut().insert("location", query["to"].parse().unwrap());
        return response;
    }
    if path == "/.well-known/webfinger" {
        let resource = query.get("resource").cloned().unwrap_or_default();
        let name = resource.trim_start_matches("acct:").split('@').next().unwrap().to_owned();
        let href = neighbour.known.lock().unwrap().fingers.get(&name).cloned();
        let href = href.unwrap_or_else(|| format!("{}/users/{name}", neighbour.origin));
        let link = json!({"rel": "self", "type": "application/activity+json", "href": href});
        return found("application/jrd+json", &json!({"subject": resource, "links": [link]}));
    }
    if let Some(name) = path.strip_prefix("/users/") {
        return found("application/activity+json", &neighbour.document(name));
    }
    let note = path.strip_prefix("/notes/").and_then(|name| neighbour.known.lock().unwrap().notes.get(name).cloned());
    note.map_or_else(|| status(404), |note| found("application/activity+json", &note))
}
