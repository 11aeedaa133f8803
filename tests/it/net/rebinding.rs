//! Names that lead to a public address when somebody looks, and to a private one when somebody connects.

use std::{
    collections::VecDeque,
    io,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use guildhall::{
    error::Result,
    net::{AddressPolicy, Client, ClientOptions, Fetched, Get, Resolve, Transport},
};
use http::HeaderMap;
use url::Url;

use super::neighbour::{Canary, Neighbour};

/// An address that may be contacted, in the place of a public one, and one that may not.
const PUBLIC: &str = "127.0.0.1";
const PRIVATE: &str = "127.0.0.2";

/// Answers differently from question to question; the last answer stays.
#[derive(Debug)]
struct Rebinding {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Rebinding {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answer = |addresses: &&[&str]| addresses.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(answer).collect()), asked: Mutex::default() })
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Resolve for Rebinding {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { Ok(answer.unwrap()) })
    }
}

/// A server that may be contacted, and one on the same port of an address that may not.
struct Street {
    good: Neighbour,
    canary: Canary,
}

impl Street {
    async fn open() -> Self {
        let good = Neighbour::start().await;
        let canary = Canary::on(PRIVATE, good.port).await;
        Self { good, canary }
    }

    /// A client that has no connections yet.
    fn client(&self, names: &Arc<Rebinding>) -> Client {
        let policy = AddressPolicy::parse(&[format!("{PUBLIC}:{}", self.good.port)]).unwrap();
        Client::new(ClientOptions { allow_http: true, policy, names: names.clone(), ..ClientOptions::default() })
            .unwrap()
    }

    fn url(&self, name: &str, path: &str) -> Url {
        Url::parse(&format!("http://{name}:{}{path}", self.good.port)).unwrap()
    }
}

async fn get(client: &Client, url: &Url) -> Result<Fetched> {
    let accept = "application/activity+json";
    client.get(url, Get { accept, signer: None, sign_query: true, most: None, ends: None, refuses: &|_| false }).await
}

#[track_caller]
fn is_refused<T>(answer: Result<T>) {
    assert_eq!(answer.err().map(|error| error.code()), Some("net.not_public"));
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    let street = Street::open().await;
    let url = street.url("rebinding.example", "/users/alice");
    // Whoever looked twice, to check and to connect, would be at the private one.
    let names = Rebinding::new(&[&[PUBLIC], &[PRIVATE]]);
    let client = street.client(&names);
    assert_eq!(get(&client, &url).await.unwrap().status, 200);
    assert_eq!(names.asked(), 1);
    // The next connection is another question, and is judged by what that is answered: for letters, too.
    is_refused(get(&street.client(&names), &url).await);
    is_refused(street.client(&names).post(&url, HeaderMap::new(), Bytes::from_static(b"{}")).await);
    assert_eq!(names.asked(), 3);
    assert_eq!(street.canary.sing().await, 0, "the private address was contacted");
    // The control: a name that stays where it is.
    let names = Rebinding::new(&[&[PUBLIC]]);
    for _ in 0..2 {
        assert_eq!(get(&street.client(&names), &url).await.unwrap().status, 200);
    }
    assert_eq!(
        street.client(&names).post(&url, HeaderMap::new(), Bytes::from_static(b"{}")).await.unwrap().status,
        202
    );
}

#[tokio::test]
async fn a_redirect_to_a_name_that_leads_inside_is_not_followed() {
    let street = Street::open().await;
    let inside = street.url("inside.example", "/users/alice");
    let to: String = form_urlencoded::byte_serialize(inside.as_str().as_bytes()).collect();
    let url = street.url("outside.example", &format!("/redirect/302?to={to}"));
    is_refused(get(&street.client(&Rebinding::new(&[&[PUBLIC], &[PRIVATE]])), &url).await);
    assert_eq!(street.canary.sing().await, 0, "the private address was contacted");
    let names = Rebinding::new(&[&[PUBLIC], &[PUBLIC]]);
    assert_eq!(get(&street.client(&names), &url).await.unwrap().url, inside);
    assert_eq!(*names.asked.lock().unwrap(), ["outside.example", "inside.example"]);
}

#[tokio::test]
async fn of_several_addresses_of_a_name_only_public_ones_are_tried() {
    let street = Street::open().await;
    let url = street.url("several.example", "/users/alice");
    for private in [PRIVATE, "::1", "::ffff:127.0.0.2", "10.0.0.1", "169.254.169.254"] {
        is_refused(get(&street.client(&Rebinding::new(&[&[private]])), &url).await);
        for both in [[private, PUBLIC], [PUBLIC, private]] {
            assert_eq!(get(&street.client(&Rebinding::new(&[&both])), &url).await.unwrap().status, 200, "{both:?}");
        }
    }
    assert_eq!(street.canary.sing().await, 0, "a private address was contacted");
}
