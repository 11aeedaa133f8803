//! `/@name/{id}`: a post of ours with what was said before and after it, as far as everybody may read it.

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
    body::{self, Quoted, Room},
    frame::Frame,
    head::Head,
    oembed,
    own::{Own, Wish},
    page::{Keep, page, with_object},
    profile,
    sentences::Html,
    turn::{Cast, Turn},
    words,
};
use crate::{
    app::App,
    db::{Conn, Timestamp},
    domain::{
        PostId, Site,
        actors::Actor,
        posts::{self, EntryRef, Post, PostView, Viewer},
    },
    error::Result,
    http::{
        activitypub::{negotiation, objects},
        extract::{Form, Language, Reader},
    },
    text,
};

/// How many posts above this one are shown, the nearest ones.
const ABOVE: usize = 12;
/// How many posts below this one a page shows.
const BELOW: usize = 15;
/// How much of the conversation around it is shown in full, in bytes of HTML; then only beginnings.
const AROUND: usize = 8 * 1024;

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'a str,
    heading: Html,
    /// In which direction the heading runs, where it is the post's own title.
    runs: Option<&'static str>,
    article: bool,
    summary: String,
    turns: &'a [Turn],
    earlier: Option<String>,
    later: Option<String>,
    own: Own,
}

/// Which part of the answers.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    page: Option<String>,
}

impl Part {
    fn number(&self) -> usize {
        self.page.as_deref().and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 1000)
    }
}

/// What the page is made of.
struct Thread {
    frame: Frame,
    view: PostView,
    /// Who wrote it for a brand that names them.
    person: Option<Actor>,
    turns: Vec<Turn>,
    answers: Vec<PostView>,
    people: Vec<String>,
    posts: usize,
    earlier: bool,
    later: bool,
}

/// `GET /@name/{id}`
pub(super) async fn post(
    State(app): State<App>,
    Path((name, id)): Path<(String, String)>,
    Form(part): Form<Part>,
    reader: Reader,
    parts: Parts,
) -> Result<Response> {
    let author = profile::find(&app, &name).await?;
    let as_object = negotiation::wants_object(&parts.headers);
    // A page is the same for everybody.
    let viewer = if as_object { objects::viewer(&app, &parts).await? } else { Viewer::Anonymous };
    let (site, number) = (app.site.clone(), objects::number(&app.site, &id)?);
    let found = app.db.read(move |conn| objects::find(conn, &site, &viewer, number)).await?;
    let post: Post = match &found {
        objects::Found::Post(post, _) if post.author_id != author.id => return Err(objects::missing()),
        objects::Found::Post(post, _) if !as_object => (***post).clone(),
        _ => return objects::show(&app.site, &found, &parts),
    };
    let (site, number, now) = (app.site.clone(), part.number(), app.db.now());
    let uri = post.uri.clone().unwrap_or_default();
    let thread = app.db.read(move |conn| read(conn, &site, &reader, &post, number, now)).await?;
    let shown = template(&thread, &uri, number);
    Ok(with_object(page(&parts.headers, &thread.frame, Keep::Minute, &shown)?, &uri))
}

fn read(conn: &mut Conn, site: &Site, reader: &Reader, post: &Post, number: usize, now: Timestamp) -> Result<Thread> {
    let frame = Frame::load(conn, site, reader)?;
    let (above, below) = posts::thread(conn, &Viewer::Anonymous, post, now)?;
    let all = above.len() + 1 + below.len();
    let before = (number - 1) * BELOW;
    let above = above.get(above.len().saturating_sub(ABOVE)..).unwrap_or_default();
    let shown: Vec<PostId> = if number == 1 { above.iter().copied().chain([post.id]).collect() } else { vec![post.id] };
    let ids = shown.iter().chain(below.iter().skip(before).take(BELOW));
    let entries: Vec<EntryRef> = ids.copied().map(EntryRef::post).collect();
    let mut views = posts::views(conn, None, &entries)?;
    views.retain(|view| view.author.is_active());
    let cast = Cast::of(conn, &frame, views.iter().map(|view| &view.author))?;
    let quoted = quoted(conn, &frame, &views, now)?;
    let mut turns = turns(&cast, &views, post.id);
    for turn in &mut turns {
        if let Some(quoted) = quoted.get(&turn.anchor) {
            turn.body.quoted = Some(quoted.clone());
        }
    }
    let position = views.iter().position(|view| view.post.id == post.id).ok_or_else(objects::missing)?;
    let mut people: Vec<String> = Vec::new();
    for view in &views {
        let name = view.author.display_name().to_owned();
        if !people.contains(&name) {
            people.push(name);
        }
    }
    let answers = views.split_off(position + 1);
    let view = views.pop().ok_or_else(objects::missing)?;
    let of_brand: Vec<PostId> = Some(view.post.id).filter(|_| view.author.kind.has_speakers()).into_iter().collect();
    let person = posts::named_authors(conn, &of_brand)?.pop().map(|(_, person)| person);
    Ok(Thread {
        posts: if all > ABOVE + BELOW { all } else { turns.len() },
        earlier: number > 1,
        later: below.len() > before + BELOW,
        frame,
        view,
        person,
        turns,
        answers,
        people,
    })
}

