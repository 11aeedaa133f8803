//! Writing, editing and deleting posts.

use serde_json::Value;

use super::{
    addressing::{self, Addressed},
    find, poll,
    said::{Said, is_written_here},
    submissions,
    wording::{self, Hung},
};
use crate::{
    app::App,
    db::Tx,
    domain::{
        ActorId, MediaId, PostId,
        accounts::Session,
        media::{self, Words},
        posts::{self, Addressees, Audience, Inside, NewPost, Post, Readers, Viewer},
        work::Change,
    },
    error::{Error, Result},
    federation::{
        fetch,
        incoming::values::{id, kind},
        outbound,
    },
    text::Format,
};

/// Publishes a post. Whatever id it came with, it gets one of ours.
pub(super) async fn create(app: &App, me: &Session, said: &Said) -> Result<String> {
    let object = said.object();
    let kind = kind(object, is_written_here);
    if !object.is_object() || !is_written_here(kind) {
        return Err(Error::invalid("post.kind", "Create takes a whole Note, Article, Page or Question."));
    }
    if let Some(vote) = poll::vote(app, me, object).await? {
        return Ok(vote);
    }
    wording::refuse_unserved(object)?;
    let asks = poll::read(object, None, app.db.now())?;
    let hung = wording::hung(object, &app.site.base_url)?.unwrap_or_default();
    let addressed = addressed(me, said)?.unwrap_or_else(Addressed::nobody);
    let (text, format) = wording::read(object)?.unwrap_or((String::new(), Format::Html));
    let reply_to = match id(object, "inReplyTo") {
        Some(parent) => Some(find::post(app, me.actor.id, parent).await?),
        None => None,
    };
    let quote = match wording::quote(object)? {
        Some(quoted) => Some(find::post(app, me.actor.id, &quoted).await?),
        None => None,
    };
    stays_where_it_may(app, me.actor.id, addressed.audience, reply_to).await?;
    if format != Format::Html && addressed.audience.is_open() {
        fetch::mentioned(app, &text).await?;
    }
    let new = NewPost {
        text,
        format,
        title: wording::title(object)?.filter(|title| !title.is_empty()),
        summary: wording::summary(object)?.unwrap_or_default(),
        sensitive: wording::sensitive(object).unwrap_or(false),
        language: wording::language(object),
        audience: addressed.audience,
        team: None,
        reply_to,
        addressees: addressed.people(app, &wording::mentions(object)).await?,
        hashtags: wording::hashtags(object),
        poll: asks,
        media: Vec::new(),
        edited: None,
        quote,
        quoting: wording::quoters(object, &me.actor),
        inside: Inside::default(),
        twin: None,
    };
    let (by, site, kind) = (me.by(), app.site.clone(), kind.to_lowercase());
    app.db
        .write(move |tx| {
            let mut new = new.clone();
            new.media = hang(tx, by.actor(), None, &hung)?;
            let mut draft = posts::compose(tx, &site, &by, &new)?;
            draft.kind.clone_from(&kind);
            let post = posts::create(tx, &site, &by, &draft)?;
            submissions::keep(tx, &site, by.actor(), &Change::PostCreated { post })
        })
        .await
}

/// The uploads that are to hang on a post, with what is said of them; `edited` is the post where it is there already.
fn hang(tx: &mut Tx<'_>, me: ActorId, edited: Option<PostId>, hung: &[Hung]) -> Result<Vec<MediaId>> {
    let names: Vec<String> = hung.iter().map(|one| one.name.clone()).collect();
    let ids = media::named(tx.conn(), me, &names)?;
    for (id, one) in ids.iter().zip(hung) {
        let Some(description) = &one.description else { continue };
        let words = Words { description: Some(description.clone()), focus: None };
        match edited {
            Some(post) => media::describe_attached(tx, me, post, *id, &words)?,
            None => media::describe(tx, me, *id, &words).map(|_| ())?,
        }
    }
    Ok(ids)
}

/// Refuses what would carry an internal thread outside, before anybody is asked who is addressed.
async fn stays_where_it_may(app: &App, me: ActorId, audience: Audience, reply_to: Option<PostId>) -> Result<()> {
    let wished = Readers { audience, team: None, follows_parent: false };
    let settled = app.db.read(move |conn| {
        let viewer = Viewer::local(conn, me)?;
        posts::settle_audience(conn, &viewer, wished, reply_to)
    });
    settled.await.map(|_| ())
}

fn addressed(me: &Session, said: &Said) -> Result<Option<Addressed>> {
    addressing::read(&me.actor.uri, me.actor.followers_uri.as_deref(), &said.layers())
}

