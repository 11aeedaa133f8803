//! The one way in which a post comes into being, whoever wrote it and wherever.

use diesel::prelude::*;

use super::{
    Attachment, Audience, Details, Emoji, Inside, Post, Quoting, find, find_by_uri, inside, is_deleted_by, linked,
    quotes, rights::may_publish, said, signature, spread,
};
use crate::{
    db::{
        Among, Json, Key, Signal, Timestamp, Tx,
        schema::{actors as actors_table, hashtags, mentions, posts, publications},
    },
    domain::{
        AccountId, ActorId, By, PostId, Site, TeamId,
        actors::{self, Actor},
        media,
        work::{Change, Job},
    },
    error::{Error, Result},
    on_conn,
};

/// What may be mentioned at most in one post; more is dropped when it comes from elsewhere.
pub const MENTIONS: usize = 50;
/// How many hashtags of a post count.
pub(super) const HASHTAGS: usize = 100;
/// How many attachments a post has at most.
pub const ATTACHMENTS: usize = 16;

/// How many replies that came before what they answer find it; the others stay what they were.
pub const WAITING: i64 = 1_000;
/// How many rows are changed by one statement.
const PORTION: usize = 500;

/// What a post answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// The post, when we have it.
    pub post: Option<PostId>,
    /// Its id on the network, when it has one.
    pub uri: Option<String>,
}

/// A post before it is one: text rendered and clean, names resolved.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "named as the columns of posts")]
pub struct Draft {
    pub audience: Audience,
    pub team: Option<TeamId>,
    pub kind: String,
    pub title: Option<String>,
    pub content: String,
    pub source: Option<String>,
    pub source_type: Option<String>,
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub reply_to: Option<ReplyTo>,
    pub mentions: Vec<ActorId>,
    /// Who may read it without others being told.
    pub hidden: Vec<ActorId>,
    pub hashtags: Vec<String>,
    pub attachments: Vec<Attachment>,
    pub emojis: Vec<Emoji>,
    pub details: Details,
    /// What it quotes.
    pub quote: Option<Quoting>,
    /// The page of which a card is shown.
    pub link: Option<String>,
    /// Why it stays inside, where it does, and when it is looked at again.
    pub inside: Inside,
    /// Whoever must agree to it under the rules of its brand does.
    pub approved: bool,
    /// Who wrote it for a brand, where that is somebody else than who publishes it.
    pub author: Option<AccountId>,
    /// Ids and times are the author's server's to give; `None` for our own.
    pub uri: Option<String>,
    pub url: Option<String>,
    pub published_at: Option<Timestamp>,
    pub edited_at: Option<Timestamp>,
}

impl Draft {
    /// An empty note for an audience.
    pub fn note(audience: Audience, content: String) -> Self {
        Self {
            audience,
            team: None,
            kind: "note".to_owned(),
            title: None,
            content,
            source: None,
            source_type: None,
            summary: String::new(),
            sensitive: false,
            language: None,
            reply_to: None,
            mentions: Vec::new(),
            hidden: Vec::new(),
            hashtags: Vec::new(),
            attachments: Vec::new(),
            emojis: Vec::new(),
            details: Details::default(),
            quote: None,
            link: None,
            inside: Inside::default(),
            approved: false,
            author: None,
            uri: None,
            url: None,
            published_at: None,
            edited_at: None,
        }
    }
}

/// Publishes a post. The same post arriving twice is one post, for all who got it; what was deleted does not come back.
pub fn create(tx: &mut Tx<'_>, site: &Site, by: &By, draft: &Draft) -> Result<PostId> {
    // Whoever is being deleted at this moment writes nothing more that would stay behind.
    tx.lock(Key("actor", &[by.actor().0]))?;
    let author = actors::get(tx.conn(), by.actor())?;
    lock_thread(tx, by, draft)?;
    if let Some(known) = already_here(tx, site, by, draft, &author)? {
        spread::let_in(tx, known, draft)?;
        return Ok(known);
    }
    let parent = parent_of(tx, draft)?;
    let leave = may_publish(tx, by, &author, draft, parent.as_ref())?;
    let signed = signature::sign(tx, by, &author, draft)?;
    let draft = signed.as_ref().map_or(draft, |signed| &signed.draft);
    let id = insert(tx, site, by, draft, &author, parent.as_ref())?;
    if let Some(signed) = &signed {
        signature::keep(tx, id, signed)?;
    }
    write_names(tx, id, draft)?;
    said::index_new(tx, id, &author, draft)?;
    linked::show(tx, by, &author, id, draft)?;
    inside::keep_new(tx, id, author.id, draft, parent.as_ref())?;
    if !by.is_remote() {
        media::attach(tx, author.id, id, &draft.attachments)?;
    }
    count(tx, &author, draft, parent.as_ref())?;
    if let Some(uri) = &draft.uri {
        adopt_waiting_replies(tx, id, uri, draft.audience, author.id)?;
        quotes::adopt(tx, id, uri)?;
    }
    let kept = spread::tell(tx, id, &author, draft, parent.as_ref())?;
    spread::show_at_home(tx, id, &author, draft, parent.as_ref(), &kept)?;
    if let Some(leave) = leave {
        leave.tell(tx, Change::PostCreated { post: id })?;
    }
    if let (false, true, Some(at)) = (by.is_remote(), draft.details.is_poll(), draft.details.ends_at) {
        tx.defer(&Job::EndPoll { post: id, at })?;
    }
    // Whoever is quoted is asked when the post has left.
    quotes::attach(tx, by, &author, id, draft)?;
    tx.signal(Signal { topic: "post", kind: "new", id: id.0 });
    Ok(id)
}

