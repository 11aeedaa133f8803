//! `/home/review/{id}` where the workroom was not built: how a draft stands, for who may read it. Apps lead there from
//! what waits for approval.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::super::{
    frame::Frame,
    head::Head,
    private::{self, Forms, private_page},
};
use crate::{
    app::App,
    domain::{
        DraftId,
        accounts::{self, Account},
        drafts::{self, DraftState, DraftView, Hand},
        posts::Twin,
    },
    error::Result,
    http::extract::{Language, Reader},
    text::{self, Direction},
};

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    heading: &'static str,
    brand: &'a str,
    author: &'a str,
    warning: &'a str,
    /// In which direction the words run.
    runs: &'static str,
    /// What it says, line by line.
    lines: Vec<&'a str>,
    signature: String,
    /// What is said of the same inside, where something is.
    twin: Option<&'a Twin>,
    /// What readers choose from; nothing where they are asked nothing.
    choices: &'a [String],
    /// How many files there are, in words, or nothing.
    files: String,
    /// How many agreed, in words; nothing where nobody has to.
    approvals: String,
    /// What is to be done next.
    next: &'a str,
    post: Option<&'a str>,
}

/// The draft that a path names, where it names one.
pub(super) fn named(path: &str) -> Option<DraftId> {
    path.strip_prefix(private::WORKROOM)?.strip_prefix("/review/")?.parse().ok()
}

/// The page. Who may not read the draft is answered as where there is none.
pub(super) async fn show(app: &App, person: &Account, reader: &Reader, id: DraftId) -> Result<Response> {
    let hand = Hand { account: person.id, own: person.actor_id, actor: person.actor_id };
    let (site, reader, now) = (app.site.clone(), reader.clone(), app.db.now());
    let found = app.db.read(move |conn| {
        let draft = drafts::get(conn, &hand, id)?;
        let author = accounts::names_of(conn, &[draft.author_id])?;
        let views = drafts::view(conn, vec![draft], now)?;
        Ok((Frame::load(conn, &site, &reader)?, views, author))
    });
    let (frame, views, authors) = found.await?;
    let Some(view) = views.first() else { return Err(drafts::missing()) };
    let author = authors.first().map_or("", |(_, username, name)| if name.is_empty() { username } else { name });
    private_page(&frame, StatusCode::OK, &page_of(&frame, view, author), Forms::StayHere)
}

fn page_of<'a>(frame: &'a Frame, view: &'a DraftView, author: &'a str) -> ReviewPage<'a> {
    let say = frame.say;
    let (heading, next) = words(say, view.state());
    let needed = i64::try_from(view.standing.needed).unwrap_or(i64::MAX);
    let files = i64::try_from(view.media.len()).unwrap_or(i64::MAX);
    let wish = &view.draft.wish.0;
    let path = format!("{}/review/{}", private::WORKROOM, view.draft.id);
    let mut head = Head::new(frame, &path, heading.to_owned(), next);
    head.hidden = true;
    ReviewPage {
        frame,
        head,
        place: "account",
        heading,
        brand: view.brand.as_ref().map_or("", |brand| &brand.username),
        author,
        warning: &wish.summary,
        runs: Direction::of(&wish.text, wish.language.as_deref()).as_str(),
        lines: wish.text.lines().collect(),
        signature: view.signature.as_deref().map(text::plain).unwrap_or_default(),
        twin: wish.twin.as_ref(),
        choices: wish.poll.as_ref().map(|poll| poll.choices.as_slice()).unwrap_or_default(),
        files: if files > 0 { say.with_files(files) } else { String::new() },
        approvals: if needed > 0 { say.approvals_of(needed, view.standing.approved_by.len()) } else { String::new() },
        next: view.draft.held.as_deref().filter(|_| view.state() == DraftState::Held).unwrap_or(next),
        post: view.post_url.as_deref().filter(|_| view.draft.state == DraftState::Published),
    }
}

/// How it stands, and what is to be done.
const fn words(say: Language, state: DraftState) -> (&'static str, &'static str) {
    match state {
        DraftState::Draft => (say.still_being_written(), say.not_handed_in()),
        DraftState::InReview => (say.waits_for_approval(), say.how_to_approve()),
        DraftState::ChangesRequested => (say.changes_wanted(), say.edit_it()),
        DraftState::Approved => (say.is_approved(), say.colleague_publishes()),
        DraftState::Scheduled => (say.waits_for_its_time(), say.published_by_itself()),
        DraftState::Held => (say.could_not_be_published(), ""),
        DraftState::Published => (say.is_published(), say.everybody_can_read_it()),
        DraftState::Discarded => (say.was_thrown_away(), say.is_not_published()),
    }
}
