//! `/api/v1/markers`: how far somebody has read.

use std::collections::BTreeMap;

use axum::{Router, extract::State, routing::get};
use serde::Deserialize;

use super::entities::Marker;
use crate::{
    app::App,
    db::Timestamp,
    domain::markers::{self, Move, Timeline},
    error::Result,
    http::extract::{Form, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v1/markers", get(list).post(set))
}

/// Which markers. What is none is left out, as in Mastodon.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    timeline: Vec<String>,
}

type Markers = BTreeMap<&'static str, Marker>;

fn shown(rows: Vec<markers::Marker>) -> Markers {
    let one = |row: markers::Marker| {
        let marker = Marker {
            last_read_id: row.last_read_id.to_string(),
            version: row.version,
            updated_at: Timestamp::rfc3339(row.updated_at),
        };
        (row.timeline.as_str(), marker)
    };
    rows.into_iter().map(one).collect()
}

/// `GET /api/v1/markers`
async fn list(State(app): State<App>, me: Session, Form(which): Form<Which>) -> Result<Json<Markers>> {
    me.need("read:statuses")?;
    let owner = me.actor.id;
    let timelines: Vec<Timeline> = which.timeline.iter().filter_map(|name| name.parse().ok()).collect();
    let rows = app.db.read(move |conn| markers::list(conn, owner, &timelines)).await?;
    Ok(Json(shown(rows)))
}

/// Where markers are to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Places {
    home: Option<Place>,
    notifications: Option<Place>,
}

/// Where one marker is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Place {
    last_read_id: Option<i64>,
    /// The version that the app knew. Mastodon's do not say.
    version: Option<i64>,
}

/// `POST /api/v1/markers`
async fn set(State(app): State<App>, me: Session, Form(places): Form<Places>) -> Result<Json<Markers>> {
    me.need("write:statuses")?;
    let owner = me.actor.id;
    let wish = |timeline, place: Option<Place>| {
        let place = place?;
        Some(Move { timeline, last_read_id: place.last_read_id?, known: place.version })
    };
    let moves: Vec<Move> = wish(Timeline::Home, places.home)
        .into_iter()
        .chain(wish(Timeline::Notifications, places.notifications))
        .collect();
    let rows = app.db.write(move |tx| {
        markers::set(tx, owner, &moves)?;
        let moved: Vec<Timeline> = moves.iter().map(|one| one.timeline).collect();
        markers::list(tx.conn(), owner, &moved)
    });
    Ok(Json(shown(rows.await?)))
}
