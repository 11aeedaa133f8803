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
    text,
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
    /// What it says, line by line.
    lines: Vec<&'a str>,
    signature: String,
    /// What is said of the same inside, where something is.
    twin: Option<&'a Twin>,
    files: usize,
    approved: usize,
    needed: usize,
    /// What is to be done next.
    next: &'a str,
    post: Option<&'a str>,
}

/// The draft that a path names, where it names one.
pub(super) fn named(path: &str) -> Option<DraftId> {
    path.strip_prefix(private::WORKROOM)?.strip_prefix("/review/")?.parse().ok()
}

/// The page. Who may not read the draft is answered as where there is none.
pub(super) async fn show(app: &App, person: &Account, id: DraftId) -> Result<Response> {
    let hand = Hand { account: person.id, own: person.actor_id, actor: person.actor_id };
    let (site, now) = (app.site.clone(), app.db.now());
    let found = app.db.read(move |conn| {
        let draft = drafts::get(conn, &hand, id)?;
        let author = accounts::names_of(conn, &[draft.author_id])?;
        let views = drafts::view(conn, vec![draft], now)?;
        Ok((Frame::load(conn, &site)?, views, author))
    });
    let (frame, views, authors) = found.await?;
    let Some(view) = views.first() else { return Err(drafts::missing()) };
    let author = authors.first().map_or("", |(_, username, name)| if name.is_empty() { username } else { name });
    private_page(StatusCode::OK, &page_of(&frame, view, author), Forms::StayHere)
}

fn page_of<'a>(frame: &'a Frame, view: &'a DraftView, author: &'a str) -> ReviewPage<'a> {
    let (heading, next) = words(view.state());
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
        lines: wish.text.lines().collect(),
        signature: view.signature.as_deref().map(text::plain).unwrap_or_default(),
        twin: wish.twin.as_ref(),
        files: view.media.len(),
        approved: view.standing.approved_by.len(),
        needed: view.standing.needed,
        next: view.draft.held.as_deref().filter(|_| view.state() == DraftState::Held).unwrap_or(next),
        post: view.post_url.as_deref().filter(|_| view.draft.state == DraftState::Published),
    }
}

/// How it stands, and what is to be done.
const fn words(state: DraftState) -> (&'static str, &'static str) {
    match state {
        DraftState::Draft => ("This is still being written", "It was not handed in yet."),
        DraftState::InReview => (
            "This waits for approval",
            "It is not published. Who approves for the brand agrees by liking it in an app; it is published as soon as enough \
             do, or when a colleague who publishes for the brand does so.",
        ),
        DraftState::ChangesRequested => {
            ("Somebody asked for changes of this", "It is not published. Edit it: it is handed in again with that.")
        }
        DraftState::Approved => {
            ("This is approved", "It is not published yet. A colleague who publishes for the brand does so.")
        }
        DraftState::Scheduled => ("This waits for its time", "It is approved, and is published by itself."),
        DraftState::Held => ("This could not be published", ""),
        DraftState::Published => ("This is published", "Everybody for whom it is can read it."),
        DraftState::Discarded => ("This was thrown away", "It is not published."),
    }
}
