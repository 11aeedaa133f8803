//! Somebody who listens: their right, their place, and what they hear next.

use axum::extract::FromRequestParts;
use http::{HeaderValue, header, request::Parts};
use tokio::sync::broadcast::Receiver;

use super::{
    channel::Channel,
    hear::{Event, News, Shown, gone, hear, remember},
};
use crate::{
    app::App,
    db::Signal,
    domain::{
        Page,
        accounts::{self, Session},
        drafts, lists,
    },
    error::{Error, Result},
    http::{
        extract::{MaybeSession, Session as Reading},
        mastodon::look::look,
        observe::Address,
    },
    limits::streams::Place,
    secrets,
};

/// How much of what waits for a brand may have been read before.
const WAITING: i64 = 200;

/// Somebody with a token who may listen.
pub(super) struct Reader {
    app: App,
    session: Session,
    hash: [u8; 32],
    signals: Receiver<Signal>,
    shown: Shown,
    _place: Place,
}

/// What a signal is to a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Something happened.
    News(News),
    /// The right to listen may have ended.
    Rights,
    /// So much was not taken in time that something is missing: a client that connects again reads it from the lists.
    TooMuch,
}

/// What an app may have read before it listens, and is to be told of when it is gone: what waits for the people of a brand.
async fn seen_before(app: &App, session: &Session) -> Result<Shown> {
    let mut shown = Shown::default();
    if session.actor.kind.has_speakers() {
        let (brand, own_eyes) = (session.actor.id, session.drafts_only().then(|| session.reads_as()));
        let page = Page { max_id: None, since_id: None, min_id: None, limit: WAITING };
        let waiting = app.db.read(move |conn| {
            let waiting = drafts::list_waiting(conn, brand, &page)?;
            own_eyes.map_or(Ok(waiting.clone()), |own| drafts::keep_readable(conn, own, waiting))
        });
        for id in waiting.await?.into_iter().filter_map(|draft| draft.waiting_id) {
            shown.remember(id, &Channel::User.label());
        }
    }
    Ok(shown)
}

impl Reader {
    /// Lets somebody in by the token of their request, or by the protocol that their browser names: it cannot send a
    /// header of another kind with a WebSocket.
    pub(super) async fn enter(app: &App, mut parts: Parts) -> Result<(Self, Option<String>)> {
        let named = parts.headers.get(header::SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok());
        let protocol = named.map(|named| named.split(',').next().unwrap_or_default().trim().to_owned());
        let protocol = protocol.filter(|protocol| !protocol.is_empty());
        if let (Some(secret), false) = (&protocol, parts.headers.contains_key(header::AUTHORIZATION))
            && let Ok(value) = HeaderValue::from_str(&format!("Bearer {secret}"))
            && form_token(&parts).is_none()
        {
            parts.headers.insert(header::AUTHORIZATION, value);
        }
        let secret = MaybeSession::secret(&parts);
        let session = Reading::from_request_parts(&mut parts, app).await?.0;
        let Ok(Address(address)) = Address::from_request_parts(&mut parts, app).await;
        let place = app.streams.enter(session.account.id.0, address)?;
        let hash = secrets::token_hash(&secret.unwrap_or_default());
        let signals = app.db.signals();
        let shown = seen_before(app, &session).await?;
        Ok((Self { app: app.clone(), session, hash, signals, shown, _place: place }, protocol))
    }

    /// Refuses a channel that the scopes of the token do not cover, and a list of somebody else.
    pub(super) async fn check(&self, channel: &Channel) -> Result<()> {
        self.session.need(channel.scope())?;
        if self.session.drafts_only() && *channel != Channel::User {
            let told = "As this brand you write drafts. Listen to the stream “user”: it tells what waits for approval.";
            return Err(Error::forbidden("token.drafts_only", told));
        }
        let (me, list) = match *channel {
            Channel::User => return self.session.need("read:notifications"),
            Channel::List(list) => (self.session.actor.id, list),
            _ => return Ok(()),
        };
        self.app.db.read(move |conn| lists::get(conn, me, list)).await.map(drop)
    }

    /// Waits for the next signal that may concern a stream. Nothing is lost when nobody waits any more.
    pub(super) async fn signal(&mut self) -> Heard {
        loop {
            let Ok(signal) = self.signals.recv().await else { return Heard::TooMuch };
            if let Some(news) = News::of(&signal) {
                return Heard::News(news);
            }
            match signal.topic {
                "token" | "account" | "external" => return Heard::Rights,
                "actor" if signal.id == self.session.actor.id.0 => return Heard::Rights,
                _ => {}
            }
        }
    }

    /// What a signal means on these channels; nothing when the stream is to end.
    pub(super) async fn events_of(&mut self, channels: &[Channel], heard: Heard) -> Option<Vec<Event>> {
        match heard {
            Heard::TooMuch => None,
            Heard::Rights => self.is_let_in().await.then(Vec::new),
            Heard::News(news) => match self.events(channels, news).await {
                Ok(events) => Some(events),
                Err(error) => {
                    tracing::warn!(%error, "A stream could not read what happened, and ends");
                    None
                }
            },
        }
    }

    async fn events(&mut self, channels: &[Channel], news: News) -> Result<Vec<Event>> {
        if let News::Gone(id, open) = news {
            return Ok(gone(channels, &self.shown, id, open));
        }
        if channels.is_empty() {
            return Ok(Vec::new());
        }
        // What a brand is told is not for who only writes drafts for it.
        let of_brand = !matches!(news, News::New(_) | News::Edited(_) | News::Waits(_) | News::Announced(_));
        if self.session.drafts_only() && of_brand {
            return Ok(Vec::new());
        }
        let (me, wanted) = ((self.session.actor.id, self.session.is_workroom()), channels.to_vec());
        let own_eyes = self.session.drafts_only().then(|| self.session.reads_as());
        let events = look(&self.app, Some(me.0), move |look| hear(look, me, own_eyes, &wanted, news)).await?;
        remember(&mut self.shown, news, &events);
        Ok(events)
    }

    /// Whether the token is still good for as much as it was.
    pub(super) async fn is_let_in(&self) -> bool {
        let (hash, scopes, voice) = (self.hash, self.session.token.scopes.clone(), self.session.voice);
        let found = self.app.db.read(move |conn| accounts::session(conn, &hash)).await;
        match found {
            Ok(found) => found.is_some_and(|found| found.token.scopes == scopes && found.voice == voice),
            // The database is away for a moment; the next look decides.
            Err(_) => true,
        }
    }
}

/// A token in the address.
fn form_token(parts: &Parts) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, value)| name == "access_token" && !value.is_empty()).map(|(_, value)| value.into_owned())
}

/// An error as it is told inside of a stream.
pub(super) fn told(error: &Error) -> String {
    serde_json::json!({ "error": error.safe() }).to_string()
}
