//! Changing a post, with its history kept.

use diesel::prelude::*;

use super::{
    Attachment, Audience, Details, Draft, NewPost, Post, Viewer, addressees_of_edit, compose,
    create::write_names,
    get, linked, may_see,
    poll_end::ended_elsewhere,
    quotes,
    rights::{check_counts, may_change, name_nobody_outside},
    said, signature,
    spread::show_to_named,
    vote::forget_votes,
};
use crate::{
    db::{
        Among, Conn, Json, Key, Signal, Timestamp, Tx, octet_length,
        schema::{actors, boosts, hashtags, mentions, post_edits, posts},
    },
    domain::{
        ActorId, By, PostId, Site,
        exposure::{self, Exposure},
        home::Entry,
        media,
        notifications::{self, NotificationKind, PolicyAction},
        work::{Change, Job},
    },
    error::{Error, Result},
};

/// How many earlier versions of a post are kept.
const VERSIONS: usize = 100;
/// How many bytes they may have together; the last one is kept whatever its length.
const VERSIONS_BYTES: i64 = 1024 * 1024;

/// An earlier version of a post.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = post_edits)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct PastVersion {
    pub id: i64,
    pub post_id: PostId,
    pub title: Option<String>,
    pub content: String,
    pub summary: String,
    pub sensitive: bool,
    pub attachments: Json<Vec<Attachment>>,
    /// When this version was published.
    pub created_at: Timestamp,
}

/// The outcome of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Something changed.
    Changed,
    /// The version is not newer than the one we have, or says the same.
    Unchanged,
}

/// Makes a draft of the new text of a post; what a text does not say stays: the title, the poll, whom it addresses
/// otherwise.
pub fn compose_edit(tx: &mut Tx<'_>, site: &Site, by: &By, old: Post, new: &NewPost) -> Result<Draft> {
    let addressees = addressees_of_edit(tx.conn(), site, &old, new)?;
    let new = NewPost { addressees, ..new.clone() };
    let mut draft = compose(tx, site, by, &new)?;
    draft.kind = old.kind;
    draft.title = old.title;
    draft.emojis = old.emojis.0;
    if new.poll.is_none() {
        draft.details = old.details.0;
    }
    Ok(draft)
}

