//! `/api/v1/timelines/…`: home, public, of one hashtag.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use serde::Deserialize;

use super::{
    entities::Status,
    look::{Answer, Listed, look},
};
use crate::{
    app::App,
    domain::{
        drafts,
        filters::FilterContext,
        posts::Viewer,
        timelines::{self, From, Side},
    },
    error::{Error, Result},
    http::extract::{Form, MaybeSession, Paging, Paths, Session},
    text,
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/v1/timelines/home", get(home))
        .at("/api/v1/timelines/public", get(public))
        .at("/api/v1/timelines/tag/{name}", get(tag))
}

/// Which part of a public timeline.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Part {
    local: Option<bool>,
    remote: Option<bool>,
}

impl Part {
    fn from(&self) -> From {
        match (self.local.unwrap_or(false), self.remote.unwrap_or(false)) {
            (true, _) => From::Here,
            (false, true) => From::Elsewhere,
            (false, false) => From::Everywhere,
        }
    }
}

/// Which part of one's home: our own word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wished {
    guildhall_part: Option<String>,
}

impl Wished {
    fn side(&self) -> Result<Option<Side>> {
        let side = self.guildhall_part.as_deref().filter(|name| !name.is_empty()).map(str::parse).transpose();
        side.map_err(|told: String| Error::invalid("timeline.part", told))
    }
}

/// `GET /api/v1/timelines/home`
async fn home(
    State(app): State<App>,
    me: Session,
    Form(wished): Form<Wished>,
    paging: Paging,
) -> Result<Answer<Status>> {
    me.need("read:statuses")?;
    let side = wished.side()?;
    let (owner, page, of_brand) = (me.actor.id, paging.page(20), me.actor.kind.has_speakers());
    let own_eyes = me.drafts_only().then(|| me.reads_as());
    let listed = look(&app, Some(owner), move |look| {
        let entries = timelines::home(look.conn, &look.viewer, side, &page, look.now)?;
        if let Some(person) = own_eyes {
            // The brand's home, with nothing that only the brand may read.
            look.viewer = Viewer::local(look.conn, person)?;
        }
        let asked = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let read = entries.len();
        let listed = look.list(entries, &page)?;
        // What there was no room for comes with the next page as well.
        let full = read >= asked || listed.rows.len() < read;
        let listed = look.sifted(FilterContext::Home, listed);
        if !of_brand || side == Some(Side::Inside) {
            return Ok(listed);
        }
        let mut waiting = drafts::list_waiting(look.conn, owner, &page)?;
        if let Some(person) = own_eyes {
            waiting = drafts::keep_readable(look.conn, person, waiting)?;
        }
        look.with_waiting(listed, full, waiting, &page)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `GET /api/v1/timelines/public`
async fn public(
    State(app): State<App>,
    me: MaybeSession,
    Form(part): Form<Part>,
    paging: Paging,
) -> Result<Answer<Status>> {
    me.need("read:statuses")?;
    open(app, me, part, None, paging).await
}

/// `GET /api/v1/timelines/tag/:name`
async fn tag(
    State(app): State<App>,
    Path(name): Path<String>,
    me: MaybeSession,
    Form(part): Form<Part>,
    paging: Paging,
) -> Result<Answer<Status>> {
    me.need("read:statuses")?;
    match text::normalise_hashtag(name.trim_start_matches('#')) {
        Some(name) => open(app, me, part, Some(name), paging).await,
        None => Ok(Listed::empty().answer(&app, &paging)),
    }
}

async fn open(
    app: App,
    me: MaybeSession,
    part: Part,
    hashtag: Option<String>,
    paging: Paging,
) -> Result<Answer<Status>> {
    let (reader, page, from) = (me.actor(), paging.page(20), part.from());
    let listed = look(&app, reader, move |look| {
        let entries = timelines::public(look.conn, reader, from, hashtag.as_deref(), &page, look.now)?;
        let listed = look.list(entries, &page)?;
        Ok(look.sifted(FilterContext::Public, listed))
    });
    Ok(listed.await?.answer(&app, &paging))
}
