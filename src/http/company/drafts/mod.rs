//! `/api/guildhall/v1/drafts`: what is written for brands before it is a post, and what colleagues say of it.
//!
//! A draft carries its version as `ETag`. Whoever saves or approves says in `If-Match` which one they saw, and gets 409
//! with the present one where somebody else saved meanwhile.

mod act;
mod form;
mod show;
mod shown;
mod write;

use axum::{
    Router,
    routing::{get, post},
};

use form::Writing;
use shown::Shown;
pub(super) use shown::{Names, Somebody};

use super::openapi::{self, Operation};
use crate::{
    app::App,
    domain::{ActorId, accounts::APPROVE, drafts::DraftState},
    http::extract::Paths,
};

/// The routes of this part.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/actors/{id}/drafts", post(write::create))
        .at("/api/guildhall/v1/drafts", get(show::list))
        .at("/api/guildhall/v1/drafts/waiting", get(show::waiting))
        .at("/api/guildhall/v1/drafts/{id}", get(show::one).patch(write::save).delete(write::discard))
        .at("/api/guildhall/v1/drafts/{id}/history", get(show::history))
        .at("/api/guildhall/v1/drafts/{id}/seen", post(show::seen))
        .at("/api/guildhall/v1/drafts/{id}/presence", post(write::presence).delete(write::absence))
        .at("/api/guildhall/v1/drafts/{id}/submit", post(act::submit))
        .at("/api/guildhall/v1/drafts/{id}/approve", post(act::approve))
        .at("/api/guildhall/v1/drafts/{id}/request-changes", post(act::request_changes))
        .at("/api/guildhall/v1/drafts/{id}/schedule", post(act::schedule).delete(act::unschedule))
        .at("/api/guildhall/v1/drafts/{id}/publish", post(act::publish))
        .at("/api/guildhall/v1/drafts/{id}/override", post(act::publish_anyway))
}

/// Something that is done with a draft, once for each key, and not where somebody saved another version.
fn done(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    let done = openapi::post(path, id, summary).once().of_version::<Shown>("draft.stale", false);
    done.answers::<Shown>().versioned()
}

/// Whatever looks whether a draft could be published as it is refuses with these.
const PUBLISHABLE: &[&str] = &[
    "403 post.audience",
    "403 post.team",
    "422 media.working",
    "422 post.audience",
    "422 post.team",
    "exposure.listen",
    "exposure.reply",
    "media.failed",
    "media.mixed",
    "media.unknown",
    "poll.choice_too_long",
    "poll.choices",
    "poll.time",
    "post.empty",
    "post.internal_mention",
    "post.language",
    "post.not_found",
    "post.quote",
    "post.too_long",
    "post.too_many",
    "reply.internal",
    "role.right",
];

