//! From the words of the index to what is asserted, and why where something is not kept.

use super::{Entry, NOT_JUDGED};

/// What a correct server does with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// It is an actor, and is known afterwards.
    Actor,
    /// It cannot be an actor.
    ActorRefused,
    /// It is fetched and kept as a post.
    Object,
    /// It is fetched, and is no post.
    ObjectRefused,
    /// It looks like a post and is somebody's upload.
    Upload,
    /// It is a key with an address of its own.
    Key,
    /// It is the little of an actor that everybody may read, its key among it.
    KeyStub,
    /// It answers for a handle.
    WebFinger,
    /// It is an answer with its headers.
    Recorded,
    /// It is kept as a post.
    Create,
    /// It names a post that is fetched and kept.
    CreateByUri,
    /// It is a vote: counted in a poll of ours, never shown as a post.
    Vote,
    /// It asks one of ours.
    Follow,
    /// It likes a post of ours.
    Like,
    /// It boosts a post that is fetched.
    Announce,
    /// It boosts a post of which it has a copy that is not believed.
    AnnounceCopy,
    /// A group passes something on.
    Relay,
    /// It ends a post.
    Delete,
    /// It ends its actor.
    DeleteActor,
    /// It says yes to one of ours.
    Accept,
    /// It says no to one of ours.
    Reject,
    /// It takes something back.
    Undo,
    /// It changes a post.
    Update,
    /// It changes its actor.
    UpdateActor,
    /// It blocks one of ours.
    Block,
    /// It reports one of ours to the moderators.
    Flag,
    /// It says where its actor went.
    Move,
    /// It changes nothing, and the sender is told no.
    Refused,
    /// It changes nothing, and that is no fault.
    Ignored,
    /// It is no activity at all: a collection, a fragment, a description of a server.
    NotForUs,
    /// See [`NOT_JUDGED`].
    NotJudged,
}

const COLLECTION: &str = "a collection by itself says nothing: posts and actors are read at their own addresses";
const COMMUNITY: &str = "a word for the moderation of communities, which this server does not have";
const EVENT: &str = "a word for events, groups and offers, which this server does not have";
const APPROVAL: &str =
    "an approval of a quote, boost or like by itself says nothing: those of quotes are read at their own addresses";
const ANSWER: &str = "it answers something that nobody here asked";
const PIN: &str = "only pins on the profile of whoever pins are read";

