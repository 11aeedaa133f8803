//! Bodies of requests: how many bytes of them are in hand at once, whose they are, and how long one may take.
//!
//! Nothing is read of a body but through [`read`]. What it answers holds its bytes until it is dropped, so it is kept
//! for as long as they are of use.

use std::{
    collections::HashMap,
    net::IpAddr,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{Extensions, HeaderMap, header};
use http_body_util::BodyExt;

use super::observe;
use crate::{
    app::App,
    error::{Error, Kind, Result},
    federation::inbox::BODY_LIMIT,
    limits::household,
};

/// What all bodies together may have, in bytes.
const ALL: usize = 64 * 1024 * 1024;
/// What those of one address may have: a quarter of what is free, within these bounds.
const SHARE: (usize, usize) = (1024 * 1024, 16 * 1024 * 1024);
/// Room is taken in steps of at least so many bytes, as they arrive: what is only announced takes none.
const STEP: usize = 16 * 1024;
/// How long a body may take where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is taken by whom.
#[derive(Default)]
pub(super) struct Room(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Room {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes that one body takes, free again when this is dropped.
struct Place {
    room: Arc<Room>,
    address: Option<IpAddr>,
    bytes: usize,
}

impl Place {
    /// Takes so many bytes more, unless they are not there.
    fn grow(&mut self, bytes: usize) -> bool {
        let mut taken = self.room.taken();
        let free = ALL.saturating_sub(taken.all);
        if free < bytes {
            return false;
        }
        if let Some(address) = self.address {
            // Whoever sends much leaves room for the others.
            let share = (free / 4).clamp(SHARE.0, SHARE.1);
            let own = taken.by_address.get(&address).copied().unwrap_or_default().saturating_add(bytes);
            if own > share {
                return false;
            }
            taken.by_address.insert(address, own);
        }
        taken.all += bytes;
        self.bytes += bytes;
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.all = taken.all.saturating_sub(self.bytes);
        let Some(address) = self.address else { return };
        if let Some(own) = taken.by_address.get_mut(&address) {
            *own = own.saturating_sub(self.bytes);
            if *own == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// Where a request's body may be read into.
#[derive(Clone)]
struct Allotment {
    room: Arc<Room>,
    address: Option<IpAddr>,
    patience: Duration,
}

/// Layer: gives every request its part of the room. A body has half of the time that the whole request has: there is
/// no hope for the rest after that.
pub(super) async fn allot(State((app, room)): State<(App, Arc<Room>)>, mut request: Request, next: Next) -> Response {
    let address = observe::address(&app, request.extensions(), request.headers()).map(household);
    let patience = Duration::from_secs(app.config.server.request_timeout_seconds) / 2;
    request.extensions_mut().insert(Allotment { room, address, patience });
    next.run(request).await
}

/// A body that was read.
pub(super) struct Held {
    bytes: Vec<u8>,
    _place: Place,
}

impl Deref for Held {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

fn too_large() -> Error {
    Error::too_large("request.too_large", "The request is larger than 1 MiB.")
}

/// Refuses a body that says itself that it is too large.
pub(super) fn check_length(headers: &HeaderMap) -> Result<()> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| usize::try_from(length).unwrap_or(usize::MAX) > BODY_LIMIT) {
        return Err(too_large());
    }
    Ok(())
}

/// Reads the body of the request with these extensions.
pub(super) async fn read(extensions: &Extensions, body: Body) -> Result<Held> {
    let Allotment { room, address, patience } = extensions.get::<Allotment>().cloned().unwrap_or_else(|| Allotment {
        room: Arc::default(),
        address: None,
        patience: PATIENCE,
    });
    let place = Place { room, address, bytes: 0 };
    let slow = || Error::new(Kind::TooSlow, "request.too_slow", "The request took too long to arrive.");
    tokio::time::timeout(patience, collect(place, body)).await.unwrap_or_else(|_| Err(slow()))
}

/// Copies what arrives: a byte that came alone would keep the whole buffer into which it was read.
async fn collect(mut place: Place, mut body: Body) -> Result<Held> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|cause| {
            Error::malformed("request.broken", "The request ended before it was complete.").because(cause)
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let length = bytes.len() + data.len();
        if length > BODY_LIMIT {
            return Err(too_large());
        }
        if length > bytes.capacity() {
            let capacity = length.max(bytes.capacity() * 2).clamp(STEP, BODY_LIMIT);
            if !place.grow(capacity - bytes.capacity()) {
                let full = "Too much is arriving at this moment. Please send this again later.";
                return Err(Error::unavailable("request.no_room", full).retry_in(Duration::from_secs(30)));
            }
            bytes.reserve_exact(capacity - bytes.len());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Held { bytes, _place: place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuller_it_is_the_less_of_it_one_address_has_and_all_is_given_back() {
        let room = Arc::new(Room::default());
        let mut places = Vec::new();
        let mut shares = Vec::new();
        for number in 0..15 {
            let address = IpAddr::from([192, 0, 2, number]);
            let mut place = Place { room: room.clone(), address: Some(address), bytes: 0 };
            while place.grow(STEP) {}
            shares.push(place.bytes);
            places.push(place);
        }
        assert!(shares.is_sorted_by(|one, other| one >= other) && shares[0] < SHARE.1, "{shares:?}");
        assert!(shares[14] >= SHARE.0, "whoever comes late has some: {shares:?}");
        assert!(room.taken().all <= ALL);
        drop(places);
        let taken = room.taken();
        assert!(taken.all == 0 && taken.by_address.is_empty());
    }
}