/// Gives a post a new text. Only its author may; audience, parent and ids stay whatever the draft says. Older
/// versions from elsewhere are ignored.
pub fn edit(tx: &mut Tx<'_>, by: &By, id: PostId, draft: &Draft) -> Result<Edit> {
    tx.lock(Key("post", &[id.0]))?;
    let old = get(tx.conn(), id)?;
    if old.author_id != by.actor() {
        return Err(Error::forbidden("post.not_yours", "Only its author can edit a post."));
    }
    if !by.is_remote() && !old.audience.federates() {
        name_nobody_outside(tx, draft)?;
    }
    let signed = signature::sign_again(tx, by, id, draft)?;
    let draft = signed.as_ref().unwrap_or(draft);
    if says_something_new(&old, draft) && old.agreed {
        let told = "People agreed to this text as it is, and not to another. Ask for a copy of the internal post anew, and \
                    delete this one.";
        return Err(Error::conflict("post.copy", told));
    }
    may_change(tx, by, &old, draft)?;
    let now = tx.now();
    let edited_at = draft.edited_at.unwrap_or(now).min(now);
    if by.is_remote() && old.edited_at.is_some_and(|known| known > edited_at) {
        return Ok(Edit::Unchanged);
    }
    let hidden = super::hidden_readers(tx.conn(), id)?;
    // Hidden readers stay, so they count.
    let staying = hidden.iter().filter(|reader| !draft.mentions.contains(reader) && !draft.hidden.contains(reader));
    if !by.is_remote() {
        check_counts(draft, staying.count())?;
    }
    let mut before = super::mentioned(tx.conn(), id)?;
    before.extend(hidden);
    // Whoever is named from now on hears something new.
    if !by.is_remote() && old.audience.federates() && !newly_named(draft, &before).is_empty() {
        exposure::ask(tx, old.author_id)?.needing(tx, Exposure::Publish)?;
    }
    let new_text = says_something_new(&old, draft);
    if new_text {
        keep_version(tx, &old)?;
    }
    // Whoever may read it from now on has to be told, even when the text is the same.
    let told = new_text || (!by.is_remote() && !newly_named(draft, &before).is_empty());
    let details = old.details.0.edited(&draft.details, !by.is_remote(), now);
    diesel::update(posts::table.find(id))
        .set((
            posts::kind.eq(kind_of(&old, &details)),
            posts::title.eq(&draft.title),
            posts::content.eq(&draft.content),
            posts::source.eq(&draft.source),
            posts::source_type.eq(&draft.source_type),
            posts::summary.eq(&draft.summary),
            posts::sensitive.eq(draft.sensitive),
            posts::language.eq(draft.language.as_ref().or(old.language.as_ref())),
            posts::attachments.eq(Json(draft.attachments.clone())),
            posts::emojis.eq(Json(draft.emojis.clone())),
            posts::details.eq(Json(details.clone())),
            posts::edited_at.eq(if new_text { Some(edited_at) } else { old.edited_at }),
        ))
        .execute(tx.conn())?;
    // Hidden readers stay readers, for no form of an edit names them again; whom it names is hidden no more.
    let named = mentions::hidden.eq(false).or(mentions::actor_id.among(draft.mentions.clone()));
    diesel::delete(mentions::table.filter(mentions::post_id.eq(id)).filter(named)).execute(tx.conn())?;
    diesel::delete(hashtags::table.filter(hashtags::post_id.eq(id))).execute(tx.conn())?;
    write_names(tx, id, draft)?;
    said::index_again(tx, id)?;
    linked::show_again(tx, by, &old, draft)?;
    quotes::attach_again(tx, by, &old, draft)?;
    poll_changed(tx, by, &old, details, new_text)?;
    if !by.is_remote() {
        media::attach(tx, old.author_id, id, &draft.attachments)?;
    }
    if !told {
        return Ok(Edit::Unchanged);
    }
    tell_newly_named(tx, &old, draft, &before)?;
    let boosters: Vec<ActorId> = boosts::table
        .inner_join(actors::table.on(actors::id.eq(boosts::actor_id)))
        .filter(boosts::post_id.eq(id))
        .filter(actors::host.eq(""))
        .select(boosts::actor_id)
        .load(tx.conn())?;
    for booster in boosters {
        notifications::tell(tx, booster, NotificationKind::Update, old.author_id, Some(id))?;
    }
    quotes::tell_of_edit(tx, &old)?;
    if !by.is_remote() && old.audience.federates() {
        exposure::tell(tx, old.author_id, Change::PostEdited { post: id })?;
    }
    tx.signal(Signal { topic: "post", kind: "edit", id: id.0 });
    Ok(Edit::Changed)
}

/// What a post is after an edit: one that asks is a question.
fn kind_of<'a>(old: &'a Post, details: &Details) -> &'a str {
    match (details.is_poll(), old.details.0.is_poll()) {
        (true, _) => "question",
        (false, true) => "note",
        (false, false) => &old.kind,
    }
}

/// Votes for something else count no more, and a poll ends when it says so now.
fn poll_changed(tx: &mut Tx<'_>, by: &By, old: &Post, details: Details, new_text: bool) -> Result<()> {
    let (before, now) = (&old.details.0, tx.now());
    if before.is_poll() && !before.asks_the_same(&details) {
        forget_votes(tx, old.id)?;
    } else if by.is_remote() && !before.has_ended(now) && details.has_ended(now) {
        return ended_elsewhere(tx, old, details);
    }
    let (false, true, Some(at)) = (by.is_remote(), before.ends_at != details.ends_at, details.ends_at) else {
        return Ok(());
    };
    tx.defer(&Job::EndPoll { post: old.id, at })?;
    // A new text says it too.
    if old.audience.federates() && !new_text {
        exposure::tell(tx, old.author_id, Change::VotesCounted { post: old.id, at: now })?;
    }
    Ok(())
}

