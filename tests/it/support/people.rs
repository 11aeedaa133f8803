//! People on other servers.

use guildhall::{
    domain::actors::{ActorKind, Collections, Handle, RemoteActor, RemoteKey},
    net::SigningKey,
};

/// Somebody on another server, as their document says; reached at its shared inbox.
pub fn remote(name: &str, host: &str, key: Option<&SigningKey>) -> RemoteActor {
    let uri = format!("https://{host}/users/{name}");
    let key = key.map(|key| {
        let public = key.public_key().unwrap();
        RemoteKey {
            uri: format!("{uri}#main-key"),
            algorithm: public.algorithm().to_owned(),
            public_key: public.to_bytes(),
        }
    });
    RemoteActor {
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("https://{host}/inbox")),
        followers_uri: Some(format!("{uri}/followers")),
        uri,
        kind: ActorKind::Person,
        username: name.to_owned(),
        host: host.to_owned(),
        url: None,
        name: String::new(),
        summary: String::new(),
        icon: None,
        header: None,
        fields: Vec::new(),
        collections: Collections::default(),
        locked: false,
        discoverable: true,
        indexable: true,
        bot: false,
        also_known_as: Vec::new(),
        moved_to: None,
        emojis: Vec::new(),
        attribution_domains: Vec::new(),
        published_at: None,
        keys: key.into_iter().collect(),
        handle: Handle::Unclaimed,
    }
}
