//! Asking for a copy, and giving it another text.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{
    CopyState, Outcome, Person, PublishRequest, find,
    people::{Cast, Everybody, cast, must_be_able, sees},
    queries, wrong_state,
};
use crate::{
    db::{
        Among, Conn, Json, Key, Tx,
        schema::{publish_consents, publish_requests},
    },
    domain::{
        ActorId, Audience, By, MediaId, PostId, PublishRequestId, Site,
        accounts::{self, Right},
        actors::{self, Actor},
        audit::{self, About, Act, Entry},
        brands::{Said, WithUploads},
        media::{self, Holder, Media},
        notifications::{self, NotificationKind},
        posts::{self, Post, Viewer},
        scheduled::Wish,
        work::Job,
    },
    error::{Error, Result},
    text,
};

/// How many requests of a person may be open.
const OPEN: i64 = 100;

/// What somebody writes as a copy. What is left out is as in the original, or as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The text; a new copy has one of its own.
    pub text: Option<String>,
    /// It is Markdown.
    pub markdown: Option<bool>,
    /// The content warning; empty for none.
    pub summary: Option<String>,
    /// Hide attachments until asked.
    pub sensitive: Option<bool>,
    /// ISO 639 code.
    pub language: Option<String>,
    /// Everybody, or everybody who has the link.
    pub audience: Option<Audience>,
    /// Files, uploaded anew.
    pub media: Option<Vec<MediaId>>,
}

