//! One WebSocket for many channels.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{
        FromRequestParts, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    },
    response::Response,
};
use http::{header, request::Parts};
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{
    channel::Channel,
    hear::Event,
    reader::{Reader, told},
    sse::{Wish, stream},
};
use crate::{
    app::App,
    error::{Error, Result},
    http::extract::{Form, from_value},
};

/// How often the other side is asked whether it is there, and looked whether it still may be.
const PING: Duration = Duration::from_secs(30);
/// How long one message may take to be sent: who is slower is cut off.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many channels one socket may listen to.
const CHANNELS: usize = 50;
/// The most bytes that the other side may say at once.
const SAID: usize = 16 * 1024;

/// `GET /api/v1/streaming`; without a WebSocket the channel that is named as server-sent events.
pub(super) async fn open(State(app): State<App>, Form(wish): Form<Wish>, mut parts: Parts) -> Result<Response> {
    let first = wish.named()?;
    if !parts.headers.contains_key(header::UPGRADE) {
        let channel = first.ok_or_else(|| Error::malformed("stream.unknown", "Unknown stream type"))?;
        return stream(&app, parts, channel).await;
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app)
        .await
        .map_err(|cause| Error::malformed("stream.upgrade", "This is no WebSocket that we speak.").because(cause))?;
    let (reader, protocol) = Reader::enter(&app, parts).await?;
    let channels: Vec<Channel> = first.into_iter().collect();
    for channel in &channels {
        reader.check(channel).await?;
    }
    let upgrade = upgrade.max_message_size(SAID).max_frame_size(SAID);
    // Browsers want the protocol back that they named.
    let upgrade = match protocol {
        Some(protocol) => upgrade.protocols([protocol]),
        None => upgrade,
    };
    Ok(upgrade.on_upgrade(move |socket| talk(socket, reader, channels)))
}

/// What the other side says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    stream: String,
    tag: Option<String>,
    list: Option<String>,
}

async fn talk(mut socket: WebSocket, mut reader: Reader, mut channels: Vec<Channel>) {
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let go_on = tokio::select! {
            heard = reader.signal() => match reader.events_of(&channels, heard).await {
                Some(events) => tell(&mut socket, &events).await,
                None => false,
            },
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => answer(&mut socket, &reader, &mut channels, &text).await,
                Some(Ok(Message::Binary(_))) => {
                    let reason = "The mastodon streaming server does not support binary messages".into();
                    let frame = CloseFrame { code: close_code::UNSUPPORTED, reason };
                    send(&mut socket, Message::Close(Some(frame))).await;
                    return;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            _ = pings.tick() => reader.is_let_in().await && send(&mut socket, Message::Ping(Bytes::new())).await,
        };
        if !go_on {
            send(&mut socket, Message::Close(None)).await;
            return;
        }
    }
}

/// Whether all of them were taken in time.
async fn tell(socket: &mut WebSocket, events: &[Event]) -> bool {
    for event in events {
        let text = serde_json::to_string(event).unwrap_or_default();
        if !send(socket, Message::Text(text.into())).await {
            return false;
        }
    }
    true
}

/// Whether it was taken in time.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    timeout(PATIENCE, socket.send(message)).await.is_ok_and(|sent| sent.is_ok())
}

/// Begins or ends to listen to a channel, or says why not.
async fn answer(socket: &mut WebSocket, reader: &Reader, channels: &mut Vec<Channel>, text: &str) -> bool {
    match change(reader, channels, text).await {
        Ok(()) => true,
        Err(error) => send(socket, Message::Text(told(&error).into())).await,
    }
}

async fn change(reader: &Reader, channels: &mut Vec<Channel>, text: &str) -> Result<()> {
    let unread = |cause| Error::malformed("stream.message", "This message cannot be read.").because(cause);
    let said: Said = from_value(&serde_json::from_str(text).map_err(unread)?)?;
    let channel = Channel::read(&said.stream, said.tag.as_deref(), said.list.as_deref(), false)?;
    match said.kind.as_str() {
        "subscribe" => {
            reader.check(&channel).await?;
            if channels.len() >= CHANNELS {
                return Err(Error::too_many("stream.channels", "A socket listens to 50 streams at most."));
            }
            if !channels.contains(&channel) {
                channels.push(channel);
            }
            Ok(())
        }
        "unsubscribe" => {
            channels.retain(|known| *known != channel);
            Ok(())
        }
        _ => Err(Error::malformed("stream.message", "Say subscribe or unsubscribe.")),
    }
}
