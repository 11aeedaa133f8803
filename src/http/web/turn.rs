//! One message, as in a script: who says it in the margin, the words in the column.

use std::collections::HashMap;

use askama::Template;

use super::{
    body::{self, Body, Room},
    face::Face,
    frame::Frame,
    pictures::Pictures,
    words::{self, Moment},
};
use crate::{
    db::Conn,
    domain::{
        ActorId, PostId, accounts,
        actors::{self, Actor, ActorKind},
        emojis::Emoji,
        posts::PostView,
    },
    error::Result,
    http::extract::Language,
    text,
};

/// Who says something.
#[derive(Debug, Clone)]
pub struct Who {
    /// The sign beside the name.
    pub face: Face,
    /// What they are called, as HTML.
    pub name: String,
    /// Their page.
    pub page: String,
    /// `@user`
    pub user: String,
    /// `@host`
    pub host: String,
    /// The company that they work for here, or nothing.
    pub works_at: String,
}

/// What can be done with a post from one's own server, and how many did.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/acts.html")]
pub struct Acts {
    /// In which language the house speaks.
    pub say: Language,
    /// The id of the post, for addresses.
    pub uri: String,
    /// Who wrote it.
    pub name: String,
    /// Where the post is.
    pub page: String,
    /// How many answers there are, in words; nothing where they are shown anyway.
    pub answers: String,
    /// Liking it.
    pub like: Act,
    /// Sharing it.
    pub share: Act,
}

/// Something that can be done from one's own server: what is seen of it, and what is only told to who does not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// How many did, or the word for it where nobody did.
    pub shown: String,
    /// What follows on that: what the number counts, and what the link does.
    pub told: String,
}

impl Act {
    fn like(say: Language, count: i64, name: &str) -> Self {
        if count > 0 {
            return Self { shown: say.number(count), told: format!(" {}", say.liked(count, name)) };
        }
        Self { shown: say.like().to_owned(), told: format!(" {}", say.like_from_own_of(name)) }
    }

    fn share(say: Language, count: i64, name: &str) -> Self {
        if count > 0 {
            return Self { shown: say.number(count), told: format!(" {}", say.shared(count, name)) };
        }
        Self { shown: say.share().to_owned(), told: format!(" {}", say.share_from_own_of(name)) }
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/turn.html")]
pub struct Turn {
    /// In which language the house speaks.
    pub say: Language,
    /// The name of the place in the page.
    pub anchor: PostId,
    /// How it looks.
    pub class: String,
    /// Who says it.
    pub who: Who,
    /// Whom it answers, when that is not clear from its place.
    pub to: Option<String>,
    /// When.
    pub at: Moment,
    /// It was changed afterwards.
    pub edited: bool,
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

/// Everybody on a page, and who of them works here.
pub struct Cast<'a> {
    frame: &'a Frame,
    employees: Vec<ActorId>,
    emojis: HashMap<ActorId, Vec<Emoji>>,
}

impl<'a> Cast<'a> {
    /// Finds out who works here, and which pictures stand in their names. One query, and two more where there may be
    /// such pictures.
    pub fn of<'p>(conn: &mut Conn, frame: &'a Frame, people: impl Iterator<Item = &'p Actor>) -> Result<Self> {
        let mut people: Vec<&Actor> = people.collect();
        people.sort_by_key(|actor| actor.id);
        people.dedup_by_key(|actor| actor.id);
        let ids: Vec<ActorId> = people.iter().map(|actor| actor.id).collect();
        let employees = accounts::employees_among(conn, &ids)?;
        Ok(Self { frame, employees, emojis: actors::emojis_of(conn, people)? })
    }

    /// The pictures in what somebody says of themselves.
    pub fn pictures(&self, actor: &Actor) -> Pictures {
        let emojis = self.emojis.get(&actor.id).map(Vec::as_slice).unwrap_or_default();
        Pictures::of_actor(&self.frame.site, actor.id, emojis)
    }

    /// Whether somebody on the page works here.
    pub fn works_here(&self, actor: ActorId) -> bool {
        self.employees.contains(&actor)
    }

    /// Somebody.
    pub fn who(&self, actor: &Actor) -> Who {
        let (user, host) =
            (format!("@{}", actor.username), if actor.is_local() { &self.frame.site.domain } else { &actor.host });
        let works_here = self.works_here(actor.id);
        Who {
            face: Face::of(&self.frame.site, actor),
            name: self.pictures(actor).in_text(actor.display_name()),
            page: text::http_url(actor.page()).unwrap_or_default(),
            user,
            host: format!("@{host}"),
            works_at: if works_here { self.frame.company.name.clone() } else { String::new() },
        }
    }

    /// What can be done with a post.
    pub fn acts(&self, view: &PostView) -> Acts {
        let (post, say) = (&view.post, self.frame.say);
        Acts {
            say,
            uri: words::parameter(post.uri.as_deref().unwrap_or_default()),
            name: view.author.display_name().to_owned(),
            page: body::address(&self.frame.site, view),
            answers: if post.replies_count > 0 { say.answers(post.replies_count) } else { String::new() },
            like: Act::like(say, post.likes_count, view.author.display_name()),
            share: Act::share(say, post.boosts_count, view.author.display_name()),
        }
    }

    /// One message of a conversation.
    pub fn turn(&self, view: &PostView, room: Room) -> Turn {
        let (site, say) = (&self.frame.site, self.frame.say);
        let house = view.author.is_local() && matches!(view.author.kind, ActorKind::Organization | ActorKind::Group);
        Turn {
            say,
            anchor: view.post.id,
            class: if house { "turn house-says".to_owned() } else { "turn".to_owned() },
            who: self.who(&view.author),
            to: None,
            at: Moment::of(view.post.published_at, say),
            edited: view.post.edited_at.is_some(),
            page: body::address(site, view),
            title: view.post.title.as_deref().map(|title| words::excerpt(title, 200)).unwrap_or_default(),
            title_runs: body::title_runs(&view.post),
            body: Body::of(site, view, room, say),
            acts: self.acts(view),
            unquoted: !view.author.may_be_indexed(),
        }
    }
}
