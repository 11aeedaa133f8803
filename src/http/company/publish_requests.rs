//! `/api/guildhall/v1/publish-requests`: copies of internal posts for everybody, and who agrees to them.
//!
//! A request carries its version as `ETag`. Whoever agrees or writes another text says in `If-Match` which one they saw,
//! and gets 409 with the present one where there is another by now.

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    oneself,
    openapi::{self, Operation},
    versions::{must_have_seen, versioned},
};
use crate::{
    app::App,
    domain::{
        ActorId, Audience, DraftId, MediaId, PostId, PublishRequestId,
        actors::Actor,
        copies::{self, CopyState, CopyView, NewRequest, Outcome, Person, Words},
        drafts,
        media::Media,
        posts::{self, Viewer},
    },
    error::{Error, Result},
    federation::fetch,
    http::{
        extract::{Form, Given, Id, Json, Links, Paging, Paths, Session},
        problem,
    },
};

/// How many a page has where nobody says.
const PAGE: i64 = 20;

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/posts/{id}/publish-copy", post(ask))
        .at("/api/guildhall/v1/publish-requests", get(list))
        .at("/api/guildhall/v1/publish-requests/{id}", get(one).patch(rewrite))
        .at("/api/guildhall/v1/publish-requests/{id}/consent", post(consent))
        .at("/api/guildhall/v1/publish-requests/{id}/decline", post(decline))
        .at("/api/guildhall/v1/publish-requests/{id}/withdraw", post(withdraw))
}

/// Whatever takes or publishes the text of a copy refuses with these.
const COPIED: &[&str] = &[
    "422 post.audience",
    "actor.suspended",
    "copy.audience",
    "copy.consent",
    "copy.link",
    "copy.not_now",
    "copy.text",
    "exposure.listen",
    "exposure.reply",
    "media.count",
    "media.mixed",
    "media.unknown",
    "post.empty",
    "post.language",
    "post.not_found",
    "post.too_long",
    "post.too_many",
    "token.oneself",
];

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::post("/posts/{id}/publish-copy", "askForCopy", "Asks for a copy of an internal post for everybody.")
            .refuses(COPIED)
            .refuses(&["copy.limit", "copy.source", "draft.format"])
            .tells("Whoever is named in it or wrote a part of it is asked first.")
            .needs("write:statuses")
            .takes::<Writing>()
            .once()
            .answers::<Shown>()
            .versioned(),
        openapi::get(
            "/publish-requests",
            "listPublishRequests",
            "Lists the copies that one asked for and those about which one is asked, newest first.",
        )
        .refuses(&["copy.unknown_state", "token.oneself"])
        .needs("read:statuses")
        .query::<CopyState>("state", "Only those in this state.")
        .paged(PAGE)
        .answers_list::<Shown>(),
        openapi::get("/publish-requests/{id}", "showPublishRequest", "Shows one copy that somebody asked for.")
            .refuses(&["copy.not_found", "token.oneself"])
            .needs("read:statuses")
            .answers::<Shown>()
            .versioned(),
        openapi::patch("/publish-requests/{id}", "rewriteCopy", "Writes another text, for whoever asked.")
            .refuses(COPIED)
            .refuses(&[
                "copy.actor",
                "copy.not_found",
                "copy.not_yours",
                "copy.source_gone",
                "copy.source_hidden",
                "copy.state",
                "draft.format",
            ])
            .tells("What is left out stays. Who agreed is asked again.")
            .needs("write:statuses")
            .takes::<Writing>()
            .of_version::<Shown>("copy.stale", true)
            .answers::<Shown>()
            .versioned(),
        openapi::post("/publish-requests/{id}/consent", "consentToCopy", "Agrees to the version that one saw.")
            .refuses(COPIED)
            .refuses(&["copy.not_asked", "copy.not_found", "copy.source_gone", "copy.source_hidden", "copy.state"])
            .tells("When all agreed it is published, or becomes a draft of the brand.")
            .needs("write:statuses")
            .of_version::<Shown>("copy.stale", true)
            .answers::<Shown>()
            .versioned(),
        openapi::post("/publish-requests/{id}/decline", "declineCopy", "Does not agree to a copy.")
            .refuses(&["copy.not_asked", "copy.not_found", "copy.state", "token.oneself"])
            .needs("write:statuses")
            .answers::<Shown>()
            .versioned(),
        openapi::post("/publish-requests/{id}/withdraw", "withdrawCopy", "Takes back what one asked for.")
            .refuses(&["copy.not_found", "copy.not_yours", "copy.state", "token.oneself"])
            .needs("write:statuses")
            .answers::<Shown>()
            .versioned(),
    ]
}

