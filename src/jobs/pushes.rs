//! Telling apps that are not open of notifications.

use serde_json::{Value, json};
use url::Url;

use crate::{
    app::App,
    db::Conn,
    domain::{
        NotificationId, Site, SubscriptionId,
        actors::{self, Actor},
        notifications::{self, Due, NotificationKind},
        posts::{self, Viewer},
        servers,
    },
    error::{Error, Result},
    net::{
        host_of,
        push::{self, Encoding, Push, Reader},
    },
    text,
};

/// How many characters of a post are told, as in Mastodon.
const EXCERPT: usize = 140;
/// How many of a name.
const NAME: usize = 60;

/// Tells one app of one notification. A push service that does not know the app any more is forgotten.
pub(super) async fn push(app: &App, place: SubscriptionId, notification: NotificationId) -> Result<()> {
    let (site, now) = (app.site.clone(), app.db.now());
    let due = app.db.read(move |conn| match notifications::due(conn, place, notification, now)? {
        Some(due) => {
            let message = message(conn, &site, &due)?;
            Ok(Some((due, message)))
        }
        None => Ok(None),
    });
    let Some((due, Some(mut message))) = due.await? else { return Ok(()) };
    let place = due.place;
    let token = app.secrets.open(&notifications::purpose(place.token_id), &place.sealed_token)?;
    if let Value::Object(fields) = &mut message {
        fields.insert("access_token".to_owned(), String::from_utf8_lossy(&token).into());
    }
    let endpoint = Url::parse(&place.endpoint).map_err(Error::internal)?;
    if app.refuses(&host_of(&endpoint)) {
        return app.db.write(move |tx| notifications::forget_subscription(tx, place.id)).await;
    }
    let reader = Reader { public_key: place.public_key, auth: place.auth };
    let message = message.to_string();
    let push = Push {
        endpoint: &endpoint,
        reader: &reader,
        encoding: if place.standard { Encoding::Standard } else { Encoding::Draft },
        message: message.as_bytes(),
    };
    let status = push::send(app.transport.as_ref(), &app.vapid, push).await?.status.as_u16();
    match status {
        200..300 => Ok(()),
        // The app is gone, or it subscribed with another key than ours.
        400..500 if status != 408 && status != 429 => {
            app.db.write(move |tx| notifications::forget_subscription(tx, place.id)).await
        }
        _ => Err(Error::unavailable("push.later", format!("The push service answered {status}; it is asked again."))),
    }
}

/// The message that Mastodon's apps know, without the token; nothing where the post or who did it is not to be seen any
/// more.
fn message(conn: &mut Conn, site: &Site, due: &Due) -> Result<Option<Value>> {
    let told = &due.notification;
    if servers::is_refused(conn, told.from_id)? {
        return Ok(None);
    }
    let from = actors::get(conn, told.from_id)?;
    let viewer = Viewer::local(conn, due.place.owner_id)?;
    let body = match told.post_id {
        Some(id) => match posts::find(conn, id)? {
            Some(post) if posts::may_see(conn, &viewer, &post)? => {
                if post.summary.is_empty() {
                    text::plain(&post.content)
                } else {
                    post.summary
                }
            }
            _ => return Ok(None),
        },
        None => text::plain(&from.summary),
    };
    Ok(Some(json!({
        "preferred_locale": "en",
        "notification_id": told.id.0,
        "notification_type": told.kind.as_str(),
        "icon": from.icon.as_ref().filter(|icon| site.owns(icon)).cloned()
            .unwrap_or_else(|| format!("{}/assets/avatar.svg", site.base_url)),
        "title": title(told.kind, &from),
        "body": shortened(&body, EXCERPT),
    })))
}

fn title(kind: NotificationKind, from: &Actor) -> String {
    let name = if from.name.is_empty() { &from.username } else { &from.name };
    let name = shortened(name, NAME);
    match kind {
        NotificationKind::Mention => format!("{name} mentioned you"),
        NotificationKind::Follow => format!("{name} follows you"),
        NotificationKind::FollowRequest => format!("{name} asks to follow you"),
        NotificationKind::Favourite => format!("{name} likes your post"),
        NotificationKind::Reblog => format!("{name} boosted your post"),
        NotificationKind::Status => format!("{name} posted"),
        NotificationKind::Update => format!("{name} edited a post"),
        NotificationKind::Poll => "A poll is over".to_owned(),
        NotificationKind::Quote => format!("{name} quoted your post"),
        NotificationKind::QuotedUpdate => format!("{name} edited a post that you quoted"),
    }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