/// Refuses what could not be published at this moment; nothing is written.
pub fn check_may_publish(tx: &mut Tx<'_>, by: &By, draft: &Draft) -> Result<()> {
    let author = actors::get(tx.conn(), by.actor())?;
    let parent = parent_of(tx, draft)?;
    may_publish(tx, by, &author, draft, parent.as_ref()).map(drop)
}

/// Nobody else writes or deletes this post, or the one that it answers, until this is done: what arrives together
/// must find each other.
fn lock_thread(tx: &mut Tx<'_>, by: &By, draft: &Draft) -> Result<()> {
    let answered = draft.reply_to.as_ref();
    let mut uris: Vec<&String> = draft.uri.iter().filter(|_| by.is_remote()).collect();
    uris.extend(answered.and_then(|answered| answered.uri.as_ref()));
    uris.extend(draft.quote.as_ref().and_then(|quoting| quoting.uri.as_ref()));
    // In one order, so that two do not wait for each other.
    uris.sort();
    uris.dedup();
    for uri in uris {
        tx.lock(Key(uri, &[]))?;
    }
    match answered.and_then(|answered| answered.post) {
        Some(post) => tx.lock(Key("post", &[post.0])),
        None => Ok(()),
    }
}

/// A post from elsewhere that we have, or had.
fn already_here(tx: &mut Tx<'_>, site: &Site, by: &By, draft: &Draft, author: &Actor) -> Result<Option<PostId>> {
    let (true, Some(uri)) = (by.is_remote(), &draft.uri) else { return Ok(None) };
    if site.owns(uri) {
        return Err(Error::forbidden("post.not_theirs", "This id belongs to our own server."));
    }
    match find_by_uri(tx.conn(), uri)? {
        Some(known) if known.author_id == by.actor() => Ok(Some(known.id)),
        Some(_) => Err(Error::forbidden("post.not_theirs", "This post belongs to somebody else.")),
        None if is_deleted_by(tx.conn(), uri, author.id)? => Err(Error::gone("post.deleted", "This post was deleted.")),
        None => Ok(None),
    }
}

fn parent_of(tx: &mut Tx<'_>, draft: &Draft) -> Result<Option<Post>> {
    match &draft.reply_to {
        Some(ReplyTo { post: Some(id), .. }) => find(tx.conn(), *id),
        Some(ReplyTo { uri: Some(uri), .. }) => find_by_uri(tx.conn(), uri),
        _ => Ok(None),
    }
}

fn insert(
    tx: &mut Tx<'_>,
    site: &Site,
    by: &By,
    draft: &Draft,
    author: &Actor,
    parent: Option<&Post>,
) -> Result<PostId> {
    let now = tx.now();
    let published = draft.published_at.unwrap_or(now).min(now);
    for _ in 0..8 {
        let id = PostId(if by.is_remote() { tx.id_at(published) } else { tx.new_id() });
        let (uri, url) = match by {
            By::Remote { .. } => (draft.uri.clone(), draft.url.clone()),
            By::Local { .. } if draft.audience.federates() => {
                (Some(site.object_uri(id)), Some(format!("{}/@{}/{id}", site.base_url, author.username)))
            }
            By::Local { .. } => (None, None),
        };
        let inserted = on_conn!(tx.conn(), |c| diesel::insert_into(posts::table)
            .values((
                (
                    posts::id.eq(id),
                    posts::audience.eq(draft.audience),
                    posts::uri.eq(&uri),
                    posts::url.eq(&url),
                    posts::author_id.eq(author.id),
                    posts::kind.eq(&draft.kind),
                    posts::title.eq(&draft.title),
                    posts::content.eq(&draft.content),
                    posts::source.eq(&draft.source),
                    posts::source_type.eq(&draft.source_type),
                ),
                (
                    posts::summary.eq(&draft.summary),
                    posts::sensitive.eq(draft.sensitive),
                    posts::language.eq(&draft.language),
                    posts::team_id.eq(draft.team),
                    posts::reply_to_id.eq(parent.map(|parent| parent.id)),
                    posts::reply_to_uri
                        .eq(parent.and_then(|parent| parent.uri.clone()).or_else(|| draft.reply_to.clone()?.uri)),
                    posts::reply_to_author_id.eq(parent.map(|parent| parent.author_id)),
                    posts::thread_id.eq(parent.map_or(id, |parent| parent.thread_id)),
                ),
                posts::attachments.eq(Json(draft.attachments.iter().take(ATTACHMENTS).cloned().collect::<Vec<_>>())),
                posts::emojis.eq(Json(draft.emojis.clone())),
                posts::details.eq(Json(draft.details.clone())),
                posts::published_at.eq(published),
                posts::created_at.eq(now),
                posts::edited_at.eq(draft.edited_at.filter(|edited| *edited > published)),
            ))
            .on_conflict(posts::id)
            .do_nothing()
            .execute(c))?;
        if inserted == 0 {
            continue;
        }
        if !by.is_remote() && draft.audience.federates() {
            // Whoever goes on with what they said themselves answers nobody.
            let answers = draft.reply_to.is_some() && parent.is_none_or(|parent| parent.author_id != author.id);
            diesel::insert_into(publications::table)
                .values((
                    publications::post_id.eq(id),
                    publications::audience.eq(draft.audience),
                    publications::author_id.eq(author.id),
                    publications::answers.eq(answers),
                ))
                .execute(tx.conn())?;
        }
        return Ok(id);
    }
    Err(Error::internal("eight ids in a row were taken"))
}

