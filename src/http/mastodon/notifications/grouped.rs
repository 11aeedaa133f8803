//! `/api/v2/notifications`: likes, boosts and follows together.

use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{first::Count, which::Wanted};
use crate::{
    app::App,
    domain::{
        ActorId, Page,
        markers::{self, Timeline},
        notifications, timelines,
    },
    error::{Error, Result},
    http::{
        extract::{Form, Json, Links, Paging, Session},
        mastodon::{
            entities::{Account, GroupedNotifications},
            look::{Answer, look},
            render::Expand,
        },
    },
};

/// How much is told of people.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Accounts {
    expand_accounts: Option<String>,
}

impl Accounts {
    fn read(&self) -> Result<Expand> {
        match self.expand_accounts.as_deref() {
            None | Some("full") => Ok(Expand::Full),
            Some("partial_avatars") => Ok(Expand::PartialAvatars),
            Some(_) => {
                Err(Error::malformed("notification.expand_accounts", "expand_accounts is full or partial_avatars."))
            }
        }
    }
}

fn missing() -> Error {
    Error::not_found("notification.not_found", "There is no such notification.")
}

/// `GET /api/v2/notifications`
pub(super) async fn list(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<Wanted>,
    Form(accounts): Form<Accounts>,
    paging: Paging,
) -> Result<(Links, Json<GroupedNotifications>)> {
    me.need("read:notifications")?;
    let (owner, page, expand) = (me.actor.id, paging.page(40), accounts.read()?);
    let (grouping, which) = (wanted.grouping(), wanted.read(&me));
    let listed = look(&app, Some(owner), move |look| {
        let groups = match &which {
            Some(which) => notifications::list_groups(look.conn, owner, which, &grouping, &page)?,
            None => Vec::new(),
        };
        let groups = timelines::fitting(look.conn, groups, &page, |group| group.shown.post_id)?;
        let ends = groups.first().zip(groups.last()).map(|(first, last)| (first.shown.id.0, last.shown.id.0));
        Ok((ends, look.groups(&groups, expand)?))
    });
    let (ends, shown) = listed.await?;
    let (first, last) = ends.unzip();
    Ok((paging.links(&app.site.base_url, first, last), Json(shown)))
}

/// `GET /api/v2/notifications/unread_count`
pub(super) async fn unread_count(
    State(app): State<App>,
    me: Session,
    Form(wanted): Form<Wanted>,
    Form(count): Form<Count>,
) -> Result<Json<Value>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let Some(which) = wanted.read(&me) else { return Ok(Json(json!({ "count": 0 }))) };
    let unread = look(&app, Some(owner), move |look| {
        let read = markers::last_read(look.conn, owner, Timeline::Notifications)?;
        let page = Page { min_id: Some(read), limit: count.most(), ..Page::default() };
        Ok(notifications::list_groups(look.conn, owner, &which, &wanted.grouping(), &page)?.len())
    });
    Ok(Json(json!({ "count": unread.await? })))
}

/// `GET /api/v2/notifications/:group_key`
pub(super) async fn show(
    State(app): State<App>,
    Path(key): Path<String>,
    me: Session,
) -> Result<Json<GroupedNotifications>> {
    me.need("read:notifications")?;
    let owner = me.actor.id;
    let shown = look(&app, Some(owner), move |look| {
        let group = notifications::find_group(look.conn, owner, &key)?.ok_or_else(missing)?;
        look.groups(&[group], Expand::Full)
    });
    let shown = shown.await?;
    if shown.notification_groups.is_empty() { Err(missing()) } else { Ok(Json(shown)) }
}

/// `GET /api/v2/notifications/:group_key/accounts`
pub(super) async fn accounts(
    State(app): State<App>,
    Path(key): Path<String>,
    me: Session,
    paging: Paging,
) -> Result<Answer<Account>> {
    // Mastodon's documentation says read, and its code write.
    me.need("read:notifications").or_else(|_| me.need("write:notifications"))?;
    let (owner, page) = (me.actor.id, paging.page(40));
    let listed = look(&app, Some(owner), move |look| {
        let rows = notifications::group_members(look.conn, owner, &key, &page)?;
        let people: Vec<(i64, ActorId)> = rows.iter().map(|row| (row.id.0, row.from_id)).collect();
        look.people(&people)
    });
    Ok(listed.await?.answer(&app, &paging))
}

/// `POST /api/v2/notifications/:group_key/dismiss`
pub(super) async fn dismiss(State(app): State<App>, Path(key): Path<String>, me: Session) -> Result<Json<Value>> {
    me.need("write:notifications")?;
    let owner = me.actor.id;
    app.db.write(move |tx| notifications::dismiss_group(tx, owner, &key)).await?;
    Ok(Json(json!({})))
}
