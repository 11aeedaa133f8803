//! `/@name`: a brand or a person, and what they said in public.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    entry::Entry,
    face::Face,
    frame::Frame,
    head::Head,
    own::{Own, Wish},
    page::{Keep, page, with_object},
    person::Person,
    pictures::Pictures,
    turn::Cast,
    words,
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        ActorId, Page, PostId, Site, accounts,
        actors::{self, Actor, ActorKind, Field},
        posts::{self, EntryRef, PostView, Viewer},
        timelines::{self, Listening, Without},
    },
    error::Result,
    http::{
        activitypub::{actors as documents, negotiation},
        extract::{Form, Reader},
    },
    text::{self, Direction},
};

/// How many posts a page shows.
pub(super) const POSTS: usize = 15;
/// How many fill the width of its meter, at least: one answer and one announcement are little. As in the workroom's
/// `Meter.svelte`.
const FULL: i64 = 10;
/// How many of those who write for a brand are shown.
const WRITERS: i64 = 12;

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'a str,
    face: Face,
    name: &'a str,
    shown_name: String,
    handle: String,
    house: bool,
    works_at: &'a str,
    about: String,
    about_runs: &'static str,
    writers: &'a [Person],
    written_by: String,
    entries: &'a [Entry],
    older_than_something: bool,
    next: Option<String>,
    own: Own,
    answers: String,
    announcements: String,
    bars: (i64, i64),
    fields: Vec<Field>,
    followers: String,
    since: String,
}

/// What the page is made of.
struct Shown {
    frame: Frame,
    pictures: Pictures,
    writers: Vec<Person>,
    employee: bool,
    entries: Vec<Entry>,
    next: Option<i64>,
    listening: Listening,
}

impl Shown {
    /// A line of the table, both halves as HTML.
    fn field(&self, field: &Field) -> Field {
        Field {
            name: self.pictures.in_text(&field.name),
            value: self.pictures.in_html(&field.value),
            verified_at: field.verified_at,
        }
    }
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Window {
    /// Only posts before this one.
    #[serde(default)]
    pub before: Option<String>,
}

impl Window {
    /// The one address of this part of a list that begins at `first`.
    pub fn address(&self, first: &str) -> String {
        self.page().max_id.map_or_else(|| first.to_owned(), |id| format!("{first}?before={id}"))
    }

