//! Whom something is addressed to, as `to` and `cc` say it.

use crate::domain::posts::Audience;

/// Everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The two lists of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressing {
    /// Those it is meant for.
    pub to: Vec<String>,
    /// Those who hear of it too.
    pub cc: Vec<String>,
}

impl Addressing {
    /// The addresses of something for `audience`, by an actor with these followers, naming these actors.
    ///
    /// Peers read the audience back from where the public address stands: in `to` public, in `cc` unlisted; else
    /// from the followers in `to`; else it is direct.
    pub fn of(audience: Audience, followers: &str, named: Vec<String>) -> Self {
        let one = |text: &str| vec![text.to_owned()];
        match audience {
            Audience::Public => Self { to: one(PUBLIC), cc: [one(followers), named].concat() },
            Audience::Unlisted => Self { to: one(followers), cc: [one(PUBLIC), named].concat() },
            Audience::Followers => Self { to: one(followers), cc: named },
            Audience::Direct | Audience::Space => Self { to: named, cc: Vec::new() },
            // Nothing that is internal comes here; were it to, it would be addressed to nobody.
            Audience::Company | Audience::Team => Self::default(),
        }
    }

    /// Addressed to these and nobody else.
    pub fn only(to: &str) -> Self {
        Self { to: vec![to.to_owned()], cc: Vec::new() }
    }
}