fn person(me: &Session) -> Result<Person> {
    let (account, own) = oneself(me)?;
    Ok(Person { account, own })
}

/// What a client writes as a copy. What is left out is as in the original, or as it was.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = CopyWish)]
struct Writing {
    /// As whom it is published; as oneself, where it is left out.
    actor: Option<ActorId>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    body: Given,
    format: Option<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    content_warning: Given,
    sensitive: Option<bool>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    language: Given,
    audience: Option<String>,
    media: Option<Vec<MediaId>>,
}

impl Writing {
    fn words(&self) -> Result<Words> {
        let markdown = match self.format.as_deref() {
            None => None,
            Some("markdown") => Some(true),
            Some("plain") => Some(false),
            Some(_) => return Err(Error::invalid("draft.format", "The format is markdown or plain.")),
        };
        let audience = match self.audience.as_deref() {
            None => None,
            Some("public") => Some(Audience::Public),
            Some("unlisted") => Some(Audience::Unlisted),
            Some(_) => return Err(Error::invalid("copy.audience", "A copy is public or unlisted.")),
        };
        Ok(Words {
            text: self.body.0.clone(),
            markdown,
            summary: self.content_warning.0.clone(),
            sensitive: self.sensitive,
            language: self.language.0.clone(),
            audience,
            media: self.media.clone(),
        })
    }
}

/// Somebody who is in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyPerson)]
struct Named {
    id: ActorId,
    username: String,
    display_name: String,
}

fn named(actor: &Actor) -> Named {
    Named { id: actor.id, username: actor.username.clone(), display_name: actor.display_name().to_owned() }
}

/// What somebody who must agree said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyConsentState)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// They agreed to the text as it is now.
    Given,
    /// They have not answered.
    Asked,
}

/// Somebody who must agree.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyConsent)]
struct Consent {
    #[serde(flatten)]
    who: Named,
    state: Answer,
}

/// Some words, and what became of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyRun)]
struct Run {
    op: &'static str,
    text: String,
}

/// The original.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopySource)]
struct Source {
    id: PostId,
    /// `company` or `team:ID`.
    audience: String,
}

/// The post that came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyPost)]
struct Published {
    id: PostId,
    url: Option<String>,
}

/// A file of the copy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopyFile)]
struct File {
    id: MediaId,
    /// `image`, `video` or `audio`.
    #[serde(rename = "type")]
    kind: String,
    url: String,
    preview_url: Option<String>,
    description: String,
}

/// A request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishRequest)]
struct Shown {
    id: PublishRequestId,
    state: CopyState,
    /// How often the text was written: what `If-Match` names.
    version: i64,
    content_hash: String,
    /// The original; nothing where it is gone, or the reader may not read it any more.
    source: Option<Source>,
    /// Who asked for it.
    asked_by: Option<Named>,
    /// As whom it is published.
    actor: Option<Named>,
    body: String,
    format: &'static str,
    content_warning: String,
    sensitive: bool,
    language: Option<String>,
    audience: &'static str,
    media: Vec<MediaId>,
    /// What hangs on it, as those see it who agree.
    files: Vec<File>,
    /// What became of the words of the original. In a list only while the copy waits or is a draft.
    diff: Vec<Run>,
    names_removed: Vec<Named>,
    consents: Vec<Consent>,
    /// Whether whoever reads this is asked, and has not answered.
    asks_you: bool,
    draft: Option<DraftId>,
    post: Option<Published>,
    created_at: String,
    updated_at: String,
}