/// Beginnings of what the index says; the first that fits counts. Where a file is not kept, the reason is beside it.
const RULES: &[(&str, Rule, &str)] = &[
    ("HOSTILE: activity id on one host", Rule::Refused, "the id is on another host than the actor"),
    ("HOSTILE: activity by one host", Rule::Refused, "the activity is on another host than the actor"),
    ("HOSTILE: Announce embedding", Rule::AnnounceCopy, ""),
    ("HOSTILE: EmojiReact", Rule::Ignored, "the reaction is not one emoji"),
    ("HOSTILE: an uploaded media file", Rule::Upload, "an upload that looks like a post"),
    ("HOSTILE: id host", Rule::ObjectRefused, "the author is on another host than the post"),
    ("HOSTILE: WebFinger", Rule::WebFinger, "a host answers for a handle of another host"),
    ("C2S outbox POST body", Rule::Refused, "written for an outbox: it names no actor, or has no id"),
    ("ACTOR without inbox", Rule::ActorRefused, "an actor without an inbox cannot be answered"),
    ("ACTOR", Rule::Actor, ""),
    ("fetched OBJECT: a poll VOTE", Rule::ObjectRefused, "a vote is no post"),
    ("fetched OBJECT: TOMBSTONE", Rule::ObjectRefused, "what was deleted is no post"),
    ("fetched OBJECT", Rule::Object, ""),
    ("a note quoting itself", Rule::Object, ""),
    ("Create with object as URI", Rule::CreateByUri, ""),
    ("Create: a poll VOTE", Rule::Vote, ""),
    ("Create whose actor (a member)", Rule::Ignored, "the actor is not the author"),
    ("Create", Rule::Create, ""),
    ("QuoteAuthorization", Rule::NotForUs, APPROVAL),
    ("AnnounceApproval", Rule::NotForUs, APPROVAL),
    ("LikeAuthorization", Rule::NotForUs, APPROVAL),
    ("Follow", Rule::Follow, ""),
    ("Like", Rule::Like, ""),
    ("EmojiReact", Rule::Like, ""),
    ("Announce of a URI", Rule::Announce, ""),
    ("Announce with embedded object", Rule::AnnounceCopy, ""),
    ("Announce wrapping activity", Rule::Relay, ""),
    ("Delete of the actor", Rule::DeleteActor, ""),
    ("Delete", Rule::Delete, ""),
    ("Accept: only meaningful if it answers a pending request of ours (QuoteRequest)", Rule::Ignored, ANSWER),
    ("Accept: only meaningful if it answers a pending request of ours (Join)", Rule::Ignored, ANSWER),
    ("Accept", Rule::Accept, ""),
    ("Reject", Rule::Reject, ""),
    ("Undo(Lock)", Rule::Ignored, COMMUNITY),
    ("Undo(Delete)", Rule::Ignored, "what was deleted stays deleted"),
    ("Undo", Rule::Undo, ""),
    ("Update of an actor", Rule::UpdateActor, ""),
    ("Update", Rule::Update, ""),
    ("Block", Rule::Block, ""),
    ("Move", Rule::Move, ""),
    ("Flag", Rule::Flag, ""),
    ("Add", Rule::Ignored, PIN),
    ("Remove", Rule::Ignored, PIN),
    ("Lock", Rule::Ignored, COMMUNITY),
    ("Resolve", Rule::Ignored, COMMUNITY),
    ("Warn", Rule::Ignored, COMMUNITY),
    ("Dislike", Rule::Ignored, "there are no down-votes here"),
    ("Invite", Rule::Ignored, EVENT),
    ("Join", Rule::Ignored, EVENT),
    ("Leave", Rule::Ignored, EVENT),
    ("Offer", Rule::Ignored, EVENT),
    ("unknown", Rule::NotForUs, "a kind of thing that this server has no use for"),
    ("custom EMOJI", Rule::NotForUs, "an emoji is read from the posts that use it"),
    ("CONTEXT", Rule::NotForUs, COLLECTION),
    ("COLLECTION", Rule::NotForUs, COLLECTION),
    ("documentation FRAGMENT", Rule::NotForUs, "a piece of a document, as documentation shows it"),
    ("NODEINFO", Rule::NotForUs, "what other servers say of their software is not read"),
    ("KEY document", Rule::Key, ""),
    ("GoToSocial KEY STUB", Rule::KeyStub, ""),
    ("WEBFINGER", Rule::WebFinger, ""),
    ("HTTP/text fixture", Rule::Recorded, ""),
    ("recorded HTTP answer", Rule::Recorded, ""),
];

/// The rule for a file, with the reason why it is not kept where the rule alone says that; a file without a rule fails.
pub fn of(entry: &Entry) -> (Rule, &'static str) {
    if NOT_JUDGED.iter().any(|(name, _)| *name == entry.name) {
        return (Rule::NotJudged, "");
    }
    if entry.document["actor"].is_string() && entry.document["type"] == "Create" && entry.document["object"].is_null() {
        // The rest of it is in another file; as it stands it names nothing.
        return (Rule::Refused, "it names nothing that was created");
    }
    if entry.document["object"]
        .as_array()
        .is_some_and(|all| all.iter().all(|one| one["name"].is_string() && one["content"].is_null()))
    {
        return (Rule::Vote, "");
    }
    if entry.says("attributedTo host differs from id host: REJECT") {
        return (Rule::ObjectRefused, "the author is on another host than the post");
    }
    let rule = RULES.iter().find(|(beginning, ..)| entry.expect.starts_with(beginning));
    match rule {
        // Answers to other questions than a follow are none of ours.
        Some((_, Rule::Accept | Rule::Reject, _)) if !answers_a_follow(entry) => (Rule::Ignored, ANSWER),
        Some((_, rule, reason)) => (*rule, reason),
        None => panic!("no rule for “{}”", entry.expect),
    }
}

fn answers_a_follow(entry: &Entry) -> bool {
    let object = &entry.document["object"];
    object.is_string() || object["type"] == "Follow"
}
