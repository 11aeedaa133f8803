//! That ours agree to be quoted, as documents (FEP-044f).

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::request::Parts;

use super::negotiation;
use crate::{
    app::App,
    db::Conn,
    domain::{
        QuoteId,
        actors::{self, Actor},
        posts::{self, QuoteState},
    },
    error::{Error, Result},
    federation::{
        objects::{
            context::{self, Terms},
            quote,
        },
        signed_get,
    },
};

/// `GET /ap/quotes/{id}`
pub(super) async fn authorization(State(app): State<App>, Path(id): Path<String>, parts: Parts) -> Result<Response> {
    signed_get::reader(&app, &parts).await?;
    let stamp = format!("{}/ap/quotes/{id}", app.site.base_url);
    let number = app.site.local_id(&stamp, "quotes").map(QuoteId).ok_or_else(missing)?;
    let said = app.db.read(move |conn| find(conn, number)).await?;
    let (author, quoting, quoted) = said.ok_or_else(missing)?;
    let document = quote::authorization(&stamp, &author, &quoting, &quoted);
    Ok(negotiation::object(&context::document(document, Terms::Quote, false)?))
}

/// Who agrees, which post quotes, and which it quotes; of ours only, and only while everybody may read what is quoted.
fn find(conn: &mut Conn, id: QuoteId) -> Result<Option<(String, String, String)>> {
    let Some(found) = posts::find_quote(conn, id)?.filter(|quote| quote.state == QuoteState::Accepted) else {
        return Ok(None);
    };
    let Some(quoted) = found.quoted_id else { return Ok(None) };
    let (quoting, quoted) = (posts::get(conn, found.post_id)?, posts::get(conn, quoted)?);
    let author = actors::get(conn, quoted.author_id)?;
    if !author.is_local() || !Actor::is_active(&author) || !quoted.audience.is_open() || !quoting.audience.federates() {
        return Ok(None);
    }
    Ok(quoting.uri.zip(quoted.uri).map(|(quoting, quoted)| (author.uri, quoting, quoted)))
}

fn missing() -> Error {
    Error::not_found("quote.not_found", "There is no such consent.")
}