fn shown(view: CopyView, base_url: &str) -> Shown {
    let CopyView { request, source, asker, speaker, consents, removed, asks_reader, diff, files, post_url } = view;
    let file = |one: Media| File {
        id: one.id,
        url: one.url(base_url),
        preview_url: one.preview_url(base_url),
        kind: one.kind,
        description: one.description,
    };
    let wish = request.wish.0;
    Shown {
        id: request.id,
        state: request.state,
        version: request.version,
        content_hash: request.content_hash,
        source: source.map(|post| Source { id: post.id, audience: post.readers() }),
        asked_by: asker.as_ref().map(named),
        actor: speaker.as_ref().map(named),
        format: if wish.markdown { "markdown" } else { "plain" },
        body: wish.text,
        content_warning: wish.summary,
        sensitive: wish.sensitive,
        language: wish.language,
        audience: wish.audience.as_str(),
        media: wish.media,
        files: files.into_iter().map(file).collect(),
        diff: diff.into_iter().map(|(kept, text)| Run { op: kept.as_str(), text }).collect(),
        names_removed: removed.iter().map(named).collect(),
        consents: consents
            .iter()
            .map(|(who, given)| Consent { who: named(who), state: if *given { Answer::Given } else { Answer::Asked } })
            .collect(),
        asks_you: asks_reader,
        draft: request.draft_id,
        post: request.post_id.map(|id| Published { id, url: post_url }),
        created_at: request.created_at.rfc3339(),
        updated_at: request.updated_at.rfc3339(),
    }
}

async fn read(app: &App, person: Person, id: PublishRequestId) -> Result<Shown> {
    let site = app.site.clone();
    let found = app.db.read(move |conn| {
        let request = copies::get(conn, &person, id)?;
        copies::view(conn, &site, &person, vec![request], copies::Shown::Alone)
    });
    let missing = || Error::not_found("copy.not_found", "There is no such request.");
    found.await?.pop().map(|view| shown(view, &app.site.base_url)).ok_or_else(missing)
}

fn answer(shown: Shown) -> Response {
    versioned(shown.version, shown)
}

async fn done(app: &App, person: Person, outcome: Outcome) -> Result<Response> {
    match outcome {
        Outcome::Done(id) => Ok(answer(read(app, person, id).await?)),
        Outcome::Stale(id) => {
            let told = "There is another text of this copy by now. Look at it, and try again.";
            Ok(problem::with_current(&Error::conflict("copy.stale", told), &read(app, person, id).await?))
        }
    }
}

/// `POST /api/guildhall/v1/posts/{id}/publish-copy`
async fn ask(
    State(app): State<App>,
    me: Session,
    Id(source): Id<PostId>,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let person = person(&me)?;
    let new = NewRequest { source, actor: writing.actor.unwrap_or(person.own), words: writing.words()? };
    let said = (source, new.actor, format!("{:?}", new.words));
    let once = once(&me, &headers, &said)?;
    let site = app.site.clone();
    // Who may not read the original causes no fetch.
    let (own, text) = (person.own, new.words.text.clone().unwrap_or_default());
    let sees = app.db.read(move |conn| {
        let viewer = Viewer::local(conn, own)?;
        Ok(!posts::keep_visible(conn, &viewer, &[source])?.is_empty())
    });
    if sees.await? {
        fetch::mentioned(&app, &text).await?;
    }
    let asked = app.db.write(move |tx| {
        tx.behalf_of(person.account.0);
        drafts::ask_for_copy(tx, &site, &person, &new, once.as_ref())
    });
    Ok(answer(read(&app, person, asked.await?).await?))
}

/// Which requests are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: Option<String>,
}

