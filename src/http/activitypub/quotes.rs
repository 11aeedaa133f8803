//! That ours agree to be quoted, as documents (FEP-044f).

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::request::Parts;

use super::{negotiation, objects};
use crate::{
    app::App,
    db::Conn,
    domain::{
        QuoteId,
        actors::{self, Actor},
        posts::{self, QuoteState, Viewer},
    },
    error::{Error, Result},
    federation::{
        incoming::values::one_origin,
        objects::{
            context::{self, Terms},
            quote,
        },
        signed_get,
    },
};

/// `GET /ap/quotes/{id}`
pub(super) async fn authorization(State(app): State<App>, Path(id): Path<String>, parts: Parts) -> Result<Response> {
    let viewer = objects::viewer(&app, &parts).await?;
    let stamp = format!("{}/ap/quotes/{id}", app.site.base_url);
    let number = app.site.local_id(&stamp, "quotes").map(QuoteId).ok_or_else(missing)?;
    let anonymous = matches!(viewer, Viewer::Anonymous);
    let (said, home) = app.db.read(move |conn| find(conn, &viewer, number)).await?;
    let said = match (said, home) {
        (Some(said), _) => said,
        // It may be their server that asks, by an actor whom we never met.
        (None, Some(home)) if anonymous => {
            let reader = signed_get::reader_at(&app, &parts, &home).await?.ok_or_else(missing)?;
            let said = app.db.read(move |conn| Ok(find(conn, &Viewer::Remote(reader), number)?.0)).await?;
            said.ok_or_else(missing)?
        }
        (None, _) => return Err(missing()),
    };
    let document = quote::authorization(&stamp, &said.author, &said.quoting, &said.quoted);
    let document = context::document(document, Terms::Quote, false)?;
    Ok(if said.is_open { negotiation::object(&document) } else { negotiation::object_for_reader(&document) })
}

/// A consent.
struct Consent {
    /// Who agrees.
    author: String,
    /// The post that quotes.
    quoting: String,
    /// What it quotes.
    quoted: String,
    /// Everybody may know of it.
    is_open: bool,
}

/// Of ours only, and only while everybody may read what is quoted. That a post for few is there is told to its readers
/// and to its author's server alone: who else asks gets nothing, beside the id of its author for who may be of there.
fn find(conn: &mut Conn, viewer: &Viewer, id: QuoteId) -> Result<(Option<Consent>, Option<String>)> {
    let Some(found) = posts::find_quote(conn, id)?.filter(|quote| quote.state == QuoteState::Accepted) else {
        return Ok((None, None));
    };
    let Some(quoted) = found.quoted_id else { return Ok((None, None)) };
    let (quoting, quoted) = (posts::get(conn, found.post_id)?, posts::get(conn, quoted)?);
    let author = actors::get(conn, quoted.author_id)?;
    if !author.is_local() || !Actor::is_active(&author) || !quoted.audience.is_open() || !quoting.audience.federates() {
        return Ok((None, None));
    }
    let writer = actors::get(conn, quoting.author_id)?;
    if !posts::may_see(conn, viewer, &quoting)? && !is_of_there(conn, viewer, &writer)? {
        return Ok((None, (!writer.is_local()).then_some(writer.uri)));
    }
    let is_open = quoting.audience.is_open();
    let uris = quoting.uri.zip(quoted.uri);
    Ok((uris.map(|(quoting, quoted)| Consent { author: author.uri, quoting, quoted, is_open }), None))
}

/// Whether whoever asks lives where the post was written: their server has it.
fn is_of_there(conn: &mut Conn, viewer: &Viewer, author: &Actor) -> Result<bool> {
    let Viewer::Remote(reader) = viewer else { return Ok(false) };
    let reader = actors::get(conn, *reader)?;
    Ok(!author.is_local() && (reader.host == author.host || one_origin(&reader.uri, &author.uri)))
}

fn missing() -> Error {
    Error::not_found("quote.not_found", "There is no such consent.")
}
