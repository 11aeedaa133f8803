//! Posts that wait for their time. Nothing is a post before it is published: until then it is a wish of its author,
//! and whether they may is asked again when its time comes.

mod publish;

use std::time::Duration;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

pub use publish::{fail_broken, next_due, publish_due};

use super::{
    AccountId, ActorId, Audience, By, MediaId, Page, PostId, ScheduledId, Site, TeamId, TokenId,
    actors::ActorKind,
    brands::{self, Said},
    calendar::Day,
    media::{self, Holder},
    posts::{self, Addressees, Inside, NewPoll, NewPost, Once, QuotePolicy, Twin},
    work::Job,
};
use crate::{
    db::{
        Among, Conn, Json, Key, Timestamp, Tx,
        schema::{actors, scheduled_posts},
    },
    error::{Error, Result},
    text::Format,
};

/// How long before its time a post is scheduled at the latest.
pub const AHEAD: Duration = Duration::from_secs(300);
/// How many posts of an actor may wait.
pub const ALL: i64 = 300;
/// How many of them for one day.
pub const A_DAY: i64 = 25;

/// What is to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The text as typed.
    pub text: String,
    /// It is Markdown.
    pub markdown: bool,
    /// The content warning; empty for none.
    pub summary: String,
    /// Hide attachments until asked.
    pub sensitive: bool,
    /// ISO 639 code.
    pub language: Option<String>,
    /// Who may read it.
    pub audience: Audience,
    /// The team, for [`Audience::Team`].
    pub team: Option<TeamId>,
    /// What it answers.
    pub reply_to: Option<PostId>,
    /// What it lets others choose.
    pub poll: Option<NewPoll>,
    /// The uploads that hang on it, in this order.
    #[serde(default)]
    pub media: Vec<MediaId>,
    /// What it quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<PostId>,
    /// Who may quote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoting: Option<QuotePolicy>,
    /// Why it stays inside, where it does, and when it is looked at again.
    #[serde(default, skip_serializing_if = "Inside::is_unsaid")]
    pub inside: Inside,
    /// What is said of the same inside, with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Twin>,
}

impl Wish {
    /// A text in Markdown for an audience, and nothing else.
    pub fn note(audience: Audience, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            markdown: true,
            summary: String::new(),
            sensitive: false,
            language: None,
            audience,
            team: None,
            reply_to: None,
            poll: None,
            media: Vec::new(),
            quote: None,
            quoting: None,
            inside: Inside::default(),
            twin: None,
        }
    }

    /// Whether a wish as it is stored is for this team, or what is said of it inside. What cannot be read any more is
    /// never published, so it is for nobody.
    pub fn stored_is_for(stored: &str, team: TeamId) -> bool {
        serde_json::from_str(stored)
            .is_ok_and(|wish: Self| [wish.team, wish.twin.as_ref().and_then(|twin| twin.team)].contains(&Some(team)))
    }

    /// Who may read it, in the words in which it is written: `public`, …, `team:ID`.
    pub fn readers(&self) -> String {
        match (self.audience, self.team) {
            (Audience::Team, Some(team)) => format!("team:{team}"),
            (audience, _) => audience.as_str().to_owned(),
        }
    }

    /// What was typed in a client, as a wish.
    pub fn of(new: &NewPost) -> Self {
        Self {
            text: new.text.clone(),
            markdown: new.format == Format::Markdown,
            summary: new.summary.clone(),
            sensitive: new.sensitive,
            language: new.language.clone(),
            audience: new.audience,
            team: new.team,
            reply_to: new.reply_to,
            poll: new.poll.clone(),
            media: new.media.clone(),
            quote: new.quote,
            quoting: new.quoting.clone(),
            inside: new.inside,
            twin: new.twin.clone(),
        }
    }

    /// The wish as what somebody types.
    pub(super) fn into_post(self) -> NewPost {
        NewPost {
            text: self.text,
            format: if self.markdown { Format::Markdown } else { Format::Plain },
            title: None,
            summary: self.summary,
            sensitive: self.sensitive,
            language: self.language,
            audience: self.audience,
            team: self.team,
            reply_to: self.reply_to,
            addressees: Addressees::default(),
            media: self.media,
            edited: None,
            hashtags: Vec::new(),
            poll: self.poll,
            quote: self.quote,
            quoting: self.quoting,
            inside: self.inside,
            twin: self.twin,
        }
    }

    /// The wish as what is published at this moment, after it waited.
    pub(super) fn into_published(self, now: Timestamp) -> NewPost {
        let mut new = self.into_post();
        new.inside = new.inside.published(now);
        new
    }
}