impl Words {
    fn changing(&self, mut wish: Wish) -> Wish {
        if let Some(text) = &self.text {
            wish.text.clone_from(text);
        }
        wish.markdown = self.markdown.unwrap_or(wish.markdown);
        if let Some(summary) = &self.summary {
            summary.trim().clone_into(&mut wish.summary);
        }
        wish.sensitive = self.sensitive.unwrap_or(wish.sensitive);
        if let Some(language) = &self.language {
            wish.language = Some(language.clone()).filter(|language| !language.is_empty());
        }
        wish.audience = self.audience.unwrap_or(wish.audience);
        if let Some(media) = &self.media {
            wish.media.clone_from(media);
        }
        wish
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// The internal post.
    pub source: PostId,
    /// As whom it is published: oneself, or a brand for which one writes drafts.
    pub actor: ActorId,
    /// What it says.
    pub words: Words,
}

/// Asks for a copy of an internal post that somebody may read.
pub fn ask(tx: &mut Tx<'_>, site: &Site, person: &Person, new: &NewRequest) -> Result<PublishRequestId> {
    tx.lock(Key("copies", &[person.account.0]))?;
    let viewer = Viewer::local(tx.conn(), person.own)?;
    let source = posts::get_visible(tx.conn(), &viewer, new.source)?;
    if source.audience.federates() {
        let told = "Only what is for the company or a team is published as a copy. This post is out in the open: boost or \
                    quote it.";
        return Err(Error::invalid("copy.source", told));
    }
    may_speak(tx.conn(), person, new.actor)?;
    if new.words.text.as_deref().is_none_or(text::is_blank) {
        return Err(Error::invalid("copy.text", "A copy has a text of its own. Write what everybody may read."));
    }
    let mine = publish_requests::table
        .filter(publish_requests::account_id.eq(person.account))
        .filter(publish_requests::state.among([CopyState::Waiting, CopyState::Drafted]));
    if mine.count().get_result::<i64>(tx.conn())? >= OPEN {
        let told = format!("{OPEN} copies that you asked for wait already. Withdraw some first.");
        return Err(Error::invalid("copy.limit", told));
    }
    let usual = Wish {
        markdown: source.source_type.as_deref() == Some("text/markdown"),
        summary: source.summary.clone(),
        sensitive: source.sensitive,
        language: source.language.clone(),
        ..Wish::note(Audience::Public, "")
    };
    let wish = new.words.changing(usual);
    let hash = check(tx, site, person, new.actor, &source, &wish)?;
    let (id, now) = (PublishRequestId(tx.new_id()), tx.now());
    diesel::insert_into(publish_requests::table)
        .values((
            publish_requests::id.eq(id),
            publish_requests::source_id.eq(source.id),
            publish_requests::account_id.eq(person.account),
            publish_requests::actor_id.eq(new.actor),
            publish_requests::state.eq(CopyState::Waiting),
            publish_requests::wish.eq(Json(wish.clone())),
            publish_requests::content_hash.eq(hash),
            publish_requests::version.eq(1),
            publish_requests::created_at.eq(now),
            publish_requests::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    media::hold(tx, person.own, Holder::Copy(id), &wish.media)?;
    note(tx, Act::CopyAsked, source.id, json!({ "request": id, "as": new.actor }))?;
    ask_people(tx, site, person, (id, &source), Asked::Everybody)?;
    Ok(id)
}

/// Gives a copy that waits another text, for whoever asked for it: everybody agrees anew.
pub fn rewrite(
    tx: &mut Tx<'_>,
    site: &Site,
    person: &Person,
    id: PublishRequestId,
    seen: i64,
    words: &Words,
) -> Result<Outcome> {
    tx.lock(Key("copy", &[id.0]))?;
    let request = queries::get_own(tx.conn(), person, id)?;
    if request.state != CopyState::Waiting {
        return Err(wrong_state(&request));
    }
    if request.version != seen {
        return Ok(Outcome::Stale(id));
    }
    let wish = words.changing(request.wish.0.clone());
    if wish == request.wish.0 {
        return Ok(Outcome::Done(id));
    }
    let source = source_of(tx.conn(), person, &request)?;
    may_speak(tx.conn(), person, request.actor_id)?;
    media::release(tx, Holder::Copy(id))?;
    let hash = check(tx, site, person, request.actor_id, &source, &wish)?;
    media::hold(tx, person.own, Holder::Copy(id), &wish.media)?;
    let now = tx.now();
    diesel::update(publish_requests::table.find(id))
        .set((
            publish_requests::wish.eq(Json(wish)),
            publish_requests::content_hash.eq(hash),
            publish_requests::version.eq(request.version + 1),
            publish_requests::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    ask_people(tx, site, person, (id, &source), Asked::Everybody)?;
    Ok(Outcome::Done(id))
}

/// The original, for whoever asked, as long as they may read it.
pub(super) fn source_of(conn: &mut Conn, person: &Person, request: &PublishRequest) -> Result<Post> {
    let source = request.source_id.map(|id| posts::find(conn, id)).transpose()?.flatten();
    let gone =
        || Error::conflict("copy.source_gone", "The original is not there any more, so no copy of it is published.");
    let source = source.ok_or_else(gone)?;
    if sees(conn, person.own, &source)? {
        return Ok(source);
    }
    let told = "Whoever asked for this copy may not read the original any more, so it is not published.";
    Err(Error::conflict("copy.source_hidden", told))
}

/// Refuses whoever may not write as this.
pub(super) fn may_speak(conn: &mut Conn, person: &Person, actor: ActorId) -> Result<()> {
    let asker = accounts::get(conn, person.account)?;
    if !asker.is_active() {
        return Err(Error::forbidden("actor.suspended", "This account is suspended and cannot post."));
    }
    if actor != person.own {
        accounts::need_right(conn, person.account, actor, Right::WriteDraft)?;
    }
    Ok(())
}

/// Refuses what could not be published, or leads to the original; answers the hash of what it says.
fn check(tx: &mut Tx<'_>, site: &Site, person: &Person, actor: ActorId, source: &Post, wish: &Wish) -> Result<String> {
    if !wish.audience.is_open() {
        return Err(Error::invalid("copy.audience", "A copy is public or unlisted. For fewer, write a new post."));
    }
    let by = By::Local { actor: person.own, account: Some(person.account) };
    let draft = posts::compose(tx, site, &by, &wish.clone().into_post())?;
    if actor == person.own {
        posts::check_may_publish(tx, &by, &draft)?;
    }
    let uploads = media::find_many(tx.conn(), &wish.media)?;
    let said = said(wish, &uploads);
    let ways = [wish.text.as_str(), wish.summary.as_str(), said.as_str()];
    let names = [source.id.to_string(), source.thread_id.to_string()];
    if ways.iter().any(|way| names.iter().any(|name| way.contains(name.as_str()))) {
        let told = "This leads to the original or its thread, which stay inside. Take the link or number out.";
        return Err(Error::invalid("copy.link", told));
    }
    Ok(text::fingerprint(&json!({ "as": actor, "wish": wish, "uploads": uploads_said(&uploads) }))?)
}

fn uploads_said(uploads: &[Media]) -> Vec<Value> {
    let said = |upload: &Media| {
        json!({
            "id": upload.id,
            "file": format!("{}/{}", upload.name, upload.details.0.file),
            "description": upload.description,
            "focus": upload.details.0.focus,
        })
    };
    uploads.iter().map(said).collect()
}

/// Everything that readers of a copy will see of it.
pub(super) fn said(wish: &Wish, uploads: &[Media]) -> String {
    WithUploads(wish, media::descriptions(uploads)).said()
}

/// Who of the original must agree to a copy whose text is new.
fn needed(conn: &mut Conn, site: &Site, request: &PublishRequest, source: &Post) -> Result<Cast> {
    let uploads = media::find_many(conn, &request.wish.0.media)?;
    let everybody = Everybody::read(conn, std::slice::from_ref(source))?;
    Ok(cast(site, source, &everybody, (request.actor_id, &said(&request.wish.0, &uploads))))
}

/// Who of the original must agree to a copy about which these were asked: they, whatever they are called by now, and
/// whoever is mentioned in both since. Nobody else who takes a word of it for a name.
pub(super) fn still_needed(
    conn: &mut Conn,
    site: &Site,
    request: &PublishRequest,
    source: &Post,
    asked: &[ActorId],
) -> Result<Vec<Actor>> {
    let Cast { mut needed, mentioned, .. } = needed(conn, site, request, source)?;
    needed.retain(|actor| asked.contains(&actor.id) || mentioned.contains(&actor.id));
    let renamed: Vec<ActorId> =
        asked.iter().copied().filter(|one| !needed.iter().any(|actor| actor.id == *one)).collect();
    if !renamed.is_empty() {
        needed.extend(actors::get_many(conn, &renamed)?);
        needed.sort_by_key(|actor| actor.id);
    }
    Ok(needed)
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everybody, since the text is new.
    Everybody,
    /// Those who were not asked yet.
    Others,
}

/// Asks those who must agree to what a copy says now and have not, by notification and letter. Whoever asks for it agrees
/// by that. Who is not needed any more is forgotten.
pub(super) fn ask_people(
    tx: &mut Tx<'_>,
    site: &Site,
    person: &Person,
    (id, source): (PublishRequestId, &Post),
    asked: Asked,
) -> Result<()> {
    let request = find(tx.conn(), id)?.ok_or_else(queries::missing)?;
    let mine = accounts::answers_for(tx.conn(), person.account, person.own)?;
    let before: Vec<(ActorId, Option<String>)> = publish_consents::table
        .filter(publish_consents::request_id.eq(id))
        .select((publish_consents::actor_id, publish_consents::content_hash))
        .load(tx.conn())?;
    let needed = match asked {
        Asked::Everybody => needed(tx.conn(), site, &request, source)?.needed,
        Asked::Others => {
            let known: Vec<ActorId> = before.iter().map(|(actor, _)| *actor).collect();
            still_needed(tx.conn(), site, &request, source, &known)?
        }
    };
    let stays = |actor: ActorId| asked == Asked::Others && needed.iter().any(|one| one.id == actor);
    for (actor, _) in before.iter().filter(|(actor, _)| !stays(*actor)) {
        for (_, own) in accounts::people_behind(tx.conn(), *actor)? {
            notifications::forget(tx, own, NotificationKind::Consent, person.own, Some(source.id))?;
        }
    }
    diesel::delete(publish_consents::table.filter(publish_consents::request_id.eq(id))).execute(tx.conn())?;
    for actor in needed {
        must_be_able(tx.conn(), source, &actor)?;
        let known = before.iter().any(|(one, hash)| *one == actor.id && hash.as_ref() == Some(&request.content_hash));
        let agrees = known || mine.contains(&actor.id);
        let now = tx.now();
        diesel::insert_into(publish_consents::table)
            .values((
                publish_consents::request_id.eq(id),
                publish_consents::actor_id.eq(actor.id),
                publish_consents::content_hash.eq(agrees.then_some(&request.content_hash)),
                publish_consents::answered_at.eq(agrees.then_some(now)),
            ))
            .execute(tx.conn())?;
        if agrees || (asked == Asked::Others && before.iter().any(|(one, _)| *one == actor.id)) {
            continue;
        }
        for (account, own) in accounts::people_behind(tx.conn(), actor.id)? {
            notifications::tell(tx, own, NotificationKind::Consent, person.own, Some(source.id))?;
            tx.defer(&Job::AskForConsent { request: id, account })?;
        }
    }
    Ok(())
}

/// Writes down what was done. Readers of the log of a brand may not be readers of the original, so it stands in that of
/// the house alone.
pub(super) fn note(tx: &mut Tx<'_>, act: Act, source: PostId, details: Value) -> Result<()> {
    audit::record(tx, &Entry { act, about: About::Post(source), brand: None, reason: None, details })
}
