//! Telling apps that are not open of notifications.
//!
//! People's apps choose their push services, and some of those do not answer. Each message is tried a few times; a
//! service that is in trouble is asked with one message at a time, after longer and longer waits, and the others wait
//! with it. Of those who work at pushes a few do so for services that have not shown that they answer: the rest is there
//! for the others.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use super::{rows, runner::Outcome};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        NotificationId, Site, SubscriptionId, accounts,
        actors::{self, Actor},
        drafts,
        notifications::{self, DraftNews, Due, Notification, NotificationKind, Roles, Subscription},
        posts::{self, Post, Viewer},
        servers,
        work::{Job, machine_in},
    },
    error::{Error, Kind, Result},
    net::{
        Answer, host_of,
        push::{self, Encoding, Push, Reader},
    },
    text,
};

/// How many characters of a post are told, as in Mastodon.
const EXCERPT: usize = 140;
/// How many of a name.
const NAME: usize = 60;
/// How many work for services that have not shown that they answer.
pub(super) const DOUBTED: usize = 4;
/// How long one message may take that shows whether a service answers: longer than any answer is waited for.
const TURN: Duration = Duration::from_secs(30);
/// When a message comes again that had no turn.
const MOMENT: Duration = Duration::from_secs(5);
/// The most that a service can make us wait with `Retry-After`.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// After how many failures in a row of its service a place is forgotten, when that never took anything or has no public
/// address. They take more than a day, unless the service itself asked us to come again sooner.
const GIVEN_UP: i32 = 10;
/// How old our memory may be that a service answers.
const REMEMBER: Duration = Duration::from_secs(24 * 3600);

/// Whether a service is asked now.
enum Turn<'a> {
    /// As any other.
    Proven { since: Timestamp },
    /// It must show that it answers.
    Doubted(#[expect(dead_code, reason = "held until the answer is there")] SemaphorePermit<'a>),
    /// Not yet.
    Later(Duration),
}

/// Tells one app of one notification. A place that its push service does not know any more is forgotten.
pub(super) async fn push(
    app: &App,
    doubted: &Semaphore,
    place: SubscriptionId,
    notification: NotificationId,
) -> Result<Outcome> {
    let (site, now) = (app.site.clone(), app.db.now());
    let due = app.db.read(move |conn| match notifications::due(conn, place, notification, now)? {
        Some(due) => {
            let message = message(conn, &site, &due)?;
            Ok(Some((due, message)))
        }
        None => Ok(None),
    });
    let Some((due, Some(message))) = due.await? else { return Ok(Outcome::Done) };
    let place = due.place;
    let endpoint = Url::parse(&place.endpoint).map_err(Error::internal)?;
    let service = machine_in(&place.endpoint).ok_or_else(|| Error::internal("a push service without a name"))?;
    if app.refuses(&host_of(&endpoint)) {
        return forget(app, place.id).await;
    }
    let turn = turn(app, doubted, &service).await?;
    if let Turn::Later(wait) = turn {
        return Ok(Outcome::NotNow(wait));
    }
    let id = place.id;
    let answer = hand(app, &endpoint, place, message).await;
    take(app, (id, &endpoint), &service, &turn, answer).await
}

/// Whose turn it is: one message at a time goes to a service that has not shown that it answers.
async fn turn<'a>(app: &App, doubted: &'a Semaphore, service: &str) -> Result<Turn<'a>> {
    let host = service.to_owned();
    let (known, now) = (app.db.read(move |conn| notifications::find_service(conn, &host)).await?, app.db.now());
    match known {
        Some(known) if known.paused_until > now => return Ok(Turn::Later(known.paused_until.since(now))),
        Some(known) if known.is_proven() => return Ok(Turn::Proven { since: known.answered_at.unwrap_or(now) }),
        _ => {}
    }
    let Ok(permit) = doubted.try_acquire() else { return Ok(Turn::Later(MOMENT)) };
    let host = service.to_owned();
    let ours = app.db.write(move |tx| notifications::try_service(tx, &host, tx.now().plus(TURN))).await?;
    Ok(if ours { Turn::Doubted(permit) } else { Turn::Later(MOMENT) })
}

/// Hands a message to a service, with the token by which an app knows whom it is for; the workroom has none.
async fn hand(app: &App, endpoint: &Url, place: Subscription, mut message: Value) -> Result<Answer> {
    let token = app.secrets.open(&notifications::purpose(place.token_id), &place.sealed_token)?;
    if !token.is_empty()
        && let Value::Object(fields) = &mut message
    {
        fields.insert("access_token".to_owned(), String::from_utf8_lossy(&token).into());
    }
    let reader = Reader { public_key: place.public_key, auth: place.auth };
    let message = message.to_string();
    let push = Push {
        endpoint,
        reader: &reader,
        encoding: if place.standard { Encoding::Standard } else { Encoding::Draft },
        message: message.as_bytes(),
    };
    push::send(app.transport.as_ref(), &app.vapid, push).await
}