/// What these posts quote, by the post that quotes: where whoever is quoted agrees, and everybody may read it.
fn quoted(conn: &mut Conn, frame: &Frame, views: &[PostView], now: Timestamp) -> Result<HashMap<PostId, Quoted>> {
    let quotes: Vec<&posts::Quote> = views.iter().filter_map(|view| view.quote.as_ref()).collect();
    let states = posts::quotes_shown(conn, &Viewer::Anonymous, now, &quotes)?;
    let shown = quotes.iter().filter(|quote| states.get(&quote.post_id).is_some_and(|state| state.has_post()));
    let pairs: Vec<(PostId, PostId)> = shown.filter_map(|quote| Some((quote.post_id, quote.quoted_id?))).collect();
    let entries: Vec<EntryRef> = pairs.iter().map(|(_, quoted)| EntryRef::post(*quoted)).collect();
    let views = posts::views(conn, None, &entries)?;
    let found = |id: PostId| views.iter().find(|view| view.post.id == id && view.author.is_active());
    Ok(pairs
        .into_iter()
        .filter_map(|(post, id)| Some((post, Quoted::of(&frame.site, found(id)?, frame.say))))
        .collect())
}

/// The conversation as a script: whom somebody answers is said where it is not the one who spoke just before.
fn turns(cast: &Cast<'_>, views: &[PostView], here: PostId) -> Vec<Turn> {
    let names: HashMap<PostId, &str> = views.iter().map(|view| (view.post.id, view.author.display_name())).collect();
    let mut room = AROUND;
    let mut before: Option<PostId> = None;
    let mut turns = Vec::with_capacity(views.len());
    for view in views {
        let post = &view.post;
        let size = post.content.len();
        let whole = post.id == here || size <= room;
        if post.id != here {
            room = room.saturating_sub(size);
        }
        let mut turn = cast.turn(view, if whole { Room::Whole } else { Room::Short });
        let parent = post.reply_to_id;
        if parent.is_some() && parent != before {
            turn.to = parent.and_then(|parent| names.get(&parent)).map(|name| (*name).to_owned());
        }
        if post.id == here {
            turn.class.push_str(" here");
            // It is the title of the page.
            turn.title.clear();
        } else if parent.is_some() && parent != Some(here) && turns.len() > 1 && turn.to.is_none() {
            turn.class.push_str(" deeper");
        }
        turn.acts.answers = String::new();
        before = Some(post.id);
        turns.push(turn);
    }
    if let [only] = turns.as_mut_slice() {
        only.class = only.class.replace(" here", "");
    }
    turns
}

fn template<'a>(thread: &'a Thread, uri: &str, number: usize) -> PostPage<'a> {
    let (frame, view, say) = (&thread.frame, &thread.view, thread.frame.say);
    let page = body::address(&frame.site, view);
    let title = view.post.title.as_deref().filter(|title| !title.is_empty());
    let mut turns_summary = say.messages(i64::try_from(thread.posts).unwrap_or(i64::MAX));
    if thread.posts == 1 {
        turns_summary.clear();
    } else if thread.people.len() > 1 {
        let people = i64::try_from(thread.people.len()).unwrap_or(i64::MAX);
        turns_summary = say.messages_by(turns_summary, say.persons(people));
    }
    PostPage {
        frame,
        head: head(thread, &page, number),
        place: &view.author.username,
        heading: match title {
            Some(title) => Html::of(text::escape(&words::excerpt(title, 200))),
            None => between(&thread.people, say),
        },
        runs: title.map(|_| body::title_runs(&view.post)),
        article: matches!(view.post.kind.as_str(), "article" | "page"),
        summary: turns_summary,
        turns: &thread.turns,
        earlier: thread.earlier.then(|| if number > 2 { format!("{page}?page={}", number - 1) } else { page.clone() }),
        later: thread.later.then(|| format!("{page}?page={}", number + 1)),
        own: Own::new(Wish::Answer, uri, say),
    }
}