    /// What is no number is no bound.
    pub fn page(&self) -> Page {
        let limit = i64::try_from(POSTS).unwrap_or(i64::MAX).saturating_add(1);
        Page { max_id: self.before.as_deref().and_then(|id| id.parse().ok()), limit, ..Page::default() }
    }
}

/// One of ours by the name in a page's address, with our domain or without; also when deleted.
pub(super) async fn find(app: &App, name: &str) -> Result<Actor> {
    let name = match name.split_once('@') {
        Some((name, host)) if app.site.is_our_host(host) => name.to_owned(),
        Some(_) => return Err(documents::missing()),
        None => name.to_owned(),
    };
    // No name holds one, and PostgreSQL refuses it.
    if name.contains('\0') {
        return Err(documents::missing());
    }
    app.db.read(move |conn| actors::find_local(conn, &name)).await?.ok_or_else(documents::missing)
}

/// `GET /@name`
pub(super) async fn profile(
    State(app): State<App>,
    Path(name): Path<String>,
    Form(window): Form<Window>,
    reader: Reader,
    parts: Parts,
) -> Result<Response> {
    let actor = find(&app, &name).await?;
    // A tombstone is for everybody who did not ask for a page.
    let gone = actor.deleted_at.is_some() && !negotiation::wants_page(&parts.headers);
    if gone || negotiation::wants_object(&parts.headers) {
        return documents::show(&app, actor, &parts).await;
    }
    documents::must_be_here(&actor)?;
    let (site, now, about) = (app.site.clone(), app.db.now(), actor.clone());
    let list = window.page();
    let shown = app.db.read(move |conn| read(conn, &site, &reader, &about, &list, now)).await?;
    let template = template(&app.site, &actor, &shown, &window);
    Ok(with_object(page(&parts.headers, &shown.frame, Keep::Minute, &template)?, &actor.uri))
}

fn read(conn: &mut Conn, site: &Site, reader: &Reader, actor: &Actor, list: &Page, now: Timestamp) -> Result<Shown> {
    let frame = Frame::load(conn, site, reader)?;
    let refs = timelines::account(conn, &Viewer::Anonymous, actor.id, &Without::default(), list)?;
    let next = (refs.len() > POSTS).then(|| refs.get(POSTS - 1).map(EntryRef::id)).flatten();
    let pinned = if list.max_id.is_none() { posts::pinned_by(conn, &Viewer::Anonymous, actor.id)? } else { Vec::new() };
    // What is first is not there a second time.
    let others = refs.into_iter().take(POSTS).filter(|entry| entry.boost.is_some() || !pinned.contains(&entry.post));
    let refs: Vec<EntryRef> = pinned.iter().copied().map(EntryRef::post).chain(others).collect();
    let (entries, employees) = entries(conn, &frame, &refs, Some(actor), &pinned)?;
    let house = is_house(actor);
    let emojis = actors::emojis_of(conn, [actor])?.remove(&actor.id).unwrap_or_default();
    Ok(Shown {
        writers: if house {
            let wrote = posts::lately_named(conn, actor.id)?;
            Person::list(site, &accounts::list_writers(conn, actor.id, &wrote, WRITERS)?, frame.say)
        } else {
            Vec::new()
        },
        employee: employees,
        entries,
        next,
        pictures: Pictures::of_actor(site, actor.id, &emojis),
        listening: if house {
            timelines::listening_of(conn, &[actor.id], now)?.remove(&actor.id).unwrap_or_default()
        } else {
            Listening::default()
        },
        frame,
    })
}

/// Posts in a list, those marked that are `pinned`, without those of people who are not shown; and whether the list's
/// owner works here.
pub(super) fn entries(
    conn: &mut Conn,
    frame: &Frame,
    refs: &[EntryRef],
    owner: Option<&Actor>,
    pinned: &[PostId],
) -> Result<(Vec<Entry>, bool)> {
    let mut views = posts::views(conn, None, refs)?;
    views.retain(|view| view.author.is_active());
    let cast = Cast::of(conn, frame, views.iter().map(|view| &view.author).chain(owner))?;
    let answered = answered(conn, &views)?;
    let entry = |view: &PostView| Entry {
        pinned: view.boost.is_none() && pinned.contains(&view.post.id),
        ..Entry::of(frame, &cast, view, owner.map(|owner| owner.id), &answered)
    };
    let works_here = owner.is_some_and(|owner| cast.works_here(owner.id));
    Ok((views.iter().map(entry).collect(), works_here))
}

/// The names of those whom posts answer. One query.
fn answered(conn: &mut Conn, views: &[PostView]) -> Result<HashMap<ActorId, String>> {
    let mut ids: Vec<ActorId> = views.iter().filter_map(|view| view.post.reply_to_author_id).collect();
    ids.sort();
    ids.dedup();
    let people = actors::get_many(conn, &ids)?;
    Ok(people
        .iter()
        .filter(|actor| actor.is_active())
        .map(|actor| (actor.id, actor.display_name().to_owned()))
        .collect())
}

fn is_house(actor: &Actor) -> bool {
    matches!(actor.kind, ActorKind::Organization | ActorKind::Group)
}

fn template<'a>(site: &Site, actor: &'a Actor, shown: &'a Shown, window: &Window) -> ProfilePage<'a> {
    let frame = &shown.frame;
    let (name, say) = (actor.display_name(), frame.say);
    let listening = shown.listening;
    let most = listening.answers.max(listening.announcements).max(FULL);
    ProfilePage {
        frame,
        head: head(site, actor, frame, shown.employee, window),
        place: &actor.username,
        face: Face::of(site, actor),
        name,
        shown_name: shown.pictures.in_text(name),
        handle: actor.handle(site),
        house: is_house(actor),
        works_at: if shown.employee { &frame.company.name } else { "" },
        about: shown.pictures.in_html(&actor.summary),
        about_runs: Direction::of_html(&actor.summary, None).as_str(),
        written_by: match shown.writers.as_slice() {
            [one] => say.one_writes(&one.name),
            [one, other] => say.two_write(&one.name, &other.name),
            writers => say.many_write(i64::try_from(writers.len()).unwrap_or(i64::MAX)),
        },
        writers: &shown.writers,
        entries: &shown.entries,
        older_than_something: window.before.is_some(),
        next: shown.next.map(|id| format!("/@{}?before={id}", actor.username)),
        own: Own::new(Wish::Follow, &actor.uri, say),
        answers: say.answers_to_people(listening.answers),
        announcements: say.announcements(listening.announcements),
        bars: (listening.answers * 100 / most, listening.announcements * 100 / most),
        fields: actor.fields.0.iter().map(|field| shown.field(field)).collect(),
        followers: say.followers(actor.followers_count),
        since: words::Moment::of(actor.published_at, say).day,
    }
}

fn head(site: &Site, actor: &Actor, frame: &Frame, employee: bool, window: &Window) -> Head {
    let (name, handle) = (actor.display_name(), actor.handle(site));
    let mut about = words::excerpt_of_html(&actor.summary, 200);
    if about.is_empty() {
        about = frame.say.what_is_written(name, &frame.company.name);
    }
    let feed = format!("{}/feed.atom", actor.page());
    let mut head = Head::new(frame, "", frame.say.name_and_handle(name, &handle), &about)
        .link("alternate", "application/activity+json", actor.uri.clone(), "")
        .link("alternate", "application/atom+xml", feed, name)
        .link("alternate", "application/json+oembed", super::oembed::address(site, actor.page()), "")
        .described(&data(site, actor, frame, &handle, &about, employee));
    head.canonical = window.address(actor.page());
    head.hidden = !actor.may_be_indexed() || window.before.is_some();
    head.show_face(frame, actor);
    head.kind = "profile";
    head.creator = Some(format!("@{handle}"));
    head
}

/// The picture of somebody here.
fn own_icon<'a>(site: &Site, actor: &'a Actor) -> Option<&'a str> {
    actor.icon.as_deref().filter(|icon| site.owns(icon))
}