/// Edits a post: what is left out stays as it was (section 6.3.1).
pub(super) async fn update(app: &App, me: &Session, said: &Said) -> Result<String> {
    let uri = said.object_id()?;
    let object = said.object();
    if !object.is_object() {
        return Err(Error::invalid("activity.object", "Update takes an object with an id and what changes."));
    }
    let old = find::own_post(app, me, uri).await?;
    wording::refuse_unserved(object)?;
    let addressed = addressed(me, said)?;
    if addressed.as_ref().is_some_and(|addressed| addressed.audience != old.audience) {
        return Err(Error::invalid(
            "post.audience_fixed",
            "A post keeps its audience. Leave the addresses as they are, or write a new post.",
        ));
    }
    if wording::quote(object)?.is_some_and(|quoted| old.details.0.quote.as_ref() != Some(&quoted)) {
        return Err(Error::invalid(
            "post.quote_fixed",
            "A post keeps what it quotes. Leave the quote as it is, or write a new post.",
        ));
    }
    let quoters = wording::quoters(object, &me.actor);
    let (text, format) = wording::read(object)?.unwrap_or_else(|| old_wording(&old));
    if format != Format::Html && old.audience.is_open() {
        fetch::mentioned(app, &text).await?;
    }
    let addressed = addressed.unwrap_or(Addressed { audience: old.audience, ..Addressed::nobody() });
    let addressees = addressed.people(app, &wording::mentions(object)).await?;
    let mut new = changed(&old, object, text, format, addressees)?;
    new.poll = poll::read(object, Some(&old), app.db.now())?;
    let hung = wording::hung(object, &app.site.base_url)?;
    let tags_are_given = object.get("tag").is_some();
    let (by, site, post) = (me.by(), app.site.clone(), old.id);
    app.db
        .write(move |tx| {
            let mut new = new.clone();
            keep_names(tx.conn(), &mut new, post, tags_are_given)?;
            if let Some(hung) = &hung {
                new.media = hang(tx, by.actor(), Some(post), hung)?;
            }
            let old = posts::get(tx.conn(), post)?;
            let mut draft = posts::compose(tx, &site, &by, &new)?;
            draft.kind = old.kind;
            draft.emojis = old.emojis.0;
            if new.poll.is_none() {
                draft.details = old.details.0;
            }
            posts::edit(tx, &by, post, &draft)?;
            if let Some(policy) = &quoters {
                posts::set_quote_policy(tx, &by, post, policy)?;
            }
            submissions::keep(tx, &site, by.actor(), &Change::PostEdited { post })
        })
        .await
}

fn old_wording(old: &Post) -> (String, Format) {
    match (&old.source, old.source_type.as_deref()) {
        (Some(source), Some("text/markdown")) => (source.clone(), Format::Markdown),
        (Some(source), _) => (source.clone(), Format::Plain),
        (None, _) => (old.content.clone(), Format::Html),
    }
}

fn changed(old: &Post, object: &Value, text: String, format: Format, addressees: Addressees) -> Result<NewPost> {
    let summary = wording::summary(object)?;
    Ok(NewPost {
        text,
        format,
        title: wording::title(object)?.map_or_else(|| old.title.clone(), |title| Some(title).filter(|t| !t.is_empty())),
        sensitive: wording::sensitive(object).unwrap_or(old.sensitive && summary.as_deref() != Some("")),
        summary: summary.unwrap_or_else(|| old.summary.clone()),
        language: wording::language(object).or_else(|| old.language.clone()),
        audience: old.audience,
        team: old.team_id,
        reply_to: None,
        addressees,
        hashtags: wording::hashtags(object),
        poll: None,
        media: old.attachments.0.iter().filter_map(|attachment| attachment.media).collect(),
        edited: Some(old.id),
        quote: None,
        quoting: None,
        inside: Inside::default(),
        twin: None,
    })
}

/// HTML without tags says nothing of whom it names: they stay named. Whoever may read what is not open stays a
/// reader.
fn keep_names(conn: &mut crate::db::Conn, new: &mut NewPost, post: PostId, tags_are_given: bool) -> Result<()> {
    let says_nothing = new.format == Format::Html && !tags_are_given;
    if says_nothing || new.addressees.exactly {
        let named: Vec<ActorId> = posts::mentioned(conn, post)?;
        new.addressees.named.extend(named);
    }
    if says_nothing {
        new.hashtags = posts::hashtags_in(conn, &[post])?.into_iter().map(|(_, name)| name).collect();
    }
    Ok(())
}

/// Deletes a post; a second time answers the same.
pub(super) async fn delete(app: &App, me: &Session, said: &Said) -> Result<String> {
    let uri = said.object_id()?;
    if uri == me.actor.uri {
        return Err(Error::forbidden("actor.not_served", "An account is not deleted through its outbox."));
    }
    let (actor, deleted) = (me.actor.id, uri.to_owned());
    if app.db.read(move |conn| posts::is_deleted_by(conn, &deleted, actor)).await? {
        return Ok(outbound::delete_uri(&app.site, uri));
    }
    let post = find::own_post(app, me, uri).await?.id;
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            let old = posts::get(tx.conn(), post)?;
            let change = posts::deletion(tx.conn(), &old)?;
            posts::delete(tx, &by, post)?;
            let change = change.ok_or_else(|| Error::internal("a post with an id that has none"))?;
            submissions::keep(tx, &site, by.actor(), &change)
        })
        .await
}