/// What an answer means: for this message, for its place, and for all others that wait for the same service.
async fn take(
    app: &App,
    (place, endpoint): (SubscriptionId, &Url),
    service: &str,
    turn: &Turn<'_>,
    answer: Result<Answer>,
) -> Result<Outcome> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if matches!(error.kind(), Kind::Unavailable | Kind::TooMany) => {
            let pause = pause(app, service, turn, error.retry_after()).await?;
            return wait_or_forget(app, place, pause, error).await;
        }
        Err(error) if error.code() == "net.not_public" => {
            if !may_be_mended(endpoint) {
                let host = service.to_owned();
                app.db.write(move |tx| notifications::forget_service(tx, &host)).await?;
                return forget(app, place).await;
            }
            let pause = pause(app, service, turn, None).await?;
            let pause = Pause { hopeless: true, ..pause };
            return wait_or_forget(app, place, pause, Error::unavailable("push.not_public", error.safe().to_owned()))
                .await;
        }
        Err(error) => return Err(error),
    };
    let status = answer.status.as_u16();
    let later = || Error::unavailable("push.later", format!("The push service answered {status}; it is asked again."));
    if matches!(status, 408 | 502..=504) {
        let pause = pause(app, service, turn, answer.retry_after).await?;
        return wait_or_forget(app, place, pause, later()).await;
    }
    answered(app, service, turn).await?;
    match status {
        200..300 => Ok(Outcome::Done),
        // Whoever has too much handed to one app, or an app that nobody fetches for (507 of ntfy), makes nobody else wait.
        429 | 300..400 | 500..600 => Err(later().retry_in(answer.retry_after.unwrap_or_default().min(LONGEST))),
        // The app is gone, or it subscribed with another key than ours.
        _ => forget(app, place).await,
    }
}

/// Whether an address that may not be contacted may be another soon: a name that leads to a private address for a moment
/// is a mistake of its operator.
fn may_be_mended(endpoint: &Url) -> bool {
    let name = endpoint.domain().map(|name| name.trim_end_matches('.')).unwrap_or_default();
    name.contains('.') && !name.ends_with(".localhost")
}

async fn forget(app: &App, place: SubscriptionId) -> Result<Outcome> {
    app.db.write(move |tx| notifications::forget_subscription(tx, place)).await?;
    Ok(Outcome::Done)
}

/// How it stands with a service that does not answer.
struct Pause {
    /// For how long nothing is handed to it.
    wait: Duration,
    /// How often in a row it did not answer.
    failures: i32,
    /// It never took anything, nor asked us to wait, or it has no public address.
    hopeless: bool,
}

/// The message waits as its service does, which has so many tries to give hope.
async fn wait_or_forget(app: &App, place: SubscriptionId, pause: Pause, why: Error) -> Result<Outcome> {
    if pause.hopeless && pause.failures >= GIVEN_UP {
        return forget(app, place).await;
    }
    Err(why.retry_in(pause.wait))
}

/// A service answered. What waited for that is due.
async fn answered(app: &App, service: &str, turn: &Turn<'_>) -> Result<()> {
    let now = app.db.now();
    let host = service.to_owned();
    if matches!(turn, Turn::Proven { since } if now.since(*since) < REMEMBER) {
        let asked = host.clone();
        let known = app.db.read(move |conn| notifications::find_service(conn, &asked)).await?;
        // Another message may have failed meanwhile, and the service be well.
        if known.is_some_and(|known| known.paused_until <= now) {
            return Ok(());
        }
    }
    app.db
        .write(move |tx| {
            notifications::service_answered(tx, &host)?;
            rows::bring_forward(tx, &host, Job::PUSH)
        })
        .await
}

