//! Files in a request: taken off the wire to the disk, piece by piece, and judged by how they begin.
//!
//! [`take_files`] is a layer in the place of [`read_fields`](super::read_fields), for the few routes that take files.
//! It asks who is there before it reads anything: strangers send nothing to our disk.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Multipart, Request, State, multipart::Field},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header, request::Parts};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, sync::OwnedSemaphorePermit};

use super::{
    brackets::Collector,
    fields::{Fields, merged, other_encoding, pairs},
    session::MaybeSession,
};
use crate::{
    app::App,
    error::{Error, Kind as Fault, Result},
    federation::inbox::BODY_LIMIT,
    files::{Kind, NamedTempFile, START, judge},
    text,
};

/// The fields in which files are taken; files in others are read and forgotten.
const NAMES: &[&str] = &["file", "avatar", "header", "image"];

/// A file that arrived.
#[derive(Debug)]
pub struct Received {
    /// The name of its field.
    pub field: String,
    /// What it was found to be; nothing when that is nothing we take.
    pub kind: Kind,
    /// How many bytes it has.
    pub bytes: usize,
    /// Where it is, until this is dropped.
    pub file: NamedTempFile,
}

impl Received {
    /// A file whose content is at hand already; nothing where it is none that we take.
    pub async fn of(app: &App, content: &[u8]) -> Result<Option<Self>> {
        let Some(kind) = judge(content) else { return Ok(None) };
        let file = app.files.temporary()?;
        let mut disk = tokio::fs::File::from_std(file.reopen().map_err(Error::internal)?);
        disk.write_all(content).await.map_err(no_room)?;
        disk.flush().await.map_err(no_room)?;
        Ok(Some(Self { field: String::new(), kind, bytes: content.len(), file }))
    }
}

/// How many files one request may have.
const AT_ONCE: usize = 2;

/// The files of a request, with its place among those whose files arrive.
#[derive(Debug, Clone, Default)]
pub struct Files {
    files: Arc<Mutex<Vec<Received>>>,
    _place: Option<Arc<OwnedSemaphorePermit>>,
}

impl Files {
    /// Takes the file of a field.
    pub fn take(&self, field: &str) -> Option<Received> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let place = files.iter().position(|file| file.field == field)?;
        Some(files.swap_remove(place))
    }
}

impl<S: Sync> FromRequestParts<S> for Files {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Error::internal("a handler takes Files outside the layer take_files"))
    }
}

/// Layer: as [`read_fields`](super::read_fields), and files are put on the disk. Refuses who has no token.
pub async fn take_files(State(app): State<App>, request: Request, next: Next) -> Response {
    match taken(&app, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn taken(app: &App, request: Request) -> Result<Request> {
    if !is_multipart(request.headers()) {
        let (mut request, held) = merged(request).await?;
        request.extensions_mut().insert(Arc::new(held));
        request.extensions_mut().insert(Files::default());
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    if MaybeSession::read(&parts, app).await?.person().is_none() {
        return Err(Error::unauthorized("token.invalid", "Sign in first: send a token as Authorization: Bearer."));
    }
    let place = app.files.arrive().await?;
    let mut collector = Collector::default();
    for (name, value) in pairs(parts.uri.query().unwrap_or_default().as_bytes())? {
        collector.put(&name, value.into_owned())?;
    }
    let form = Multipart::from_request(Request::from_parts(parts.clone(), body), &()).await;
    let mut form = form.map_err(|cause| broken().because(cause))?;
    let mut files = Vec::new();
    let mut room = BODY_LIMIT;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        if field.file_name().is_none() {
            let value = text_of(field, &mut room).await?;
            collector.put(&name, value)?;
        } else if NAMES.contains(&name.as_str()) {
            if files.len() >= AT_ONCE {
                return Err(Error::malformed(
                    "request.too_many_files",
                    format!("A request has at most {AT_ONCE} files."),
                ));
            }
            files.push(receive(app, name, field).await?);
        }
    }
    let mut fields = Value::Object(collector.finish());
    text::replace_nul(&mut fields);
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(Fields(Arc::new(fields)));
    request.extensions_mut().insert(Files { files: Arc::new(Mutex::new(files)), _place: Some(Arc::new(place)) });
    Ok(request)
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// Text of all fields together stays as small as in other requests.
async fn text_of(mut field: Field<'_>, room: &mut usize) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(unreadable)? {
        *room = room
            .checked_sub(part.len())
            .ok_or_else(|| Error::too_large("request.too_large", "The text of the request is larger than 1 MiB."))?;
        bytes.extend_from_slice(&part);
    }
    String::from_utf8(bytes).map_err(|cause| other_encoding().because(cause))
}

async fn receive(app: &App, name: String, mut field: Field<'_>) -> Result<Received> {
    let mut start = Vec::new();
    while start.len() < START {
        let Some(part) = field.chunk().await.map_err(unreadable)? else { break };
        start.extend_from_slice(&part);
    }
    let kind = judge(&start).ok_or_else(|| {
        let sentence = if start.is_empty() {
            "This file is empty."
        } else {
            "This is no picture, film or sound that this server takes: JPEG, PNG, GIF, WebP, MP4, WebM, QuickTime, MP3, M4A, Ogg, Opus, FLAC, WAV, AAC."
        };
        Error::invalid("media.kind", sentence)
    })?;
    let most = app.files.most(kind);
    let file = app.files.temporary()?;
    let mut disk = tokio::fs::File::from_std(file.reopen().map_err(Error::internal)?);
    let mut bytes = 0;
    let mut part = Some(Bytes::from(start));
    while let Some(content) = part {
        bytes += content.len();
        if bytes > most {
            return Err(Error::too_large("media.too_large", format!("This file may have {most} bytes.")));
        }
        disk.write_all(&content).await.map_err(no_room)?;
        part = field.chunk().await.map_err(unreadable)?;
    }
    disk.flush().await.map_err(no_room)?;
    Ok(Received { field: name, kind, bytes, file })
}

fn broken() -> Error {
    Error::malformed("request.multipart", "The multipart body cannot be read.")
}

fn unreadable(cause: axum::extract::multipart::MultipartError) -> Error {
    if cause.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        return Error::too_large("media.too_large", "This request is larger than a file may be.").because(cause);
    }
    broken().because(cause)
}

fn no_room(cause: std::io::Error) -> Error {
    Error::new(Fault::Unavailable, "media.store", "Files cannot be written now. Please try again later.").because(cause)
}
