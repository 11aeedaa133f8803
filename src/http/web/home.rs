//! `/`: whose house this is, who answers, and what is talked about.

use std::collections::HashMap;

use askama::Template;
use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::{
    body::Room,
    frame::Frame,
    head::Head,
    own::{Own, Wish},
    page::{Keep, page},
    person::Person,
    street::Street,
    turn::{Cast, Turn},
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        PostId, Site, accounts,
        posts::{self, EntryRef, PostView},
        timelines::{self, Conversation, Listening},
    },
    error::Result,
    http::extract::{Language, Reader},
};

/// How many conversations are shown.
const CONVERSATIONS: usize = 6;
/// How many people are named.
const PEOPLE: i64 = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    headline: String,
    lead: String,
    handle: String,
    ask: Option<Own>,
    follow: Option<Own>,
    inside: Vec<Person>,
    doors: Vec<Person>,
    turns: Vec<Turn>,
    street: Street,
    answers: String,
    announcements: String,
}

/// What the page is made of.
struct Talk {
    frame: Frame,
    inside: Vec<Person>,
    turns: Vec<Turn>,
    listening: Listening,
}

/// `GET /`
pub(super) async fn home(State(app): State<App>, reader: Reader, headers: HeaderMap) -> Result<Response> {
    let (site, now) = (app.site.clone(), app.db.now());
    let talk = app.db.read(move |conn| read(conn, &site, &reader, now)).await?;
    let (frame, say) = (&talk.frame, talk.frame.say);
    let name = &frame.company.name;
    let lead = frame.company.description.clone().unwrap_or_else(|| say.home_lead(name));
    let brand = frame.brand();
    let mut head = Head::new(frame, "/", name.clone(), &lead).described(&data(frame, &lead));
    if let Some(brand) = brand {
        let feed = frame.address(&format!("/@{}/feed.atom", brand.username));
        head = head.link("alternate", "application/atom+xml", feed, brand.display_name());
        head.creator = Some(format!("@{}", brand.handle(&frame.site)));
    }
    if let Some(website) = &frame.company.website {
        head = head.link("me", "", website.clone(), "");
    }
    let template = HomePage {
        frame,
        head,
        place: "home",
        headline: frame.company.headline.clone().unwrap_or_else(|| say.home_headline(name)),
        lead,
        handle: brand.map(|brand| brand.handle(&frame.site)).unwrap_or_default(),
        ask: brand.map(|brand| Own::new(Wish::Ask, &brand.uri, say)),
        follow: brand.map(|brand| Own::new(Wish::Follow, &brand.uri, say)),
        inside: talk.inside,
        doors: Person::list(&frame.site, &frame.brands, say),
        turns: talk.turns,
        street: Street::of(talk.listening.answers, say),
        answers: say.number(talk.listening.answers),
        announcements: say.number(talk.listening.announcements),
    };
    page(&headers, frame, Keep::Minute, &template)
}

fn read(conn: &mut Conn, site: &Site, reader: &Reader, now: Timestamp) -> Result<Talk> {
    let frame = Frame::load(conn, site, reader)?;
    let mut staff = accounts::list_staff_lately(conn, PEOPLE)?;
    if staff.is_empty() {
        staff = accounts::list_staff(conn, PEOPLE)?;
    }
    let conversations = timelines::conversations(conn, CONVERSATIONS)?;
    let wanted: Vec<PostId> =
        conversations.iter().flat_map(|talk| [Some(talk.opening), talk.answer]).flatten().collect();
    let entries: Vec<EntryRef> = wanted.iter().copied().map(EntryRef::post).collect();
    let views = posts::views(conn, None, &entries)?;
    let cast = Cast::of(conn, &frame, views.iter().map(|view| &view.author))?;
    let views: HashMap<PostId, &PostView> = views.iter().map(|view| (view.post.id, view)).collect();
    let turns = conversations.iter().flat_map(|talk| turns(&cast, &views, talk, frame.say)).collect();
    let listening = timelines::listening(conn, now)?;
    let inside = Person::list(site, &staff, frame.say);
    Ok(Talk { inside, turns, listening, frame })
}

/// The opening of a conversation and what one of ours said last in it.
fn turns(cast: &Cast<'_>, views: &HashMap<PostId, &PostView>, talk: &Conversation, say: Language) -> Vec<Turn> {
    let shown = [Some(talk.opening), talk.answer].into_iter().flatten();
    let mut turns: Vec<Turn> = shown.filter_map(|id| views.get(&id)).map(|view| cast.turn(view, Room::Short)).collect();
    // The page of ours on which all of it can be read.
    let whole = turns.last().map(|turn| turn.page.clone());
    if let (Some(last), Some(whole), true) = (turns.last_mut(), whole, talk.posts > 1) {
        last.acts.page = whole;
        last.acts.answers = if talk.more {
            say.many_in_conversation(say.number(talk.people))
        } else {
            say.in_conversation(talk.people)
        };
    }
    turns
}

/// The company for search engines.
fn data(frame: &Frame, lead: &str) -> Value {
    let home = frame.address("/");
    let mut company = json!({
        "@type": "Organization", "@id": format!("{home}#company"), "name": frame.company.name, "url": home,
        "description": lead, "logo": frame.address(&frame.icon()),
    });
    let brands: Vec<&str> = frame.brands.iter().map(crate::domain::actors::Actor::page).collect();
    let same: Vec<&str> = frame.company.website.as_deref().into_iter().chain(brands).collect();
    if let Some(company) = company.as_object_mut() {
        company.insert("sameAs".to_owned(), json!(same));
    }
    json!({
        "@context": "https://schema.org",
        "@graph": [
            company,
            { "@type": "WebSite", "@id": format!("{home}#site"), "name": frame.company.name, "url": home, "publisher": { "@id": format!("{home}#company") } },
        ],
    })
}