/// What a conversation is called that has no title: who is in it.
fn between(people: &[String], say: Language) -> Html {
    match people {
        [] => Html::default(),
        [one] => say.one_says(one),
        [one, other] => say.two_talk(one, other),
        [one, other, third] => say.three_talk(one, other, third),
        [one, other, others @ ..] => {
            let others = i64::try_from(others.len()).unwrap_or(i64::MAX);
            // The sentence itself has no markup.
            Html::of(say.many_talk(others, Html::name(one), Html::name(other)))
        }
    }
}

fn head(thread: &Thread, page: &str, number: usize) -> Head {
    let (frame, view) = (&thread.frame, &thread.view);
    let (site, author) = (&frame.site, &view.author);
    let line = body::line(&view.post, 80, frame.say);
    let title = frame.say.said_by(author.display_name(), line);
    let writer = thread.person.as_ref().unwrap_or(author);
    let mut head = Head::new(frame, "", title, &body::beginning(&view.post, 200, frame.say))
        .link("alternate", "application/json+oembed", oembed::address(site, page), "")
        .link("author", "", writer.page().to_owned(), "")
        .described(&data(thread, page));
    if let Some(uri) = &view.post.uri {
        head = head.link("alternate", "application/activity+json", uri.clone(), "");
    }
    head.canonical = if number > 1 { format!("{page}?page={number}") } else { page.to_owned() };
    head.hidden = !author.may_be_indexed() || view.post.audience != posts::Audience::Public;
    let pictures = view.post.attachments.0.iter().filter(|_| view.post.summary.is_empty() && !view.post.sensitive);
    let mut pictures = pictures.map(|file| (file.preview.as_ref().unwrap_or(&file.url), &file.description));
    if let Some((picture, shows)) = pictures.find(|(picture, _)| site.owns(picture)) {
        head.picture = Some(picture.clone());
        head.picture_shows = words::excerpt(shows.as_deref().unwrap_or_default(), 300);
        head.large_picture = true;
    } else {
        head.show_face(frame, author);
    }
    head.kind = "article";
    head.published = Some(view.post.published_at.rfc3339());
    // Mastodon shows one creator: a person before the brand.
    head.creator = Some(format!("@{}", writer.handle(site)));
    head
}

/// The conversation for search engines. People who do not want to be found are not repeated.
fn data(thread: &Thread, page: &str) -> Value {
    let site = &thread.frame.site;
    let comments = thread.answers.iter().filter(|answer| answer.author.may_be_indexed()).take(5);
    let comments: Vec<Value> = comments
        .map(|answer| {
            let mut comment = posting(site, answer, 200);
            if let Some(comment) = comment.as_object_mut() {
                comment.insert("@type".to_owned(), json!("Comment"));
            }
            comment
        })
        .collect();
    let view = &thread.view;
    let mut data = posting(site, view, 2000);
    if let Some(data) = data.as_object_mut() {
        data.insert("@context".to_owned(), json!("https://schema.org"));
        data.insert("@type".to_owned(), json!("DiscussionForumPosting"));
        data.insert("mainEntityOfPage".to_owned(), json!(page));
        data.insert("headline".to_owned(), json!(body::line(&view.post, 110, thread.frame.say)));
        data.insert("commentCount".to_owned(), json!(view.post.replies_count.max(0)));
        data.insert("comment".to_owned(), json!(comments));
    }
    data
}

fn posting(site: &Site, view: &PostView, longest: usize) -> Value {
    let (post, author) = (&view.post, &view.author);
    let house = author.kind == crate::domain::actors::ActorKind::Organization;
    let counter = |kind: &str, count: i64| {
        json!({
            "@type": "InteractionCounter", "interactionType": format!("https://schema.org/{kind}"),
            "userInteractionCount": count.max(0),
        })
    };
    let mut posting = json!({
        "url": body::address(site, view),
        "datePublished": post.published_at.rfc3339(),
        "text": if post.summary.is_empty() { words::excerpt_of_html(&post.content, longest) } else { post.summary.clone() },
        "author": {
            "@type": if house { "Organization" } else { "Person" }, "name": author.display_name(), "url": author.page(),
            "alternateName": format!("@{}", author.handle(site)),
        },
        "interactionStatistic": [counter("LikeAction", post.likes_count), counter("ShareAction", post.boosts_count)],
    });
    if let (Some(posting), Some(edited)) = (posting.as_object_mut(), post.edited_at) {
        posting.insert("dateModified".to_owned(), json!(edited.rfc3339()));
    }
    posting
}
