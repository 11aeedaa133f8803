//! Signing in and letting apps in, as a browser and an app see it, through the router.

mod acting;
pub mod clients;
mod codes;
mod forgotten;
mod hidden;
mod known;
mod pages;
mod passkeys;
pub mod postbox;
mod proofs;
mod requests;
mod scopes;
mod second_step;
mod signing_in;
mod workroom;

use std::collections::BTreeMap;

use axum::body::Body;
pub use forgotten::asking;
use guildhall::{
    config::Config,
    domain::{
        AccountId, ActorId,
        accounts::{self, AccountKind, GrantRole, NewAccount, Role},
        actors::{self, Actor, ActorKind, NewLocal},
    },
    secrets,
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    mastodon::{House, Person, Reply},
    support::database::TestDatabase,
};

pub const PASSWORD: &str = "a sentence that is long enough";
/// Where the apps of these tests want people to be sent back to.
pub const BACK: &str = "https://app.example/back?from=us";

/// Where people go who come without saying where to.
pub fn landing() -> &'static str {
    guildhall::http::way_in().unwrap_or("/account")
}

/// A company with a brand, and Ana who has a password and may publish as it.
pub struct Desk {
    pub house: House,
    pub ana: (AccountId, ActorId),
    pub brand: Actor,
}

/// An app as it was registered.
#[derive(Debug, Clone)]
pub struct ClientApp {
    pub id: String,
    pub secret: String,
}

impl Desk {
    pub async fn open(database: TestDatabase) -> Self {
        Self::open_with(database, |config| config.limits.enabled = false).await
    }

    pub async fn open_with(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let house = House::open_with(database, change).await;
        let ana = person(&house, "ana", Some(PASSWORD), Role::Member).await;
        let site = house.app.site.clone();
        let brand = house.app.db.write(move |tx| {
            let brand = NewLocal {
                kind: ActorKind::Organization,
                username: "acme".to_owned(),
                name: "Acme".to_owned(),
                summary: String::new(),
                locked: false,
            };
            let brand = actors::create_local(tx, &site, &brand)?;
            accounts::grant(tx, ana.0, brand.id, GrantRole::Publisher)?;
            Ok(brand)
        });
        let brand = brand.await.unwrap();
        Self { house, ana, brand }
    }

    /// Registers an app that wants people back at [`BACK`].
    pub async fn app(&self, scopes: &str) -> ClientApp {
        self.app_at(BACK, scopes).await
    }

    pub async fn app_at(&self, back: &str, scopes: &str) -> ClientApp {
        let said = json!({ "client_name": "Parrot", "redirect_uris": back, "scopes": scopes, "website": "https://app.example" });
        let made = self.house.post(None, "/api/v1/apps", said).await.ok();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        ClientApp { id: text("client_id"), secret: text("client_secret") }
    }

    /// A browser in which Ana is signed in.
    pub async fn browser(&self) -> Browser {
        let mut browser = Browser::default();
        let page = browser.sign_in(&self.house, "ana", PASSWORD, "").await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, landing()), "{}", page.text);
        browser
    }

    /// `POST /oauth/token` as a form.
    pub async fn token(&self, app: &ClientApp, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("client_id", app.id.as_str()), ("client_secret", &app.secret)];
        all.extend(fields);
        self.form("/oauth/token", &all).await
    }

    /// A form of an app.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.house.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Changes a code for a token.
    pub async fn exchange(&self, app: &ClientApp, code: &str) -> Reply {
        self.token(app, &[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)]).await
    }

    /// The whole way from "let it in" to a token, as Ana or as the brand.
    pub async fn let_in(&self, app: &ClientApp, scopes: &str, actor: ActorId) -> Person {
        let mut browser = self.browser().await;
        let page = browser.get(&self.house, &authorize(app, &[("scope", scopes)])).await;
        let answer = browser.answer(&self.house, &page, actor, "allow").await;
        let code = answer.query("code").unwrap_or_else(|| panic!("{} {}", answer.status, answer.text));
        let token = self.exchange(app, &code).await.ok();
        let token = token["access_token"].as_str().unwrap().to_owned();
        Person { actor, account: self.ana.0, token }
    }
}

