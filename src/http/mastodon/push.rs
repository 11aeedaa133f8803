//! `/api/v1/push/subscription`: where the app that asks is told while it is not open.

use axum::{Router, extract::State, routing::post};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::entities::{Alerts, WebPushSubscription};
use crate::{
    app::App,
    domain::notifications::{self, NewSubscription, NotificationKind, PushPolicy, Subscription, Wants},
    error::{Error, Result},
    http::extract::{Form, Json, Paths, Session, Token},
    net::{host_of, push::Reader},
};

/// The longest address of a push service that is taken, in bytes.
const ENDPOINT: usize = 2_000;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v1/push/subscription", post(subscribe).get(show).put(change).patch(change).delete(end))
}

/// What an app says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    subscription: Option<Place>,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Place {
    endpoint: String,
    keys: Keys,
    #[serde(default)]
    standard: bool,
}

#[derive(Debug, Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    alerts: Wished,
    policy: Option<PushPolicy>,
}

/// What an app wants to tell of. What it does not name it does not want, as in Mastodon.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wished {
    mention: bool,
    follow: bool,
    follow_request: bool,
    favourite: bool,
    reblog: bool,
    status: bool,
    update: bool,
    poll: bool,
    quote: bool,
    quoted_update: bool,
    #[serde(rename = "guildhall.review")]
    review: bool,
    #[serde(rename = "guildhall.consent")]
    consent: bool,
    #[serde(rename = "guildhall.draft")]
    draft: bool,
    #[serde(rename = "guildhall.role")]
    role: bool,
    #[serde(rename = "admin.report")]
    admin_report: bool,
    #[serde(rename = "admin.sign_up")]
    admin_sign_up: bool,
}

impl Data {
    fn wants(&self) -> Wants {
        let wished = &self.alerts;
        let all = [
            (wished.mention, NotificationKind::Mention),
            (wished.follow, NotificationKind::Follow),
            (wished.follow_request, NotificationKind::FollowRequest),
            (wished.favourite, NotificationKind::Favourite),
            (wished.reblog, NotificationKind::Reblog),
            (wished.status, NotificationKind::Status),
            (wished.update, NotificationKind::Update),
            (wished.poll, NotificationKind::Poll),
            (wished.quote, NotificationKind::Quote),
            (wished.quoted_update, NotificationKind::QuotedUpdate),
            (wished.review, NotificationKind::Review),
            (wished.consent, NotificationKind::Consent),
            (wished.draft, NotificationKind::Draft),
            (wished.role, NotificationKind::Role),
            (wished.admin_report, NotificationKind::AdminReport),
            (wished.admin_sign_up, NotificationKind::AdminSignUp),
        ];
        Wants {
            alerts: all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, kind)| kind).collect(),
            policy: self.policy.unwrap_or(PushPolicy::All),
        }
    }
}

fn shown(app: &App, place: &Subscription) -> Json<WebPushSubscription> {
    let wants = |kind| place.wants(kind);
    Json(WebPushSubscription {
        // Tusky and others read it as a number of 32 bits, and do nothing with it.
        id: place.id.0 & i64::from(i32::MAX),
        endpoint: place.endpoint.clone(),
        standard: place.standard,
        alerts: Alerts {
            mention: wants(NotificationKind::Mention),
            follow: wants(NotificationKind::Follow),
            follow_request: wants(NotificationKind::FollowRequest),
            favourite: wants(NotificationKind::Favourite),
            reblog: wants(NotificationKind::Reblog),
            status: wants(NotificationKind::Status),
            update: wants(NotificationKind::Update),
            poll: wants(NotificationKind::Poll),
            quote: wants(NotificationKind::Quote),
            quoted_update: wants(NotificationKind::QuotedUpdate),
            review: wants(NotificationKind::Review).then_some(true),
            consent: wants(NotificationKind::Consent).then_some(true),
            draft: wants(NotificationKind::Draft).then_some(true),
            role: wants(NotificationKind::Role).then_some(true),
            admin_sign_up: wants(NotificationKind::AdminSignUp),
            admin_report: wants(NotificationKind::AdminReport),
        },
        policy: place.policy,
        server_key: app.vapid.public_key(),
    })
}

/// Bytes as clients write them: base64, of the web or not, with or without padding.
fn bytes(text: &str) -> Option<Vec<u8>> {
    [URL_SAFE_NO_PAD, URL_SAFE, STANDARD_NO_PAD, STANDARD].iter().find_map(|engine| engine.decode(text).ok())
}

fn reader(keys: &Keys) -> Result<Reader> {
    let wrong = || {
        Error::invalid(
            "push.keys",
            "The keys of the subscription are no keys: p256dh is a point of P-256 (65 bytes) and auth has 16 bytes, both in base64.",
        )
    };
    let (public_key, auth) = bytes(&keys.p256dh).zip(bytes(&keys.auth)).ok_or_else(wrong)?;
    Reader::new(public_key, auth).ok_or_else(wrong)
}

/// The address of a push service, if it is one that may be contacted.
fn endpoint(app: &App, text: &str) -> Result<String> {
    let wrong = || Error::invalid("push.endpoint", "The endpoint is not the https address of a push service.");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let sound = url.scheme() == "https" || (url.scheme() == "http" && app.config.federation.allow_http);
    if !sound || !url.has_host() || !url.username().is_empty() || url.password().is_some() || text.len() > ENDPOINT {
        return Err(wrong());
    }
    if app.refuses(&host_of(&url)) {
        return Err(Error::forbidden("server.blocked", "This push service is on a server that is blocked here."));
    }
    Ok(url.into())
}

/// `POST /api/v1/push/subscription`
async fn subscribe(
    State(app): State<App>,
    me: Session,
    Token(token): Token,
    Form(said): Form<Said>,
) -> Result<Json<WebPushSubscription>> {
    me.need("push")?;
    let missing = || Error::malformed("parameter.missing", "param is missing or the value is empty: subscription");
    let place = said.subscription.ok_or_else(missing)?;
    // No script of the workroom ever sees the token of its browser, so no message brings it either.
    let token = if me.is_workroom() { String::new() } else { token };
    let Reader { public_key, auth } = reader(&place.keys)?;
    let new = NewSubscription {
        endpoint: endpoint(&app, &place.endpoint)?,
        public_key,
        auth,
        standard: place.standard,
        sealed_token: app.secrets.seal(&notifications::purpose(me.token.id), token.as_bytes()),
        wants: said.data.wants(),
    };
    let made = app.db.write(move |tx| notifications::subscribe(tx, &me.0, &new)).await?;
    Ok(shown(&app, &made))
}

/// `GET /api/v1/push/subscription`
async fn show(State(app): State<App>, me: Session) -> Result<Json<WebPushSubscription>> {
    me.need("push")?;
    let token = me.token.id;
    let found = app.db.read(move |conn| notifications::get_subscription(conn, token)).await?;
    Ok(shown(&app, &found))
}

/// `PUT /api/v1/push/subscription`
async fn change(State(app): State<App>, me: Session, Form(said): Form<Said>) -> Result<Json<WebPushSubscription>> {
    me.need("push")?;
    let (token, wants) = (me.token.id, said.data.wants());
    let changed = app.db.write(move |tx| notifications::change_subscription(tx, token, &wants)).await?;
    Ok(shown(&app, &changed))
}

/// `DELETE /api/v1/push/subscription`
async fn end(State(app): State<App>, me: Session) -> Result<Json<Value>> {
    me.need("push")?;
    let token = me.token.id;
    app.db.write(move |tx| notifications::unsubscribe(tx, token)).await?;
    Ok(Json(json!({})))
}