impl Said for Wish {
    fn said(&self) -> String {
        self.clone().into_post().said()
    }
}

/// What is said, by its code and in a sentence, of what could not be published by a fault of ours.
pub const BROKEN: (&str, &str) =
    ("held.broken", "A fault of this server kept this from being published. Look at it, and give it another time.");

/// A post that waits.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = scheduled_posts)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Scheduled {
    pub id: ScheduledId,
    /// As whom it is published.
    pub actor_id: ActorId,
    /// Who scheduled it.
    pub account_id: AccountId,
    pub token_id: Option<TokenId>,
    pub idempotency_key: Option<String>,
    pub wish: Json<Wish>,
    pub publish_at: Timestamp,
    /// Why it was not published when its time had come.
    pub failed: Option<String>,
    /// The code of that.
    pub failed_code: Option<String>,
    pub created_at: Timestamp,
}

/// What a request to schedule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It waits.
    Waits(ScheduledId),
    /// It was asked for before, and is published already.
    Posted(PostId),
}

/// Has a post published at a moment. What could not be published now is refused now; the same key of the same token is
/// the same wish.
pub fn schedule(
    tx: &mut Tx<'_>,
    site: &Site,
    by: &By,
    new: &NewPost,
    at: Timestamp,
    once: Option<&Once>,
) -> Result<Made> {
    let By::Local { actor, account: Some(account) } = by else {
        return Err(Error::forbidden("scheduled.person", "Only people schedule posts."));
    };
    if let Some(once) = once
        && let Some(known) = hold_key(tx, once)?
    {
        return Ok(known);
    }
    brands::may_wait(tx, *actor)?;
    tx.lock(Key("scheduled", &[actor.0]))?;
    check_time(tx, *actor, None, at)?;
    new.inside.must_be_after(at)?;
    let draft = posts::compose(tx, site, by, new)?;
    posts::check_may_publish(tx, by, &draft)?;
    posts::check_twin(tx, site, by, new, |_| ())?;
    let (id, now) = (ScheduledId(tx.new_id()), tx.now());
    diesel::insert_into(scheduled_posts::table)
        .values((
            scheduled_posts::id.eq(id),
            scheduled_posts::actor_id.eq(actor),
            scheduled_posts::account_id.eq(account),
            scheduled_posts::token_id.eq(once.map(|once| once.token)),
            scheduled_posts::idempotency_key.eq(once.map(|once| once.key.clone())),
            scheduled_posts::wish.eq(Json(Wish::of(new))),
            scheduled_posts::publish_at.eq(at),
            scheduled_posts::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    let uploads: Vec<MediaId> = draft.attachments.iter().filter_map(|one| one.media).collect();
    media::hold(tx, *actor, Holder::Scheduled(id), &uploads)?;
    tx.defer(&Job::PublishScheduled { actor: *actor, at })?;
    Ok(Made::Waits(id))
}

/// Gives a waiting post another time; one that could not be published is tried again then.
pub fn reschedule(tx: &mut Tx<'_>, actor: ActorId, id: ScheduledId, at: Timestamp) -> Result<()> {
    brands::hold_crisis(tx)?;
    tx.lock(Key("scheduled", &[actor.0]))?;
    let waiting = get(tx.conn(), actor, id)?;
    brands::may_wait(tx, actor)?;
    check_time(tx, actor, Some(id), at)?;
    waiting.wish.0.inside.must_be_after(at)?;
    diesel::update(scheduled_posts::table.find(id))
        .set((
            scheduled_posts::publish_at.eq(at),
            scheduled_posts::failed.eq(None::<String>),
            scheduled_posts::failed_code.eq(None::<String>),
        ))
        .execute(tx.conn())?;
    tx.defer(&Job::PublishScheduled { actor, at })
}

/// Holds everything that waits to be published as a brand, with the reason; answers how much. What others wrote as
/// themselves goes on waiting.
pub fn hold_all_of_brands(tx: &mut Tx<'_>, why: &Error) -> Result<usize> {
    let speak: Vec<ActorKind> = ActorKind::ALL.iter().copied().filter(|kind| kind.has_speakers()).collect();
    let waiting: Vec<ScheduledId> = scheduled_posts::table
        .inner_join(actors::table.on(actors::id.eq(scheduled_posts::actor_id)))
        .filter(actors::kind.among(speak))
        .filter(scheduled_posts::failed.is_null())
        .select(scheduled_posts::id)
        .load(tx.conn())?;
    let waits = scheduled_posts::table.filter(scheduled_posts::id.among(waiting));
    let reason = (scheduled_posts::failed.eq(why.safe()), scheduled_posts::failed_code.eq(why.code()));
    Ok(diesel::update(waits).set(reason).execute(tx.conn())?)
}

/// Takes a waiting post back. Its uploads hang on nothing then.
pub fn cancel(tx: &mut Tx<'_>, actor: ActorId, id: ScheduledId) -> Result<()> {
    tx.lock(Key("scheduled", &[actor.0]))?;
    get(tx.conn(), actor, id)?;
    diesel::delete(scheduled_posts::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// Takes everything back that waits, when the actor goes.
pub fn cancel_all_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    diesel::delete(scheduled_posts::table.filter(scheduled_posts::actor_id.eq(actor))).execute(tx.conn())?;
    Ok(())
}

/// Refuses a time that is too near, or for which too much waits already. Clients know the sentences from Mastodon.
fn check_time(tx: &mut Tx<'_>, actor: ActorId, moved: Option<ScheduledId>, at: Timestamp) -> Result<()> {
    let refuse = |code, told: String| Err(Error::invalid(code, format!("Validation failed: {told}")));
    if at < tx.now().plus(AHEAD) {
        return refuse("scheduled.too_soon", "Scheduled at The scheduled date must be in the future".to_owned());
    }
    let others = scheduled_posts::table
        .filter(scheduled_posts::actor_id.eq(actor))
        .filter(scheduled_posts::id.ne(moved.unwrap_or(ScheduledId(0))));
    let all: i64 = others.count().get_result(tx.conn())?;
    if all >= ALL {
        return refuse("scheduled.limit", format!("You have exceeded the limit of {ALL} scheduled posts"));
    }
    let day = Day::of(at);
    let same_day =
        others.filter(scheduled_posts::publish_at.ge(day.start())).filter(scheduled_posts::publish_at.lt(day.end()));
    let same_day: i64 = same_day.count().get_result(tx.conn())?;
    if same_day >= A_DAY {
        return refuse("scheduled.limit", format!("You have exceeded the limit of {A_DAY} scheduled posts for today"));
    }
    Ok(())
}

/// The waiting post of this actor, or not found.
pub fn get(conn: &mut Conn, actor: ActorId, id: ScheduledId) -> Result<Scheduled> {
    scheduled_posts::table
        .find(id)
        .filter(scheduled_posts::actor_id.eq(actor))
        .select(Scheduled::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::not_found("scheduled.not_found", "There is no such scheduled post of yours."))
}

/// Keeps others who ask under this key waiting, and answers what was made under it.
pub fn hold_key(tx: &mut Tx<'_>, once: &Once) -> Result<Option<Made>> {
    posts::hold_key(tx, once)?;
    made(tx.conn(), once)
}

/// What was made under a key: a post, or one that still waits.
pub fn made(conn: &mut Conn, once: &Once) -> Result<Option<Made>> {
    if let Some(post) = posts::made(conn, once)? {
        return Ok(Some(Made::Posted(post)));
    }
    let waiting: Option<ScheduledId> = scheduled_posts::table
        .filter(scheduled_posts::token_id.eq(once.token))
        .filter(scheduled_posts::idempotency_key.eq(&once.key))
        .select(scheduled_posts::id)
        .first(conn)
        .optional()?;
    Ok(waiting.map(Made::Waits))
}

/// Whether anything waits to be published for this team.
pub fn waits_for(conn: &mut Conn, team: TeamId) -> Result<bool> {
    let waiting: Vec<String> = scheduled_posts::table.select(scheduled_posts::wish).load(conn)?;
    Ok(waiting.iter().any(|stored| Wish::stored_is_for(stored, team)))
}

/// What waits to be published as this actor, scheduled last first.
pub fn list(conn: &mut Conn, actor: ActorId, page: &Page) -> Result<Vec<Scheduled>> {
    let (above, below) = page.bounds();
    let query = scheduled_posts::table
        .filter(scheduled_posts::actor_id.eq(actor))
        .filter(scheduled_posts::id.gt(ScheduledId(above)))
        .filter(scheduled_posts::id.lt(ScheduledId(below)))
        .limit(page.limit)
        .select(Scheduled::as_select())
        .into_boxed();
    let query =
        if page.upwards() { query.order(scheduled_posts::id.asc()) } else { query.order(scheduled_posts::id.desc()) };
    let mut rows: Vec<Scheduled> = query.load(conn)?;
    if page.upwards() {
        rows.reverse();
    }
    Ok(rows)
}
