//! Reading a post, its thread and its versions.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::waiting;
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        AccountId, Page, PostId, accounts,
        actors::ActorKind,
        drafts::{self, Hand, ReplyOwner},
        emojis::{self, OwnEmoji},
        filters::FilterContext,
        org,
        posts::{self, EntryRef, PastVersion, Post},
        timelines,
    },
    error::{Kind, Result},
    http::{
        extract::{Form, Id, Json, MaybeSession, Session},
        mastodon::{
            entities::{Colleague, Context, Emoji, ReplyTeam, Status, StatusEdit, StatusSource},
            look::{Look, look},
            render::{attachments, emojis_of_post},
        },
    },
};

/// How many posts are looked up at once at most.
const AT_ONCE: usize = 40;

/// `GET /api/v1/statuses/:id`
pub(super) async fn show(State(app): State<App>, Id(id): Id<i64>, me: MaybeSession) -> Result<Json<Status>> {
    me.need("read:statuses")?;
    let hand = match &me {
        MaybeSession::Person(session) => Some(Hand::of(session)),
        MaybeSession::App(_) | MaybeSession::Nobody => None,
    };
    let status = look(&app, me.actor(), move |look| {
        let entry = look.target(id)?.entry();
        let mut status = look.status(entry)?;
        if let Some(hand) = hand {
            tell_who_made(look, &hand, &mut status)?;
        }
        Ok(status)
    });
    let status = status.await.map(Json);
    match me.person() {
        Some(me) => waiting::or_waiting(&app, &me, id, status).await,
        None => status,
    }
}

/// Says who wrote and who approved a post of a brand and who looks after its answers, also where somebody boosted it, to who may read the brand's drafts.
/// No query for other posts.
fn tell_who_made(look: &mut Look<'_>, hand: &Hand, status: &mut Status) -> Result<()> {
    if let Some(boosted) = &mut status.reblog {
        return tell_who_made(look, hand, boosted);
    }
    let account = &status.account;
    if account.acct.contains('@') || account.guildhall.kind != ActorKind::Organization.as_str() {
        return Ok(());
    }
    let Ok(post) = status.id.parse::<PostId>() else { return Ok(()) };
    let Some(made) = drafts::made_by(look.conn, hand, account.id, post)? else { return Ok(()) };
    let mut named: Vec<AccountId> = std::iter::once(made.author).chain(made.approved_by.iter().copied()).collect();
    if let ReplyOwner::Person(person) = made.reply_owner {
        named.push(person);
    }
    let names = accounts::names_of(look.conn, &named)?;
    let colleague = |account: &AccountId| {
        let (account, username, display_name) = names.iter().find(|(known, ..)| known == account)?.clone();
        Some(Colleague { account, username, display_name })
    };
    status.guildhall.author = std::iter::once(&made.author).find_map(colleague);
    status.guildhall.approved_by = Some(made.approved_by.iter().filter_map(colleague).collect());
    match made.reply_owner {
        ReplyOwner::Person(person) => status.guildhall.reply_owner = colleague(&person),
        ReplyOwner::Team(team) => {
            let team = org::teams_among(look.conn, vec![team])?.pop();
            status.guildhall.reply_team = team.map(|team| ReplyTeam { id: team.id, name: team.name });
        }
    }
    Ok(())
}

/// Which posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    id: Vec<String>,
}

/// `GET /api/v1/statuses`; what the reader may not see, what is no id, and what there is no room for, is left out.
pub(super) async fn many(
    State(app): State<App>,
    me: MaybeSession,
    Form(which): Form<Which>,
) -> Result<Json<Vec<Status>>> {
    me.need("read:statuses")?;
    let mut ids: Vec<PostId> = Vec::new();
    for id in which.id.iter().filter_map(|id| id.parse().ok()) {
        if !ids.contains(&id) && ids.len() < AT_ONCE {
            ids.push(id);
        }
    }
    let entries: Vec<EntryRef> = ids.into_iter().map(EntryRef::post).collect();
    let shown = look(&app, me.actor(), move |look| {
        // First who may see what: how much room something takes tells of it.
        let entries = posts::keep_entries(look.conn, &look.viewer, &entries)?;
        let entries = timelines::fitting(look.conn, entries, &Page::default(), |entry| Some(entry.post))?;
        look.statuses(&entries)
    });
    shown.await.map(Json)
}

