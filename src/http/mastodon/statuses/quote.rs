//! Who quotes a post, and who may.

use axum::extract::{Path, State};
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        PostId, actors,
        posts::{self, EntryRef, QuotePolicy},
    },
    error::{Error, Result},
    http::{
        extract::{Form, Id, Json, Paging, Session},
        mastodon::{
            entities::Status,
            look::{Answer, Listed, look},
        },
    },
};

/// Who may quote without being asked about, in the words of Mastodon's API.
pub(super) fn policy(name: &str) -> Result<QuotePolicy> {
    let unknown = |_| {
        let told = format!("“{name:.40}” is no quote_approval_policy. Known: public, followers, nobody.");
        Error::invalid("quote.policy", told)
    };
    name.parse().map(QuotePolicy::usual).map_err(unknown)
}

/// `GET /api/v1/statuses/:id/quotes`: by consent, as far as the reader may see them.
pub(super) async fn list(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: Session,
    paging: Paging,
) -> Result<Answer<Status>> {
    me.need("read:statuses")?;
    let page = paging.page(20);
    let listed = look(&app, Some(me.actor.id), move |look| {
        let post = look.target(id)?.post.id;
        let rows = posts::list_quotes(look.conn, post, &page)?;
        let entries: Vec<EntryRef> = rows.iter().map(|(_, post)| EntryRef::post(*post)).collect();
        Ok(Listed {
            rows: look.statuses(&entries)?,
            first: rows.first().map(|(quote, _)| quote.0),
            last: rows.last().map(|(quote, _)| quote.0),
        })
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    Path((id, quoting)): Path<(String, String)>,
    me: Session,
) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    let missing = || Error::not_found("quote.not_found", "This post does not quote yours.");
    let number = |id: &str| id.parse::<i64>().map_err(|_| missing());
    let (id, quoting, reader) = (number(&id)?, PostId(number(&quoting)?), Some(me.actor.id));
    let own = look(&app, reader, move |look| Ok(look.own(id)?.post.id)).await?;
    // One that its author may not see can be taken out all the same; who asks is told of it only where they may.
    let (by, site) = (me.by(), app.site.clone());
    app.db.write(move |tx| posts::revoke_quote(tx, &site, &by, own, quoting)).await?;
    look(&app, reader, move |look| look.status(EntryRef::post(quoting))).await.map(Json)
}

/// Who may quote from now on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Policy {
    quote_approval_policy: Option<String>,
}

/// `PUT /api/v1/statuses/:id/interaction_policy`
pub(super) async fn change_policy(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: Session,
    Form(wish): Form<Policy>,
) -> Result<Json<Status>> {
    me.need("write:statuses")?;
    let given = wish.quote_approval_policy.as_deref().filter(|name| !name.is_empty()).map(policy).transpose()?;
    let reader = Some(me.actor.id);
    let own = look(&app, reader, move |look| Ok(look.own(id)?.post.id)).await?;
    let by = me.by();
    app.db
        .write(move |tx| {
            let policy = match &given {
                Some(policy) => policy.clone(),
                None => QuotePolicy::usual(actors::habits(tx.conn(), by.actor())?.quoters),
            };
            posts::set_quote_policy(tx, &by, own, &policy)
        })
        .await?;
    look(&app, reader, move |look| look.status(EntryRef::post(own))).await.map(Json)
}
