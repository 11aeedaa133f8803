//! A body that a client posted, taken apart; nothing is looked up yet.

use serde_json::Value;

use crate::{
    domain::actors::Actor,
    error::{Error, Result},
    federation::incoming::values::{id, id_of, kind, list},
    text::replace_nul,
};

/// The types that a client may say.
const KNOWN: &str = "Create, Update, Delete, Follow, Like, Announce, Undo, Block, Add, Remove, and the bare Note, Article, Page and Question";

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Create,
    Update,
    Delete,
    Follow,
    Like,
    Announce,
    Undo,
    Block,
    Add,
    Remove,
}

impl Verb {
    fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "Create" => Self::Create,
            "Update" => Self::Update,
            "Delete" => Self::Delete,
            "Follow" => Self::Follow,
            "Like" => Self::Like,
            "Announce" => Self::Announce,
            "Undo" => Self::Undo,
            "Block" => Self::Block,
            "Add" => Self::Add,
            "Remove" => Self::Remove,
            _ => return None,
        })
    }

    /// The scope that a token needs; what is undone has the scope of what was done.
    pub(super) const fn scope(self) -> Option<&'static str> {
        Some(match self {
            Self::Create | Self::Update | Self::Delete | Self::Announce => "write:statuses",
            Self::Like => "write:favourites",
            Self::Follow => "write:follows",
            Self::Block => "write:blocks",
            // As Mastodon has it for pinned posts.
            Self::Add | Self::Remove => "write:accounts",
            Self::Undo => return None,
        })
    }
}

/// Whether we publish objects of this type.
pub(super) fn is_written_here(kind: &str) -> bool {
    matches!(kind, "Note" | "Article" | "Page" | "Question")
}

/// What a client said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What is done.
    pub verb: Verb,
    /// The activity, where there is one.
    activity: Option<Value>,
    /// What it is done to: an id, or the whole thing.
    object: Value,
}

/// Reads an activity, or an object that stands for its own Create (section 6.2.1).
pub fn read(mut document: Value) -> Result<Said> {
    if !document.is_object() {
        return Err(Error::malformed("activity.form", "Send one JSON object: an activity or a post."));
    }
    replace_nul(&mut document);
    let kind = kind(&document, |kind| Verb::of(kind).is_some() || is_written_here(kind));
    if is_written_here(kind) {
        return Ok(Said { verb: Verb::Create, activity: None, object: document });
    }
    let Some(verb) = Verb::of(kind) else {
        let what = if kind.is_empty() { "What has no type".to_owned() } else { format!("“{}”", shortened(kind)) };
        return Err(Error::invalid(
            "activity.not_served",
            format!("{what} cannot be posted here. Known types: {KNOWN}."),
        ));
    };
    let objects = list(&document, "object");
    let object = match objects.as_slice() {
        [one] => (*one).clone(),
        [] => return Err(Error::malformed("activity.object", "The activity has no object.")),
        _ => return Err(Error::invalid("activity.object", "An activity has one object here. Send one for each.")),
    };
    Ok(Said { verb, activity: Some(document), object })
}

/// What is quoted back to a client is short.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

impl Said {
    /// What it is done to.
    pub(super) fn object(&self) -> &Value {
        &self.object
    }

    /// The activity and the object, as far as they are there whole: both say for whom.
    pub(super) fn layers(&self) -> Vec<&Value> {
        self.activity.iter().chain(Some(&self.object).filter(|object| object.is_object())).collect()
    }

    /// The activity alone.
    pub(super) fn activity(&self) -> Vec<&Value> {
        self.activity.iter().collect()
    }

    /// The id of the object.
    pub(super) fn object_id(&self) -> Result<&str> {
        id_of(&self.object)
            .ok_or_else(|| Error::invalid("activity.object", "Name the object by its id, at most 2,048 bytes long."))
    }

    /// What it is added to or removed from.
    pub(super) fn target(&self) -> Option<&str> {
        self.activity.as_ref().and_then(|activity| id(activity, "target"))
    }

    /// Refuses what says that somebody else did it, or wrote it.
    pub(super) fn check_speaker(&self, me: &Actor) -> Result<()> {
        // What is liked, shared or followed is somebody else's and may be embedded whole.
        let theirs = matches!(self.verb, Verb::Like | Verb::Announce | Verb::Follow | Verb::Block);
        let layers = if theirs { self.activity() } else { self.layers() };
        for layer in layers {
            for member in ["actor", "attributedTo"] {
                let strange = |value: &&Value| id_of(value) != Some(me.uri.as_str());
                if list(layer, member).iter().any(strange) {
                    return Err(Error::forbidden(
                        "activity.actor",
                        format!("This is the outbox of {}: nobody else can act or write through it.", me.uri),
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The id inside an activity that was embedded.
pub(super) fn inner_id(object: &Value) -> Option<&str> {
    id(object, "object")
}