/// `GET /api/v1/statuses/:id/context`
pub(super) async fn context(State(app): State<App>, Id(id): Id<i64>, me: MaybeSession) -> Result<Json<Context>> {
    me.need("read:statuses")?;
    let context = look(&app, me.actor(), move |look| {
        let post = look.target(id)?.post;
        let (ancestors, descendants) = posts::thread(look.conn, &look.viewer, &post, look.now)?;
        Ok(Context { ancestors: around(look, ancestors)?, descendants: around(look, descendants)? })
    });
    match (context.await, me.person()) {
        (Err(error), Some(me)) if error.kind() == Kind::NotFound => {
            waiting::find(&app, &me, id).await?;
            Ok(Json(Context { ancestors: Vec::new(), descendants: Vec::new() }))
        }
        (context, _) => context.map(Json),
    }
}

/// Posts of a thread, without those of which the reader wants nothing there.
fn around(look: &mut Look<'_>, ids: Vec<PostId>) -> Result<Vec<Status>> {
    let entries: Vec<EntryRef> = ids.into_iter().map(EntryRef::post).collect();
    let mut statuses = look.statuses(&entries)?;
    statuses.retain(|status| !look.hides(FilterContext::Thread, status));
    Ok(statuses)
}

/// `GET /api/v1/statuses/:id/card`, as Mastodon had it before 3.0: the card alone, or an object without anything.
pub(super) async fn card(State(app): State<App>, Id(id): Id<i64>, me: MaybeSession) -> Result<Json<Value>> {
    me.need("read:statuses")?;
    let status = look(&app, me.actor(), move |look| {
        let post = look.target(id)?.post;
        look.status(EntryRef::post(post.id))
    });
    let card = status.await?.card;
    Ok(Json(card.map_or_else(|| Ok(json!({})), serde_json::to_value)?))
}

/// `GET /api/v1/statuses/:id/source`
pub(super) async fn source(State(app): State<App>, Id(id): Id<i64>, me: Session) -> Result<Json<StatusSource>> {
    me.need("read:statuses")?;
    if me.drafts_only() {
        return waiting::source(&app, &me, id).await;
    }
    let source = look(&app, Some(me.actor.id), move |look| {
        let post = look.own(id)?.post;
        Ok(StatusSource {
            id: post.id,
            text: posts::wording(&post),
            spoiler_text: post.summary,
            content_type: post.source_type.unwrap_or_else(|| "text/plain".to_owned()),
        })
    });
    match source.await {
        Err(error) if error.kind() == Kind::NotFound => waiting::source(&app, &me, id).await,
        source => source.map(Json),
    }
}

/// `GET /api/v1/statuses/:id/history`
pub(super) async fn history(
    State(app): State<App>,
    Id(id): Id<i64>,
    me: MaybeSession,
) -> Result<Json<Vec<StatusEdit>>> {
    me.need("read:statuses")?;
    look(&app, me.actor(), move |look| versions(look, id)).await.map(Json)
}

/// Every version, the first one first; the present one is the last.
fn versions(look: &mut Look<'_>, id: i64) -> Result<Vec<StatusEdit>> {
    let post = look.target(id)?.post;
    let author = look.actor(post.author_id)?;
    let account = look.account(&author)?;
    let past = posts::history(look.conn, post.id)?;
    let emojis = emojis(look, &post, author.is_local(), &past)?;
    let (last, earlier) = emojis.split_last().map(|(last, earlier)| (last.clone(), earlier)).unwrap_or_default();
    let mut versions: Vec<StatusEdit> = past
        .into_iter()
        .zip(earlier)
        .map(|(version, emojis)| StatusEdit {
            content: version.content,
            spoiler_text: version.summary,
            sensitive: version.sensitive,
            created_at: version.created_at.rfc3339(),
            account: account.clone(),
            media_attachments: attachments(look.site, post.id, &version.attachments.0),
            emojis: emojis.clone(),
            quote: None,
        })
        .collect();
    versions.push(StatusEdit {
        media_attachments: attachments(look.site, post.id, &post.attachments.0),
        created_at: Timestamp::rfc3339(post.edited_at.unwrap_or(post.published_at)),
        content: post.content,
        spoiler_text: post.summary,
        sensitive: post.sensitive,
        account,
        emojis: last,
        quote: None,
    });
    Ok(versions)
}

/// The pictures of each version, the present one last. What another server said before, it said with the same ones.
fn emojis(look: &mut Look<'_>, post: &Post, ours: bool, past: &[PastVersion]) -> Result<Vec<Vec<Emoji>>> {
    let shown = |emojis: &[emojis::Emoji]| emojis_of_post(look.site, post.id, emojis);
    if !ours {
        return Ok(vec![shown(&post.emojis.0); past.len() + 1]);
    }
    let mut said: Vec<Vec<&str>> =
        past.iter().map(|version| vec![version.content.as_str(), &version.summary]).collect();
    said.push(vec![post.content.as_str(), &post.summary]);
    let own = emojis::named_in(look.conn, &said)?;
    Ok(own.iter().map(|own| shown(&own.iter().map(OwnEmoji::emoji).collect::<Vec<_>>())).collect())
}
