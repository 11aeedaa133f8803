//! From the words of the index to what is asserted.

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
    /// It is a vote, never shown as a post.
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

/// Beginnings of what the index says; the first that fits counts.
const RULES: &[(&str, Rule)] = &[
    ("HOSTILE: activity id on one host", Rule::Refused),
    ("HOSTILE: activity by one host", Rule::Refused),
    ("HOSTILE: Announce embedding", Rule::AnnounceCopy),
    ("HOSTILE: EmojiReact", Rule::Ignored),
    ("HOSTILE: an uploaded media file", Rule::Upload),
    ("HOSTILE: id host", Rule::ObjectRefused),
    ("HOSTILE: WebFinger", Rule::WebFinger),
    ("C2S outbox POST body", Rule::Refused),
    ("ACTOR without inbox", Rule::ActorRefused),
    ("ACTOR", Rule::Actor),
    ("fetched OBJECT: a poll VOTE", Rule::ObjectRefused),
    ("fetched OBJECT: TOMBSTONE", Rule::ObjectRefused),
    ("fetched OBJECT", Rule::Object),
    ("a note quoting itself", Rule::Object),
    ("Create with object as URI", Rule::CreateByUri),
    ("Create: a poll VOTE", Rule::Vote),
    ("Create whose actor (a member)", Rule::Ignored),
    ("Create", Rule::Create),
    ("Follow", Rule::Follow),
    ("Like", Rule::Like),
    ("EmojiReact", Rule::Like),
    ("Announce of a URI", Rule::Announce),
    ("Announce with embedded object", Rule::AnnounceCopy),
    ("Announce wrapping activity", Rule::Relay),
    ("Delete of the actor", Rule::DeleteActor),
    ("Delete", Rule::Delete),
    ("Accept: only meaningful if it answers a pending request of ours (QuoteRequest)", Rule::Ignored),
    ("Accept: only meaningful if it answers a pending request of ours (Join)", Rule::Ignored),
    ("Accept", Rule::Accept),
    ("Reject", Rule::Reject),
    ("Undo(Lock)", Rule::Ignored),
    ("Undo(Delete)", Rule::Ignored),
    ("Undo", Rule::Undo),
    ("Update of an actor", Rule::UpdateActor),
    ("Update", Rule::Update),
    ("Block", Rule::Block),
    ("Move", Rule::Move),
    // What a later part of the server will do; until then it does no harm.
    ("Flag", Rule::Ignored),
    ("Add", Rule::Ignored),
    ("Remove", Rule::Ignored),
    ("Lock", Rule::Ignored),
    ("Resolve", Rule::Ignored),
    ("Warn", Rule::Ignored),
    ("Dislike", Rule::Ignored),
    ("Invite", Rule::Ignored),
    ("Join", Rule::Ignored),
    ("Leave", Rule::Ignored),
    ("Offer", Rule::Ignored),
    ("unknown", Rule::NotForUs),
    ("QuoteAuthorization", Rule::NotForUs),
    ("AnnounceApproval", Rule::NotForUs),
    ("LikeAuthorization", Rule::NotForUs),
    ("custom EMOJI", Rule::NotForUs),
    ("CONTEXT", Rule::NotForUs),
    ("COLLECTION", Rule::NotForUs),
    ("documentation FRAGMENT", Rule::NotForUs),
    ("NODEINFO", Rule::NotForUs),
    ("KEY document", Rule::Key),
    ("GoToSocial KEY STUB", Rule::KeyStub),
    ("WEBFINGER", Rule::WebFinger),
    ("HTTP/text fixture", Rule::Recorded),
    ("recorded HTTP answer", Rule::Recorded),
];

/// The rule for a file; a file without one fails.
pub fn of(entry: &Entry) -> Rule {
    if NOT_JUDGED.iter().any(|(name, _)| *name == entry.name) {
        return Rule::NotJudged;
    }
    if entry.document["actor"].is_string() && entry.document["type"] == "Create" && entry.document["object"].is_null() {
        // The rest of it is in another file; as it stands it names nothing.
        return Rule::Refused;
    }
    if entry.document["object"]
        .as_array()
        .is_some_and(|all| all.iter().all(|one| one["name"].is_string() && one["content"].is_null()))
    {
        return Rule::Vote;
    }
    if entry.says("attributedTo host differs from id host: REJECT") {
        return Rule::ObjectRefused;
    }
    let rule = RULES.iter().find(|(beginning, _)| entry.expect.starts_with(beginning));
    match rule {
        // Answers to other questions than a follow are none of ours.
        Some((_, Rule::Accept | Rule::Reject)) if !answers_a_follow(entry) => Rule::Ignored,
        Some((_, rule)) => *rule,
        None => panic!("no rule for “{}”", entry.expect),
    }
}

fn answers_a_follow(entry: &Entry) -> bool {
    let object = &entry.document["object"];
    object.is_string() || object["type"] == "Follow"
}
