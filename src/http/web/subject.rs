//! Who or what a visitor wants to do something with: known here, and such that anybody may see it.

use super::{body, own::Wish, to_copy::ToCopy};
use crate::{
    db::Conn,
    domain::{
        Site,
        actors::{self, Actor},
        posts::{self, EntryRef, Post, Viewer},
    },
    error::Result,
    http::extract::Language,
};

/// The longest address that is looked for.
const LONGEST: usize = 2048;

/// Who or what it is about.
pub(super) struct Subject {
    /// Its ActivityPub id.
    pub uri: String,
    /// What it is, in a line.
    pub what: String,
    /// Its page.
    pub page: String,
    /// `@user@host` of whom it is about.
    pub handle: String,
    /// It is somebody, and no post.
    pub is_actor: bool,
}

impl Subject {
    /// What this id is of, when one can wish so of it.
    pub(super) fn find(conn: &mut Conn, site: &Site, wish: Wish, uri: &str, say: Language) -> Result<Option<Self>> {
        if uri.is_empty() || uri.len() > LONGEST || uri.chars().any(char::is_control) {
            return Ok(None);
        }
        if wish.is_about_actor() {
            return Ok(actors::find_by_uri(conn, uri)?.and_then(|actor| Self::of_actor(site, &actor, say)));
        }
        match posts::find_by_uri(conn, uri)? {
            Some(post) => Self::of_post(conn, site, &post, say),
            None => Ok(None),
        }
    }

    /// Whose this handle is.
    pub(super) fn by_handle(
        conn: &mut Conn,
        site: &Site,
        (username, host): (&str, &str),
        say: Language,
    ) -> Result<Option<Self>> {
        let host = if site.is_our_host(host) { "" } else { host };
        let found = actors::find_by_handle(conn, username, host)?;
        Ok(found.and_then(|actor| Self::of_actor(site, &actor, say)))
    }

    /// What leads to it in an app, or what a text to it begins with.
    pub(super) fn to_copy(&self, wish: Wish, say: Language) -> ToCopy {
        let (label, value) = match wish {
            Wish::Ask => (say.or_begin_a_post(), &self.handle),
            Wish::Follow => (say.or_search_for_this(), &self.handle),
            _ => (say.or_search_for_this(), &self.uri),
        };
        ToCopy { id: "to-copy", label, value: value.clone() }
    }

    /// Somebody who can be followed or written to.
    fn of_actor(site: &Site, actor: &Actor, say: Language) -> Option<Self> {
        if !actor.is_active() {
            return None;
        }
        let handle = actor.handle(site);
        let what = say.name_and_handle(actor.display_name(), &handle);
        let handle = format!("@{handle}");
        Some(Self { uri: actor.uri.clone(), what, page: actor.page().to_owned(), handle, is_actor: true })
    }

    fn of_post(conn: &mut Conn, site: &Site, post: &Post, say: Language) -> Result<Option<Self>> {
        if !posts::may_see(conn, &Viewer::Anonymous, post)? {
            return Ok(None);
        }
        let view = posts::views(conn, None, &[EntryRef::post(post.id)])?.pop().filter(|view| view.author.is_active());
        Ok(view.map(|view| Self {
            uri: post.uri.clone().unwrap_or_default(),
            what: say.said_by(view.author.display_name(), body::line(&view.post, 120, say)),
            page: body::address(site, &view),
            handle: format!("@{}", view.author.handle(site)),
            is_actor: false,
        }))
    }
}

/// A handle as it stands in an address or at the beginning of a text: `@user@host`, `user@host`, `acct:user@host`.
pub(super) fn read_handle(text: &str) -> Option<(String, String)> {
    let bare = text.trim().trim_start_matches("acct:").trim_start_matches('@');
    let (name, host) = bare.split_once('@')?;
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
    };
    (bare.len() <= LONGEST && plain(name) && plain(host)).then(|| (name.to_owned(), host.to_lowercase()))
}