/// `GET /api/guildhall/v1/publish-requests`: those that one asked for and those about which one is asked, newest first.
async fn list(
    State(app): State<App>,
    me: Session,
    paging: Paging,
    Form(wanted): Form<Wanted>,
) -> Result<(Links, Json<Vec<Shown>>)> {
    me.need("read:statuses")?;
    let person = person(&me)?;
    let state = wanted.state.as_deref().filter(|state| !state.is_empty()).map(str::parse).transpose();
    let state: Option<CopyState> = state.map_err(|told: String| Error::malformed("copy.unknown_state", told))?;
    let (site, page) = (app.site.clone(), paging.page(PAGE));
    let found = app.db.read(move |conn| {
        let found = copies::list(conn, &person, state, &page)?;
        copies::view(conn, &site, &person, found, copies::Shown::InList)
    });
    let found: Vec<Shown> = found.await?.into_iter().map(|view| shown(view, &app.site.base_url)).collect();
    let ids = (found.first().map(|one| one.id.0), found.last().map(|one| one.id.0));
    Ok((paging.links(&app.site.base_url, ids.0, ids.1), Json(found)))
}

/// `GET /api/guildhall/v1/publish-requests/{id}`
async fn one(State(app): State<App>, me: Session, Id(id): Id<PublishRequestId>) -> Result<Response> {
    me.need("read:statuses")?;
    Ok(answer(read(&app, person(&me)?, id).await?))
}

/// `PATCH /api/guildhall/v1/publish-requests/{id}`: another text, for whoever asked.
async fn rewrite(
    State(app): State<App>,
    me: Session,
    Id(id): Id<PublishRequestId>,
    headers: HeaderMap,
    Form(writing): Form<Writing>,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (person, seen, words) = (person(&me)?, must_have_seen(&headers)?, writing.words()?);
    if writing.actor.is_some() {
        let told = "As whom a copy is published stays. Withdraw it, and ask anew.";
        return Err(Error::invalid("copy.actor", told));
    }
    let site = app.site.clone();
    let own = app.db.read(move |conn| copies::get(conn, &person, id)).await?;
    if own.account_id == person.account
        && let Some(text) = &words.text
    {
        fetch::mentioned(&app, text).await?;
    }
    let outcome = app.db.write(move |tx| {
        tx.behalf_of(person.account.0);
        drafts::rewrite_copy(tx, &site, &person, (id, seen), &words)
    });
    let outcome = outcome.await?;
    done(&app, person, outcome).await
}

/// `POST /api/guildhall/v1/publish-requests/{id}/consent`: to the version that one saw.
async fn consent(
    State(app): State<App>,
    me: Session,
    Id(id): Id<PublishRequestId>,
    headers: HeaderMap,
) -> Result<Response> {
    me.need("write:statuses")?;
    let (person, seen, site) = (person(&me)?, must_have_seen(&headers)?, app.site.clone());
    let outcome = app.db.write(move |tx| {
        tx.behalf_of(person.account.0);
        drafts::consent_to_copy(tx, &site, &person, id, seen)
    });
    let outcome = outcome.await?;
    done(&app, person, outcome).await
}

/// `POST /api/guildhall/v1/publish-requests/{id}/decline`
async fn decline(State(app): State<App>, me: Session, Id(id): Id<PublishRequestId>) -> Result<Response> {
    me.need("write:statuses")?;
    let person = person(&me)?;
    let declined = app.db.write(move |tx| {
        tx.behalf_of(person.account.0);
        drafts::decline_copy(tx, &person, id)
    });
    declined.await?;
    done(&app, person, Outcome::Done(id)).await
}

/// `POST /api/guildhall/v1/publish-requests/{id}/withdraw`
async fn withdraw(State(app): State<App>, me: Session, Id(id): Id<PublishRequestId>) -> Result<Response> {
    me.need("write:statuses")?;
    let person = person(&me)?;
    let withdrawn = app.db.write(move |tx| {
        tx.behalf_of(person.account.0);
        drafts::withdraw_copy(tx, &person, id)
    });
    withdrawn.await?;
    done(&app, person, Outcome::Done(id)).await
}
