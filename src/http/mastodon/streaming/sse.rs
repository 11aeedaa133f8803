//! Server-sent events: one channel for each connection.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event as Sent, KeepAlive, Sse},
    },
};
use futures_util::stream;
use http::{HeaderValue, header, request::Parts};
use serde::Deserialize;

use super::{channel::Channel, hear::Event, reader::Reader};
use crate::{app::App, error::Result, http::extract::Form};

/// How often a connection on which nothing happens says that it is there.
const THUMP: Duration = Duration::from_secs(15);

/// What is said about a channel.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    stream: Option<String>,
    tag: Option<String>,
    list: Option<String>,
    only_media: Option<bool>,
}

impl Wish {
    /// The channel with this name, as it is wished.
    fn channel(&self, name: &str) -> Result<Channel> {
        Channel::read(name, self.tag.as_deref(), self.list.as_deref(), self.only_media.unwrap_or(false))
    }

    /// The channel that the wish names, if it names one.
    pub(super) fn named(&self) -> Result<Option<Channel>> {
        self.stream.as_deref().map(|name| self.channel(name)).transpose()
    }
}

macro_rules! doors {
    ($($(#[$doc:meta])* $name:ident => $channel:literal;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(State(app): State<App>, Form(wish): Form<Wish>, parts: Parts) -> Result<Response> {
            let channel = wish.channel($channel)?;
            stream(&app, parts, channel).await
        }
    )*};
}

doors! {
    /// `GET /api/v1/streaming/user`
    user => "user";
    /// `GET /api/v1/streaming/user/notification`
    notifications => "user:notification";
    /// `GET /api/v1/streaming/direct`
    direct => "direct";
    /// `GET /api/v1/streaming/public`
    public => "public";
    /// `GET /api/v1/streaming/public/local`
    local => "public:local";
    /// `GET /api/v1/streaming/public/remote`
    remote => "public:remote";
    /// `GET /api/v1/streaming/list`
    list => "list";
    /// `GET /api/v1/streaming/hashtag`
    hashtag => "hashtag";
    /// `GET /api/v1/streaming/hashtag/local`
    local_hashtag => "hashtag:local";
}

/// A channel as events, for as long as both sides want.
pub(super) async fn stream(app: &App, parts: Parts, channel: Channel) -> Result<Response> {
    let (reader, _) = Reader::enter(app, parts).await?;
    reader.check(&channel).await?;
    let begun = (reader, vec![channel], Vec::<Event>::new().into_iter());
    let events = stream::unfold(begun, |(mut reader, channels, mut rest)| async move {
        loop {
            if let Some(event) = rest.next() {
                let sent =
                    Sent::default().event(event.event).data(event.payload.unwrap_or_else(|| "undefined".to_owned()));
                return Some((Ok::<_, Infallible>(sent), (reader, channels, rest)));
            }
            let heard = reader.signal().await;
            rest = reader.events_of(&channels, heard).await?.into_iter();
        }
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(THUMP).text("thump")).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // nginx would gather what should arrive at once.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}
