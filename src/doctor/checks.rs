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
    /// What is checked: its subject, which fits whatever was found.
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
    Around    "settings"         "The settings"                             machine::settings;
    Around    "federation"       "Talking with other servers"               door::federation;
    Around    "addresses"        "The addresses in DNS"                     door::addresses;
    Around    "certificate"      "The certificate"                          door::certificate;
    OpensDoor "front_door"       "The public address"                       door::front_door;
    OpenDoor  "https_redirect"   "The way from http to https"               door::https_redirect;
    SecretKey "requests_intact"  "Requests behind the proxy"                proxy::requests_intact;
    SecretKey "signed_cavage"    "Signatures of the usual kind"             proxy::signed_cavage;
    SecretKey "signed_rfc9421"   "Signatures of the newer kind (RFC 9421)"  proxy::signed_rfc9421;
    SecretKey "signed_get"       "Signed GET"                               proxy::signed_get;
    SecretKey "large_bodies"     "Activities of 1 MiB"                      proxy::large_bodies;
    SecretKey "visitors"         "Visitors behind the proxy"                visitors::visitors;
    OpenDoor  "shared_inbox"     "The inboxes"                              proxy::inboxes;
    OpenDoor  "negotiation"      "Documents for servers, pages for people"  proxy::negotiation;
    OpenDoor  "webfinger"        "The way from the handle to the actor"     discovery::webfinger;
    OpenDoor  "webfinger_back"   "The way from the actor to the handle"     discovery::webfinger_back;
    OpenDoor  "split_domain"     "The domain of the handles"                discovery::split_domain;
    OpenDoor  "host_meta"        "host-meta"                                discovery::host_meta;
    OpenDoor  "nodeinfo"         "NodeInfo"                                 discovery::nodeinfo;
    OpenDoor  "server_actor"     "The server's own actor"                   discovery::server_actor;
    OpenDoor  "mastodon"         "The actor for Mastodon"                   peers::mastodon;
    OpenDoor  "misskey"          "The actor for Misskey"                    peers::misskey;
    OpenDoor  "lemmy"            "The actor for Lemmy"                      peers::lemmy;
    OpenDoor  "gotosocial"       "The keys for GoToSocial"                  peers::gotosocial;
    OpenDoor  "nodebb"           "The actor for NodeBB"                     peers::nodebb;
    OpenDoor  "proofs"           "The key of proofs"                        peers::proofs;
    OpenDoor  "collections"      "The numbers of followers and posts"       peers::collections;
    OpenDoor  "newest_post"      "The newest post"                          peers::newest_post;
    OpenDoor  "indexable"        "The company in search engines"            readers::indexable;
    OpenDoor  "profiles_listed"  "Who may be listed by search engines"      engines::profiles_listed;
    OpenDoor  "robots"           "robots.txt"                               engines::robots;
    OpenDoor  "sitemap"          "The sitemap"                              engines::sitemap;
    OpenDoor  "feeds"            "The feed"                                 engines::feeds;
    OpenDoor  "rel_me_shown"     "Links to other pages of the company"      engines::rel_me_shown;
    Nothing   "rel_me"           "Proofs for links of profiles"             readers::rel_me;
    Nothing   "clock"            "The clock"                                machine::clock;
    Around    "disk"             "Room on the disk"                         machine::disk;
    Around    "data_folder"      "The data folder"                          machine::data_folder;
    Nothing   "secret_key"       "The secret key"                           machine::secret_key;
    Nothing   "films"            "Reading films"                            machine::films;
    Nothing   "email"            "Sending e-mail"                           machine::email;
    Nothing   "database"         "The database"                             records::database;
    Nothing   "backup"           "The last backup"                          records::backup;
    Nothing   "jobs"             "Work that waits"                          records::jobs;
    Nothing   "deliveries"       "What is owed to other servers"            records::deliveries;
    Nothing   "delivery_room"    "Room for what is to be sent"              records::delivery_room;
    Nothing   "given_up"         "Deliveries that were given up"            records::deliveries_given_up;
    Nothing   "servers"          "The way to other servers"                 records::servers;
    Nothing   "blocks"           "Refused servers"                          records::blocks;
}
