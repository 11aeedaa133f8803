//! The table of everything that is checked, in order.

use futures_util::future::BoxFuture;

use super::{
    Judged, Visit, discovery, door, engines, machine, peers, proxy, readers, records, surroundings::Surroundings,
    visitors,
};

/// Something that is checked.
pub struct Check {
    /// The stable name.
    pub id: &'static str,
    /// What is checked, as a sentence that should be true.
    pub name: &'static str,
    pub(super) needs: Needs,
    pub(super) run: Run,
}

/// What is asked.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// The machine and the network: also when the database does not answer.
    Around(fn(&Surroundings) -> BoxFuture<'_, Judged>),
    /// The company.
    Company(fn(&Visit) -> BoxFuture<'_, Judged>),
}

/// What must work for a check to make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing else, and not even the database.
    Around,
    /// Nothing else.
    Nothing,
    /// Nothing else; when it fails, nobody can be asked through the front door.
    OpensDoor,
    /// An answer from this instance at the base URL.
    OpenDoor,
    /// The same, and the secret key, because something is signed.
    SecretKey,
}

macro_rules! checks {
    ($($needs:ident $id:literal $name:literal $run:path;)*) => {
        /// Everything that is checked.
        pub const CHECKS: &[Check] = &[$(
            Check { id: $id, name: $name, needs: Needs::$needs, run: run!($needs $run) },
        )*];
    };
}

macro_rules! run {
    (Around $run:path) => {
        Run::Around(|around| Box::pin($run(around)))
    };
    ($needs:ident $run:path) => {
        Run::Company(|visit| Box::pin($run(visit)))
    };
}

checks! {
    Around    "settings"         "The settings are for daily use"                            machine::settings;
    Around    "federation"       "This instance talks with other servers"                    door::federation;
    Around    "addresses"        "Every address in DNS leads to a server"                    door::addresses;
    Around    "certificate"      "The certificate is good"                                   door::certificate;
    OpensDoor "front_door"       "The base URL is answered by this instance"                 door::front_door;
    OpenDoor  "https_redirect"   "Plain http leads to https"                                 door::https_redirect;
    SecretKey "requests_intact"  "Requests arrive as they were sent"                         proxy::requests_intact;
    SecretKey "signed_cavage"    "A signature of the usual kind is accepted"                 proxy::signed_cavage;
    SecretKey "signed_rfc9421"   "A signature of the newer kind (RFC 9421) is accepted"      proxy::signed_rfc9421;
    SecretKey "signed_get"       "A signed GET is accepted"                                  proxy::signed_get;
    SecretKey "large_bodies"     "An activity of 1 MiB may come in"                          proxy::large_bodies;
    SecretKey "visitors"         "Visitors are told apart behind the proxy"                  visitors::visitors;
    OpenDoor  "shared_inbox"     "The inboxes answer"                                        proxy::inboxes;
    OpenDoor  "negotiation"      "Servers get documents and people get pages"                proxy::negotiation;
    OpenDoor  "webfinger"        "The handle leads to the actor"                             discovery::webfinger;
    OpenDoor  "webfinger_back"   "The actor leads back to the handle"                        discovery::webfinger_back;
    OpenDoor  "split_domain"     "The domain of the handles sends questions on to the server" discovery::split_domain;
    OpenDoor  "host_meta"        "host-meta says where handles are asked for"                discovery::host_meta;
    OpenDoor  "nodeinfo"         "NodeInfo says what runs here"                              discovery::nodeinfo;
    OpenDoor  "server_actor"     "The server's own actor can be read by everybody"           discovery::server_actor;
    OpenDoor  "mastodon"         "The actor is what Mastodon needs"                          peers::mastodon;
    OpenDoor  "misskey"          "The actor is what Misskey needs"                           peers::misskey;
    OpenDoor  "lemmy"            "The actor is what Lemmy needs"                             peers::lemmy;
    OpenDoor  "gotosocial"       "The keys are where GoToSocial looks for them"              peers::gotosocial;
    OpenDoor  "nodebb"           "The actor is what NodeBB needs"                            peers::nodebb;
    OpenDoor  "proofs"           "The key of proofs is published"                            peers::proofs;
    OpenDoor  "collections"      "Followers and posts can be counted"                        peers::collections;
    OpenDoor  "newest_post"      "The newest post can be fetched"                            peers::newest_post;
    OpenDoor  "indexable"        "Search engines may show the company"                       readers::indexable;
    OpenDoor  "profiles_listed"  "Pages say who may be listed by search engines"             engines::profiles_listed;
    OpenDoor  "robots"           "robots.txt lets search engines in"                         engines::robots;
    OpenDoor  "sitemap"          "The sitemap can be read"                                   engines::sitemap;
    OpenDoor  "feeds"            "The feed is named by its page and can be read"             engines::feeds;
    OpenDoor  "rel_me_shown"     "Pages say which others are of the same company"            engines::rel_me_shown;
    Nothing   "rel_me"           "Links of profiles are proved"                              readers::rel_me;
    Nothing   "clock"            "The clock is right"                                        machine::clock;
    Around    "disk"             "There is room on the disk"                                 machine::disk;
    Around    "data_folder"      "The data folder is ours alone"                             machine::data_folder;
    Nothing   "secret_key"       "The secret key opens the keys in the database"             machine::secret_key;
    Nothing   "films"            "Films can be read"                                         machine::films;
    Nothing   "email"            "E-mail can be sent"                                        machine::email;
    Nothing   "database"         "The database is sound"                                     records::database;
    Nothing   "backup"           "There is a recent backup"                                  records::backup;
    Nothing   "jobs"             "Work is done in time"                                      records::jobs;
    Nothing   "deliveries"       "What is owed to other servers is sent"                     records::deliveries;
    Nothing   "delivery_room"    "There is room for what is to be sent"                      records::delivery_room;
    Nothing   "given_up"         "No delivery was given up of late"                          records::deliveries_given_up;
    Nothing   "servers"          "Other servers can be reached"                              records::servers;
    Nothing   "blocks"           "We do not refuse ourselves"                                records::blocks;
}
