//! Everyone who can act, here or elsewhere: brands, people, spaces, servers.

mod attribution;
mod claims;
mod habits;
mod handles;
mod keys;
mod local;
mod pictures;
mod prune;
mod queries;
mod remote;
mod wording;

use diesel::{dsl, prelude::*};
use serde::{Deserialize, Serialize};

pub use attribution::{
    ATTRIBUTION_DOMAINS, attributed_among, attribution_domains, forget_attribution_of, read_attribution_domains,
};
pub use claims::is_key_of;
pub use habits::{HabitChange, Habits, UsualQuoters, forget_habits_of, habits, habits_of, set_habits};
pub use handles::{Handle, holds_handle};
pub use keys::{
    ActorKey, SealedKey, add_spare_key, count_spare_keys, key_by_uri, keys_of, list_keyless, store_local_keys,
    take_spare_key,
};
pub use local::{
    NAME_LENGTH, NewLocal, Profile, check_username, create_local, delete, edit_profile, keep_unlisted,
    looks_like_the_house, mark_field_verified, refuse_taken, set_suspended,
};
pub use pictures::{emojis_of, own_emojis_of};
pub use prune::prune_strangers;
pub use queries::{
    DirectoryOrder, Seeker, count_local, directory, find, find_by_address, find_by_handle, find_by_uri, find_by_uris,
    find_local, get, get_many, instance_actor, list_brands, list_indexable, list_local, list_local_ids,
    search_by_handle,
};
pub use remote::{RemoteActor, RemoteKey, Stored, forget_remote, upsert_remote, upsert_unsettled};
pub use wording::{FIELD_LENGTH, FIELDS, NOTE_LENGTH, Typed};

use super::{ActorId, Site};
use crate::db::{
    Json, Timestamp,
    schema::{actors, limited_actors},
};

crate::text_enum! {
    /// The ActivityPub type of an actor.
    ActorKind {
        /// A human being.
        Person = "Person",
        /// A brand, a company.
        Organization = "Organization",
        /// A product space that people post in.
        Group = "Group",
        /// A server.
        Application = "Application",
        /// A bot.
        Service = "Service",
    }
}

impl ActorKind {
    /// Whether people can be given the right to speak for it. A person speaks for themselves, a server for nobody.
    pub const fn has_speakers(self) -> bool {
        matches!(self, Self::Organization)
    }
}

/// One line of the table on a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is, plain text.
    pub name: String,
    /// What it says, HTML.
    pub value: String,
    /// When the page it links to was seen to link back with rel=me.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

/// Where an actor's collections are, when it has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collections {
    /// What it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox: Option<String>,
    /// Whom it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub following: Option<String>,
    /// Pinned posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub featured: Option<String>,
    /// One of our own shows nobody whom it follows, and who follows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// An actor as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = actors)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Actor {
    pub id: ActorId,
    pub kind: ActorKind,
    pub username: String,
    /// Empty for our own.
    pub host: String,
    pub uri: String,
    pub url: Option<String>,
    pub name: String,
    /// HTML, clean.
    pub summary: String,
    /// What one of our own typed.
    pub summary_source: String,
    pub icon: Option<String>,
    pub header: Option<String>,
    pub fields: Json<Vec<Field>>,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub followers_uri: Option<String>,
    pub collections: Json<Collections>,
    /// Followers wait for an answer.
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub bot: bool,
    pub also_known_as: Json<Vec<String>>,
    pub moved_to: Option<String>,
    pub followers_count: i64,
    pub following_count: i64,
    pub posts_count: i64,
    pub last_post_at: Option<Timestamp>,
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
    pub fetched_at: Option<Timestamp>,
    pub suspended_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// Only those find the actor who follow it: a moderator limits it, or all of its server.
    #[diesel(select_expression = dsl::exists(limited_actors::table.find(actors::id)))]
    #[diesel(select_expression_type = dsl::exists<dsl::Find<limited_actors::table, actors::id>>)]
    pub limited: bool,
}

impl Actor {
    /// Whether the actor lives on our own server.
    pub fn is_local(&self) -> bool {
        self.host.is_empty()
    }

    /// Whether the actor may act and be shown.
    pub fn is_active(&self) -> bool {
        self.suspended_at.is_none() && self.deleted_at.is_none()
    }

    /// Whether whom it follows, and who follows it, is shown to others.
    pub fn shows_people(&self) -> bool {
        !self.collections.0.hidden
    }

    /// Whether search engines may list what it says.
    pub fn may_be_indexed(&self) -> bool {
        self.indexable && !self.limited
    }

    /// `user` for our own, `user@host` for others: Mastodon's `acct`.
    pub fn acct(&self) -> String {
        if self.is_local() { self.username.clone() } else { format!("{}@{}", self.username, self.host) }
    }

    /// `user@host` for everyone.
    pub fn handle(&self, site: &Site) -> String {
        format!("{}@{}", self.username, if self.is_local() { &site.domain } else { &self.host })
    }

    /// The page for people.
    pub fn page(&self) -> &str {
        self.url.as_deref().unwrap_or(&self.uri)
    }

    /// The inbox that deliveries for this actor go to when the sender has a choice.
    pub fn best_inbox(&self) -> &str {
        self.shared_inbox.as_deref().unwrap_or(&self.inbox)
    }

    /// What to call the actor: its name, or its username where it has none.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { &self.username } else { &self.name }
    }
}
