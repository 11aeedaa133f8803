//! For whom something is: `to`, `cc`, `audience`, `bto` and `bcc` become one of our audiences, or are refused.

use serde_json::Value;

use super::{find, said::shortened};
use crate::{
    app::App,
    domain::{
        ActorId,
        posts::{self, Addressees, Audience},
    },
    error::{Error, Kind, Result},
    federation::{
        fetch::Budget,
        incoming::values::{id_of, is_public, list},
    },
};

/// For whom something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addressed {
    /// The audience that the addresses amount to.
    pub audience: Audience,
    /// Ids of those who are named.
    pub named: Vec<String>,
    /// Ids of those who get it without others being told.
    pub hidden: Vec<String>,
}

/// Reads the addresses of an activity and its object together (section 6.2); `None` where neither has any.
///
/// The public address in `to` is public, in `cc` or `audience` unlisted; else our own followers make it one for
/// followers; else it is direct, for those who are named and nobody else.
pub(super) fn read(me: &str, followers_of_mine: Option<&str>, layers: &[&Value]) -> Result<Option<Addressed>> {
    let (mut everybody, mut quietly, mut followers, mut any) = (false, false, false, false);
    let (mut named, mut hidden) = (Vec::new(), Vec::new());
    for layer in layers {
        if layer.get("guildhall:audience").is_some() {
            return Err(Error::invalid(
                "post.audience",
                "Internal posts have no form in ActivityPub. Write them through the client API with guildhall_audience.",
            ));
        }
        for field in ["to", "cc", "audience", "bto", "bcc"] {
            let covert = matches!(field, "bto" | "bcc");
            for value in list(layer, field) {
                any = true;
                let uri =
                    id_of(value).ok_or_else(|| unmapped(field, "an address is an id, at most 2,048 bytes long"))?;
                let is_mine = followers_of_mine == Some(uri);
                match (is_public(uri), is_mine, covert) {
                    (true, _, true) | (_, true, true) => {
                        return Err(unmapped(field, "everybody and all followers cannot be addressed in secret"));
                    }
                    (true, ..) if field == "to" => everybody = true,
                    (true, ..) => quietly = true,
                    (_, true, _) => followers = true,
                    _ if uri == me => {}
                    (.., true) => hidden.push(uri.to_owned()),
                    _ => named.push(uri.to_owned()),
                }
            }
        }
    }
    for people in [&mut named, &mut hidden] {
        people.sort();
        people.dedup();
    }
    if named.len() + hidden.len() > posts::MENTIONS {
        let most = posts::MENTIONS;
        return Err(Error::invalid("post.too_many", format!("At most {most} people can be addressed by name.")));
    }
    let audience = match (everybody, quietly, followers) {
        (true, ..) => Audience::Public,
        (_, true, _) => Audience::Unlisted,
        (_, _, true) => Audience::Followers,
        _ => Audience::Direct,
    };
    Ok(any.then_some(Addressed { audience, named, hidden }))
}

fn unmapped(field: &str, reason: &str) -> Error {
    Error::invalid("post.addressing", format!("{field}: {reason}."))
}

impl Addressed {
    /// What is addressed to nobody: its author alone reads it.
    pub(super) fn nobody() -> Self {
        Self { audience: Audience::Direct, named: Vec::new(), hidden: Vec::new() }
    }

    /// The people behind the ids, fetched where they are not known. `mentioned` are those whom the post names
    /// without addressing them: where it is open they count as named.
    pub(super) async fn people(&self, app: &App, mentioned: &[String]) -> Result<Addressees> {
        let mut budget = Budget::default();
        let mut addressees = Addressees { exactly: !self.audience.is_open(), ..Addressees::default() };
        for uri in &self.named {
            addressees.named.push(addressee(app, uri, &mut budget).await?);
        }
        for uri in &self.hidden {
            addressees.hidden.push(addressee(app, uri, &mut budget).await?);
        }
        if self.audience.is_open() {
            for uri in mentioned.iter().filter(|uri| !self.named.contains(uri)) {
                addressees.named.push(addressee(app, uri, &mut budget).await?);
            }
        }
        Ok(addressees)
    }
}

async fn addressee(app: &App, uri: &str, budget: &mut Budget) -> Result<ActorId> {
    match find::actor(app, uri, budget).await {
        Ok(actor) => Ok(actor.id),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Gone | Kind::Invalid) => Err(Error::invalid(
            "post.addressing",
            format!("{} is nobody who can be addressed: {}", shortened(uri), error.safe()),
        )),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ME: &str = "https://us.example/ap/actors/1";
    const FOLLOWERS: &str = "https://us.example/ap/actors/1/followers";
    const BOB: &str = "https://there.example/bob";

    #[test]
    fn addresses_become_audiences() {
        let none: &[&str] = &[];
        for (document, audience, named, hidden) in [
            (json!({"to": "as:Public"}), Audience::Public, none, none),
            (json!({"to": ["Public", BOB]}), Audience::Public, &[BOB], none),
            (
                json!({"to": "https://www.w3.org/ns/activitystreams#Public", "cc": FOLLOWERS}),
                Audience::Public,
                none,
                none,
            ),
            (json!({"to": FOLLOWERS, "cc": ["as:Public"]}), Audience::Unlisted, none, none),
            (json!({"audience": "as:Public"}), Audience::Unlisted, none, none),
            (json!({"to": FOLLOWERS, "bcc": BOB}), Audience::Followers, none, &[BOB]),
            (json!({"cc": [FOLLOWERS, {"id": BOB}]}), Audience::Followers, &[BOB], none),
            (json!({"to": [BOB, BOB, ME]}), Audience::Direct, &[BOB], none),
            (json!({"bto": [{"href": BOB}]}), Audience::Direct, none, &[BOB]),
        ] {
            let read = read(ME, Some(FOLLOWERS), &[&document]).unwrap().unwrap();
            assert_eq!(
                (read.audience, &read.named[..], &read.hidden[..]),
                (audience, &owned(named)[..], &owned(hidden)[..]),
                "{document}"
            );
        }
        assert_eq!(read(ME, Some(FOLLOWERS), &[&json!({"type": "Note", "to": [], "cc": null})]).unwrap(), None);
        let (activity, object) = (json!({"to": BOB}), json!({"cc": "as:Public"}));
        let both = read(ME, Some(FOLLOWERS), &[&activity, &object]).unwrap().unwrap();
        assert_eq!((both.audience, both.named), (Audience::Unlisted, owned(&[BOB])), "both layers count");
    }

    #[test]
    fn what_cannot_be_an_audience_is_refused() {
        for document in [
            json!({"bto": "as:Public"}),
            json!({"bcc": FOLLOWERS}),
            json!({"to": 7}),
            json!({"to": [["as:Public"]]}),
            json!({"to": {"type": "Person"}}),
            json!({"to": "x".repeat(2049)}),
            json!({"guildhall:audience": "company"}),
            json!({"to": (0..51).map(|number| format!("{BOB}/{number}")).collect::<Vec<_>>()}),
        ] {
            assert!(read(ME, Some(FOLLOWERS), &[&document]).is_err(), "{document}");
        }
    }

    fn owned(uris: &[&str]) -> Vec<String> {
        uris.iter().map(|uri| (*uri).to_owned()).collect()
    }
}
