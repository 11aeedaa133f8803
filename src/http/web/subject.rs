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
    pub(super) fn find(conn: &mut Conn, site: &Site, wish: Wish, uri: &str) -> Result<Option<Self>> {
        if uri.is_empty() || uri.len() > LONGEST || uri.chars().any(char::is_control) {
            return Ok(None);
        }
        if wish.is_about_actor() {
            return Ok(actors::find_by_uri(conn, uri)?.and_then(|actor| Self::of_actor(site, &actor)));
        }
        match posts::find_by_uri(conn, uri)? {
            Some(post) => Self::of_post(conn, site, &post),
            None => Ok(None),
        }
    }

    /// Whose this handle is.
    pub(super) fn by_handle(conn: &mut Conn, site: &Site, username: &str, host: &str) -> Result<Option<Self>> {
        let host = if site.is_our_host(host) { "" } else { host };
        let found = actors::find_by_handle(conn, username, host)?;
        Ok(found.and_then(|actor| Self::of_actor(site, &actor)))
    }

    /// What leads to it in an app, or what a text to it begins with.
    pub(super) fn to_copy(&self, wish: Wish) -> ToCopy {
        let (label, value) = match wish {
            Wish::Ask => ("Or write a post there that begins so", &self.handle),
            Wish::Follow => ("Or search for this in your app", &self.handle),
            _ => ("Or search for this in your app", &self.uri),
        };
        ToCopy { id: "to-copy", label, value: value.clone() }
    }

    /// Somebody who can be followed or written to.
    fn of_actor(site: &Site, actor: &Actor) -> Option<Self> {
        if !actor.is_active() {
            return None;
        }
        let handle = format!("@{}", actor.handle(site));
        let what = format!("{} ({handle})", actor.display_name());
        Some(Self { uri: actor.uri.clone(), what, page: actor.page().to_owned(), handle, is_actor: true })
    }

    fn of_post(conn: &mut Conn, site: &Site, post: &Post) -> Result<Option<Self>> {
        if !posts::may_see(conn, &Viewer::Anonymous, post)? {
            return Ok(None);
        }
        let view = posts::views(conn, None, &[EntryRef::post(post.id)])?.pop().filter(|view| view.author.is_active());
        Ok(view.map(|view| Self {
            uri: post.uri.clone().unwrap_or_default(),
            what: format!("{}: {}", view.author.display_name(), body::line(&view.post, 120)),
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