/// Where the pages are that say they are of the same person, as far as that is proven.
fn proven(fields: &[Field]) -> Vec<String> {
    let proven = fields.iter().filter(|field| field.verified_at.is_some());
    let links = proven.flat_map(|field| text::read_tags(&field.value).0);
    links.filter_map(|tag| tag.attribute("href").and_then(text::http_url)).collect()
}

/// The actor for search engines.
fn data(site: &Site, actor: &Actor, frame: &Frame, handle: &str, about: &str, employee: bool) -> Value {
    let mut entity = json!({
        "@type": if is_house(actor) { "Organization" } else { "Person" },
        "@id": actor.uri, "name": actor.display_name(), "alternateName": format!("@{handle}"), "url": actor.page(),
        "description": about,
        "interactionStatistic": {
            "@type": "InteractionCounter", "interactionType": "https://schema.org/FollowAction",
            "userInteractionCount": actor.followers_count.max(0),
        },
    });
    if let Some(entity) = entity.as_object_mut() {
        if employee {
            let company = json!({ "@type": "Organization", "name": frame.company.name, "url": frame.address("/") });
            entity.insert("worksFor".to_owned(), company);
        }
        if let Some(icon) = own_icon(site, actor) {
            entity.insert("image".to_owned(), json!(icon));
        }
        let same = proven(&actor.fields.0);
        if !same.is_empty() {
            entity.insert("sameAs".to_owned(), json!(same));
        }
    }
    json!({
        "@context": "https://schema.org", "@type": "ProfilePage", "url": actor.page(),
        "dateCreated": actor.published_at.rfc3339(), "mainEntity": entity,
    })
}