/// A service does not answer: what waits for it does so for a while. Messages that were under way together fail together,
/// which is one failure.
async fn pause(app: &App, service: &str, turn: &Turn<'_>, asked: Option<Duration>) -> Result<Pause> {
    let host = service.to_owned();
    let one_of_many = matches!(turn, Turn::Proven { .. });
    app.db
        .write(move |tx| {
            let known = notifications::find_service(tx.conn(), &host)?;
            let paused =
                known.as_ref().map(|known| known.paused_until).filter(|until| one_of_many && *until > tx.now());
            let hopeless = asked.is_none() && known.as_ref().is_none_or(|known| known.answered_at.is_none());
            let failures = known.map_or(0, |known| known.failures) + i32::from(paused.is_none());
            let wait = match asked {
                Some(asked) => asked.clamp(Duration::from_secs(1), LONGEST),
                None => rows::backoff(failures, tx.new_id()),
            };
            let until = tx.now().plus(wait).max(paused.unwrap_or(Timestamp(0)));
            notifications::pause_service(tx, &host, failures, until)?;
            rows::postpone(tx, &host, Job::PUSH, until)?;
            Ok(Pause { wait, failures, hopeless })
        })
        .await
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
    let draft = match told.draft_id {
        Some(id) => match drafts::readable_among(conn, due.place.owner_id, vec![id])?.remove(&id) {
            Some(draft) => Some(draft.beginning(EXCERPT)),
            None => return Ok(None),
        },
        None => None,
    };
    let mut other = None;
    let body = match told.post_id {
        _ if draft.is_some() => draft.unwrap_or_default(),
        Some(id) => match posts::find(conn, id)? {
            Some(post) if posts::may_see(conn, &viewer, &post)? => {
                other = answered_brand(conn, told, &post)?.map(|brand| shown_name(&brand.name, &brand.username));
                if post.summary.is_empty() { text::plain(&post.content) } else { post.summary }
            }
            _ => return Ok(None),
        },
        None if told.kind == NotificationKind::Role => {
            let Some(roles) = Roles::of(conn, due.place.owner_id)? else { return Ok(None) };
            if let Some(giver) = roles.giver(told.given_by) {
                let named = accounts::names_of(conn, &[giver])?.pop();
                other = named.map(|(_, username, name)| shown_name(&name, &username));
            }
            roles.role(roles.brand(told.from_id)).unwrap_or_default().to_owned()
        }
        None => text::plain(&from.summary),
    };
    Ok(Some(json!({
        "preferred_locale": "en",
        "notification_id": told.id.0,
        "notification_type": told.kind.as_str(),
        "icon": from.icon.as_ref().filter(|icon| site.owns(icon)).cloned()
            .unwrap_or_else(|| format!("{}/assets/avatar.svg", site.base_url)),
        "title": title(told, &from, other.as_deref()),
        "body": text::shortened(&body, EXCERPT),
    })))
}

/// The brand that was answered, where somebody is told who looks after its answers and is not named themselves.
fn answered_brand(conn: &mut Conn, told: &Notification, post: &Post) -> Result<Option<Actor>> {
    let brand = post.reply_to_author_id.filter(|brand| *brand != told.owner_id);
    let (NotificationKind::Mention, Some(brand)) = (told.kind, brand) else { return Ok(None) };
    let is_named = posts::mentioned(conn, post.id)?.contains(&told.owner_id);
    if is_named || posts::hidden_readers(conn, post.id)?.contains(&told.owner_id) {
        return Ok(None);
    }
    actors::find(conn, brand)
}

/// What somebody is called in a title.
fn shown_name(name: &str, username: &str) -> String {
    text::shortened(if name.is_empty() { username } else { name }, NAME)
}

/// What stands above the message; `other` is who is named besides whoever it is from: the brand that was answered, or who
/// gave a role.
fn title(told: &Notification, from: &Actor, other: Option<&str>) -> String {
    let name = shown_name(&from.name, &from.username);
    match told.kind {
        NotificationKind::Mention => match other {
            Some(brand) => format!("{name} answered {brand}"),
            None => format!("{name} mentioned you"),
        },
        NotificationKind::Follow => format!("{name} follows you"),
        NotificationKind::FollowRequest => format!("{name} asks to follow you"),
        NotificationKind::Favourite => format!("{name} likes your post"),
        NotificationKind::Reblog => format!("{name} boosted your post"),
        NotificationKind::Status => format!("{name} posted"),
        NotificationKind::Update => format!("{name} edited a post"),
        NotificationKind::Poll => "A poll is over".to_owned(),
        NotificationKind::Quote => format!("{name} quoted your post"),
        NotificationKind::QuotedUpdate => format!("{name} edited a post that you quoted"),
        NotificationKind::Review => "An internal post of yours waits to be looked at again".to_owned(),
        NotificationKind::Consent => format!("{name} speaks of a copy of an internal post"),
        NotificationKind::Draft => match told.draft_news {
            Some(DraftNews::ChangesRequested) => format!("{name} asked for changes in a draft of yours"),
            Some(DraftNews::Changed) => format!("{name} changed a draft of yours"),
            Some(DraftNews::Approved) => format!("{name} approved a draft of yours"),
            Some(DraftNews::Scheduled) => format!("{name} chose when a draft of yours is published"),
            Some(DraftNews::Unscheduled) => format!("{name} took back when a draft of yours is published"),
            Some(DraftNews::Published) => format!("{name} published a draft of yours"),
            Some(DraftNews::Discarded) => format!("{name} threw a draft of yours away"),
            Some(DraftNews::Held) | None => "A draft of yours could not be published".to_owned(),
        },
        NotificationKind::Role => match (told.from_id == told.owner_id, other) {
            (true, Some(by)) => format!("{by} changed what you may do with the house"),
            (true, None) => "What you may do with the house changed".to_owned(),
            (false, Some(by)) => format!("{by} changed what you may do for {name}"),
            (false, None) => format!("What you may do for {name} changed"),
        },
        NotificationKind::AdminReport => format!("{name} reported somebody"),
        NotificationKind::AdminSignUp => format!("{name} has an account now"),
    }
}