/// Mentions, hidden readers and hashtags, each once.
pub(super) fn write_names(tx: &mut Tx<'_>, id: PostId, draft: &Draft) -> Result<()> {
    let mentioned: Vec<_> = draft
        .hidden
        .iter()
        .map(|actor| (actor, true))
        .chain(draft.mentions.iter().map(|actor| (actor, false)))
        .take(MENTIONS)
        .map(|(actor, hidden)| (mentions::post_id.eq(id), mentions::actor_id.eq(*actor), mentions::hidden.eq(hidden)))
        .collect();
    if !mentioned.is_empty() {
        on_conn!(tx.conn(), |c| diesel::insert_into(mentions::table)
            .values(&mentioned)
            .on_conflict((mentions::post_id, mentions::actor_id))
            .do_nothing()
            .execute(c))?;
    }
    let tags: Vec<_> =
        draft.hashtags.iter().take(HASHTAGS).map(|name| (hashtags::post_id.eq(id), hashtags::name.eq(name))).collect();
    if !tags.is_empty() {
        on_conn!(tx.conn(), |c| diesel::insert_into(hashtags::table)
            .values(&tags)
            .on_conflict((hashtags::post_id, hashtags::name))
            .do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// What everybody sees of it in figures: those of the author, and of what it answers.
fn count(tx: &mut Tx<'_>, author: &Actor, draft: &Draft, parent: Option<&Post>) -> Result<()> {
    let now = tx.now();
    if draft.audience.counts_for(Audience::Public) {
        let published = draft.published_at.unwrap_or(now).min(now);
        let last = author.last_post_at.map_or(published, |last| last.max(published));
        diesel::update(actors_table::table.find(author.id))
            .set((actors_table::posts_count.eq(actors_table::posts_count + 1), actors_table::last_post_at.eq(last)))
            .execute(tx.conn())?;
    }
    if let Some(parent) = parent.filter(|parent| draft.audience.counts_for(parent.audience)) {
        diesel::update(posts::table.find(parent.id))
            .set(posts::replies_count.eq(posts::replies_count + 1))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Replies that came before what they answer now find it, the oldest of them, and their threads become one.
fn adopt_waiting_replies(tx: &mut Tx<'_>, id: PostId, uri: &str, audience: Audience, author: ActorId) -> Result<()> {
    let waiting: Vec<(PostId, PostId, Audience)> = posts::table
        .filter(posts::reply_to_uri.eq(uri))
        .filter(posts::reply_to_id.is_null())
        .order(posts::id)
        .limit(WAITING)
        .select((posts::id, posts::thread_id, posts::audience))
        .load(tx.conn())?;
    if waiting.is_empty() {
        return Ok(());
    }
    let thread: PostId = posts::table.find(id).select(posts::thread_id).first(tx.conn())?;
    let counted = waiting.iter().filter(|(.., reply)| reply.counts_for(audience)).count();
    let found = i64::try_from(counted).unwrap_or(0);
    let (replies, threads): (Vec<PostId>, Vec<PostId>) =
        waiting.into_iter().map(|(reply, thread, _)| (reply, thread)).unzip();
    for portion in replies.chunks(PORTION) {
        diesel::update(posts::table.filter(posts::id.among(portion.to_vec())))
            .set((posts::reply_to_id.eq(Some(id)), posts::reply_to_author_id.eq(Some(author))))
            .execute(tx.conn())?;
    }
    for portion in threads.chunks(PORTION) {
        diesel::update(posts::table.filter(posts::thread_id.among(portion.to_vec())))
            .set(posts::thread_id.eq(thread))
            .execute(tx.conn())?;
    }
    diesel::update(posts::table.find(id))
        .set(posts::replies_count.eq(posts::replies_count + found))
        .execute(tx.conn())?;
    Ok(())
}