/// Who is addressed now, openly or not, and was not before; the smallest first, as everybody who is told.
fn newly_named(draft: &Draft, before: &[ActorId]) -> Vec<ActorId> {
    let mut new: Vec<_> =
        draft.mentions.iter().chain(&draft.hidden).copied().filter(|actor| !before.contains(actor)).collect();
    new.sort();
    new.dedup();
    new
}

/// Those who are named now and were not before hear of it, and find at home what is for the named only.
fn tell_newly_named(tx: &mut Tx<'_>, post: &Post, draft: &Draft, before: &[ActorId]) -> Result<()> {
    let new = newly_named(draft, before);
    let mut kept = Vec::new();
    for mentioned in &new {
        // Somebody who may not see an internal post is not told of it either.
        let may_hear = post.audience.federates() || {
            let viewer = Viewer::local(tx.conn(), *mentioned)?;
            may_see(tx.conn(), &viewer, post)?
        };
        if may_hear && notifications::tell_of_mention(tx, *mentioned, post.author_id, post.id)? != PolicyAction::Accept
        {
            kept.push(*mentioned);
        }
    }
    if post.audience == Audience::Direct {
        let entry = Entry { post: post.id, by: post.author_id, boost: None, reply_to_author: post.reply_to_author_id };
        show_to_named(tx, entry, post.audience, &new, &kept)?;
    }
    Ok(())
}

/// Poll counts and the like change without being an edit that readers are told of; what can be chosen does not.
fn says_something_new(old: &Post, draft: &Draft) -> bool {
    !old.details.0.asks_the_same(&draft.details)
        || old.content != draft.content
        || old.title != draft.title
        || old.summary != draft.summary
        || old.sensitive != draft.sensitive
        || old.attachments.0 != draft.attachments
        || draft.language.as_ref().is_some_and(|language| old.language.as_ref() != Some(language))
}

fn keep_version(tx: &mut Tx<'_>, old: &Post) -> Result<()> {
    let row = tx.new_id();
    diesel::insert_into(post_edits::table)
        .values((
            post_edits::id.eq(row),
            post_edits::post_id.eq(old.id),
            post_edits::title.eq(&old.title),
            post_edits::content.eq(&old.content),
            post_edits::summary.eq(&old.summary),
            post_edits::sensitive.eq(old.sensitive),
            post_edits::attachments.eq(&old.attachments),
            post_edits::created_at.eq(old.edited_at.unwrap_or(old.published_at)),
        ))
        .execute(tx.conn())?;
    forget_old_versions(tx, old.id)
}

/// Keeps the newest versions: whoever edits without end would fill the disk, and everybody may read them.
fn forget_old_versions(tx: &mut Tx<'_>, post: PostId) -> Result<()> {
    let size = octet_length(post_edits::content) + octet_length(post_edits::attachments);
    let sizes: Vec<(i64, i32)> = post_edits::table
        .filter(post_edits::post_id.eq(post))
        .order(post_edits::id.desc())
        .select((post_edits::id, size))
        .load(tx.conn())?;
    let mut bytes = 0;
    let too_much = sizes.iter().enumerate().find(|(number, (_, size))| {
        bytes += i64::from(*size);
        *number >= VERSIONS || *number > 0 && bytes > VERSIONS_BYTES
    });
    if let Some((_, (last, _))) = too_much {
        let old = post_edits::table.filter(post_edits::post_id.eq(post)).filter(post_edits::id.le(last));
        diesel::delete(old).execute(tx.conn())?;
    }
    Ok(())
}

/// Earlier versions of a post, as far as they are kept, oldest first; the present one is the post itself.
pub fn history(conn: &mut Conn, id: PostId) -> Result<Vec<PastVersion>> {
    Ok(post_edits::table
        .filter(post_edits::post_id.eq(id))
        .order(post_edits::id)
        .select(PastVersion::as_select())
        .load(conn)?)
}