/// Whatever takes the content of a draft refuses with these.
const WRITTEN: &[&str] = &[
    "422 post.audience",
    "422 post.team",
    "draft.edit",
    "draft.format",
    "draft.post",
    "draft.reply_owner",
    "draft.warning",
    "exposure.listen",
    "exposure.reply",
    "media.count",
    "media.unknown",
    "poll.choice_too_long",
    "poll.choices",
    "post.also_internal",
    "post.language",
    "post.not_found",
    "post.reason",
    "post.review_at",
    "post.too_long",
    "role.right",
];

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::post("/actors/{id}/drafts", "createDraft", "Begins a draft for a brand.")
            .refuses(WRITTEN)
            .refuses(&["brand.not_found", "draft.edits", "draft.limit", "post.copy"])
            .tells("With `of_post` it changes that post of the brand.")
            .needs("write:statuses")
            .for_drafters()
            .takes::<Writing>()
            .once()
            .answers::<Shown>()
            .versioned(),
        openapi::get(
            "/drafts",
            "listDrafts",
            "Lists the drafts of every brand whose drafts one may read, newest first.",
        )
        .refuses(&["draft.range", "draft.unknown_state"])
        .needs("read:statuses")
        .for_drafters()
        .query::<DraftState>("state", "Only those in this state.")
        .query::<ActorId>("actor", "Only those of this brand.")
        .query::<String>("due_from", "Only those that wait for a time which is not before this one, in RFC 3339.")
        .query::<String>("due_until", "Only those that wait for a time which is before this one, in RFC 3339.")
        .paged(show::PAGE)
        .answers_list::<Shown>(),
        openapi::get("/drafts/waiting", "countWaitingDrafts", "Tells how many drafts wait for oneself.")
            .tells(
                "Drafts that one may approve, and drafts of one's own that were given back or held and not seen since; and \
                 copies of internal posts to which one is asked to agree.",
            )
            .needs("read:statuses")
            .answers::<show::Waiting>(),
        openapi::post("/drafts/{id}/seen", "seeDraft", "Says that one has seen how it stands with a draft.")
            .refuses(&["draft.not_found"])
            .tells("It waits for oneself no longer, on every device.")
            .needs("write:notifications")
            .answers_nothing(),
        openapi::get("/drafts/{id}", "showDraft", "Shows one draft.")
            .refuses(&["draft.not_found"])
            .needs("read:statuses")
            .for_drafters()
            .answers::<Shown>()
            .versioned(),
        openapi::patch("/drafts/{id}", "saveDraft", "Saves what somebody wrote.")
            .refuses(WRITTEN)
            .refuses(&["draft.consent", "draft.not_found", "draft.state"])
            .tells("What is left out stays; what is given empty goes. Where somebody saved another version meanwhile, `merged` is both texts as one.")
            .needs("write:statuses")
            .for_drafters()
            .takes::<Writing>()
            .of_version::<Shown>("draft.stale", true)
            .merged::<show::Merged>()
            .answers::<Shown>()
            .versioned(),
        openapi::delete("/drafts/{id}", "discardDraft", "Throws a draft away.")
            .refuses(&["draft.not_found", "draft.state", "role.right"])
            .needs("write:statuses")
            .for_drafters()
            .of_version::<Shown>("draft.stale", false)
            .answers::<Shown>()
            .versioned(),
        openapi::get(
            "/drafts/{id}/history",
            "listDraftVersions",
            "Lists every text that a draft had, the oldest first.",
        )
        .refuses(&["draft.not_found"])
        .needs("read:statuses")
        .for_drafters()
        .answers_list::<show::Past>(),
        openapi::post("/drafts/{id}/presence", "notePresence", "Says that one has a draft open for writing.")
            .refuses(&["draft.not_found", "draft.state", "role.right"])
            .needs("write:statuses")
            .for_drafters()
            .answers::<Shown>()
            .versioned(),
        openapi::delete("/drafts/{id}/presence", "endPresence", "Says that one has a draft open for writing no longer.")
            .refuses(&["draft.not_found"])
            .tells("Without it whoever says nothing more counts as writing for a while.")
            .needs("write:statuses")
            .for_drafters()
            .answers_nothing(),
        done("/drafts/{id}/submit", "submitDraft", "Hands a draft in for review.")
            .refuses(PUBLISHABLE)
            .refuses(&["draft.not_found", "draft.state"])
            .needs("write:statuses")
            .for_drafters(),
        openapi::post("/drafts/{id}/approve", "approveDraft", "Says yes to the version that one saw.")
            .refuses(PUBLISHABLE)
            .refuses(&["draft.certificate", "draft.comment", "draft.not_found", "draft.own", "draft.state"])
            .needs(APPROVE)
            .takes::<act::Comment>()
            .once()
            .of_version::<Shown>("draft.stale", true)
            .answers::<Shown>()
            .versioned(),
        done(
            "/drafts/{id}/request-changes",
            "requestDraftChanges",
            "Gives a draft back, with what is to be different.",
        )
        .refuses(&["draft.comment", "draft.not_found", "draft.own", "draft.state", "role.right"])
        .needs("write:statuses")
        .takes::<act::Comment>(),
        done("/drafts/{id}/schedule", "scheduleDraft", "Says when a draft is published.")
            .refuses(PUBLISHABLE)
            .refuses(&[
                "crisis.on",
                "draft.approvals_missing",
                "draft.consent",
                "draft.not_found",
                "draft.objection",
                "draft.rights",
                "draft.state",
                "draft.time",
                "draft.time_approvals",
                "draft.time_certificates",
                "draft.time_over",
            ])
            .needs("write:statuses")
            .takes::<act::Moment>(),
        openapi::delete("/drafts/{id}/schedule", "unscheduleDraft", "Takes the time of a draft back.")
            .refuses(&["draft.not_found", "draft.state", "role.right"])
            .tells("It is approved as before, and waits for whoever publishes it or gives it another time.")
            .needs("write:statuses")
            .once()
            .of_version::<Shown>("draft.stale", false)
            .answers::<Shown>()
            .versioned(),
        done("/drafts/{id}/publish", "publishDraft", "Publishes a draft now.")
            .refuses(PUBLISHABLE)
            .refuses(&[
                "draft.approvals_missing",
                "draft.certificate",
                "draft.consent",
                "draft.not_found",
                "draft.objection",
                "draft.state",
            ])
            .needs("write:statuses"),
        done(
            "/drafts/{id}/override",
            "overrideDraft",
            "Publishes a draft in spite of missing approvals, with a reason.",
        )
        .refuses(PUBLISHABLE)
        .refuses(&["draft.no_second_manager", "draft.not_found", "draft.reason", "draft.state"])
        .tells("A second manager or owner is told, and it stands in the audit log.")
        .needs(APPROVE)
        .takes::<act::Reason>(),
    ]
}