/// A person who signs in with a password, if they have one.
pub async fn person(house: &House, username: &str, password: Option<&str>, role: Role) -> (AccountId, ActorId) {
    let (site, username) = (house.app.site.clone(), username.to_owned());
    let hash = password.map(|password| secrets::hash_password(password).unwrap());
    let made = house.app.db.write(move |tx| {
        let new = NewAccount {
            username: username.clone(),
            display_name: username.to_uppercase(),
            email: Some(format!("{username}@mail.example")),
            password_hash: hash.clone(),
            kind: AccountKind::Employee,
            role,
        };
        accounts::create(tx, &site, &new)
    });
    let (account, actor) = made.await.unwrap();
    (account.id, actor.id)
}

/// The address at which an app asks.
pub fn authorize(app: &ClientApp, more: &[(&str, &str)]) -> String {
    let usual = [("response_type", "code"), ("client_id", app.id.as_str()), ("redirect_uri", BACK)];
    let named = |name: &str| more.iter().any(|(other, _)| *other == name);
    let pairs = usual.iter().filter(|(name, _)| !named(name)).chain(more);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/oauth/authorize?{query}")
}

/// A browser: it keeps cookies, and sends what is in the forms.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    pub cookies: BTreeMap<String, String>,
    pub more: Vec<(&'static str, &'static str)>,
    /// The address that it asks from.
    pub from: Option<String>,
}

/// What a browser was answered.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Where it is sent on to.
    #[track_caller]
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |location| location.to_str().unwrap())
    }

    /// A parameter of where it is sent on to.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.location().split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The hidden fields of the form that leads to `action`.
    #[track_caller]
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let form = self.text.split(&format!("action=\"{action}\"")).nth(1);
        let form = form.unwrap_or_else(|| panic!("{} has no form to {action}: {}", self.status, self.text));
        let inputs = form.split("</form>").next().unwrap().split("<input type=\"hidden\" name=\"").skip(1);
        let read = inputs.map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            let value = html_escape::decode_html_entities(rest.split_once('"').unwrap().0).into_owned();
            (name.to_owned(), value)
        });
        read.collect()
    }
}

impl Browser {
    async fn send(&mut self, house: &House, request: http::request::Builder, body: Body) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::ACCEPT, "text/html,application/xhtml+xml");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in &self.more {
            request = request.header(*name, *value);
        }
        if let Some(from) = &self.from {
            let peer = std::net::SocketAddr::new(from.parse().unwrap(), 4711);
            request = request.extension(axum::extract::ConnectInfo(peer));
        }
        let Reply { status, headers, body } = house.send(request.body(body).unwrap()).await;
        for line in headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = if let Value::String(text) = body { text } else { body.to_string() };
        Page { status, headers, text }
    }

    pub async fn get(&mut self, house: &House, path: &str) -> Page {
        self.send(house, Request::builder().method(Method::GET).uri(path), Body::empty()).await
    }

    pub async fn submit(&mut self, house: &House, path: &str, fields: &[(String, String)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(house, request, Body::from(body)).await
    }

    /// Opens the page and sends its form.
    pub async fn sign_in(&mut self, house: &House, name: &str, password: &str, then: &str) -> Page {
        let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
        let page = self.get(house, &format!("/sign-in?then={then}")).await;
        if page.status == StatusCode::SEE_OTHER {
            return page;
        }
        self.type_in(house, &page, name, password).await
    }

    /// Sends the form of a sign-in page.
    pub async fn type_in(&mut self, house: &House, page: &Page, name: &str, password: &str) -> Page {
        let mut fields = page.hidden("/sign-in");
        fields.push(("name".to_owned(), name.to_owned()));
        fields.push(("password".to_owned(), password.to_owned()));
        self.submit(house, "/sign-in", &fields).await
    }

    /// Sends the form of a consent page.
    pub async fn answer(&mut self, house: &House, page: &Page, actor: ActorId, decision: &str) -> Page {
        let mut fields = page.hidden("/oauth/authorize");
        fields.push(("act_as".to_owned(), actor.to_string()));
        fields.push(("decision".to_owned(), decision.to_owned()));
        self.submit(house, "/oauth/authorize", &fields).await
    }
}
