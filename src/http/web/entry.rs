//! One post in a list: of somebody, or with a hashtag.

use std::collections::HashMap;

use askama::Template;

use super::{
    body::{self, Body, Room},
    frame::Frame,
    turn::{Acts, Cast, Who},
    words::{self, Moment},
};
use crate::{
    domain::{ActorId, posts::PostView},
    http::extract::Language,
};

/// One post in a list.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/entry.html")]
pub struct Entry {
    /// In which language the house speaks.
    pub say: Language,
    /// Who wrote it, where that is not the one whose list this is.
    pub who: Option<Who>,
    /// Its author shows it first.
    pub pinned: bool,
    /// Who passed it on, or nothing.
    pub shared_by: String,
    /// Whom it answers, or nothing.
    pub to: String,
    /// When.
    pub at: Moment,
    /// Where it can be read by itself.
    pub page: String,
    /// Its title, or nothing.
    pub title: String,
    /// In which direction that runs.
    pub title_runs: &'static str,
    /// What it says.
    pub body: Body,
    /// What can be done with it.
    pub acts: Acts,
    /// Search engines must not quote it.
    pub unquoted: bool,
}

impl Entry {
    /// A post in the list of `owner`, or in nobody's. `answered` names whom posts answer.
    pub fn of(
        frame: &Frame,
        cast: &Cast<'_>,
        view: &PostView,
        owner: Option<ActorId>,
        answered: &HashMap<ActorId, String>,
    ) -> Self {
        let to = view.post.reply_to_author_id.filter(|to| *to != view.author.id);
        let (site, say) = (&frame.site, frame.say);
        Self {
            say,
            who: (owner != Some(view.author.id)).then(|| cast.who(&view.author)),
            pinned: false,
            shared_by: view.boost.as_ref().map(|boost| boost.by.display_name().to_owned()).unwrap_or_default(),
            to: to.and_then(|to| answered.get(&to).cloned()).unwrap_or_default(),
            at: Moment::of(view.post.published_at, say),
            page: body::address(site, view),
            title: view.post.title.as_deref().map(|title| words::excerpt(title, 200)).unwrap_or_default(),
            title_runs: body::title_runs(&view.post),
            body: Body::of(site, view, Room::Short, say),
            acts: cast.acts(view),
            unquoted: !view.author.may_be_indexed(),
        }
    }
}
