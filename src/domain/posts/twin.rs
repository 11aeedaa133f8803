//! One text for everybody and for colleagues: a post in the open, and one inside with comments of its own that may say
//! more. Both come into being together or not at all, and nothing of the one inside is in the one outside.

use serde::{Deserialize, Serialize};

use super::{Addressees, Draft, NewPost, check_may_publish, compose, create, link};
use crate::{
    db::Tx,
    domain::{Audience, By, PostId, Site, TeamId},
    error::{Error, Result},
};

/// For whom the same is said inside, and what is said there beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// The company, or a team.
    pub audience: Audience,
    /// The team, for [`Audience::Team`].
    pub team: Option<TeamId>,
    /// What only colleagues read, below the text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl Twin {
    /// Who may read it, in the words in which it is written: `company` or `team:ID`.
    pub fn readers(&self) -> String {
        match self.team {
            Some(team) => format!("team:{team}"),
            None => self.audience.as_str().to_owned(),
        }
    }

    /// For whom it is, as a client names them.
    pub fn for_readers(name: &str, text: String) -> Result<Self> {
        let unknown = || {
            Error::invalid("post.also_internal", format!("“{name:.40}” is not inside. Known: company, and team:ID."))
        };
        let (audience, team) = match name.strip_prefix("team:") {
            Some(team) => (Audience::Team, Some(team.parse().map_err(|_| unknown())?)),
            None if name == Audience::Company.as_str() => (Audience::Company, None),
            None => return Err(unknown()),
        };
        Ok(Self { audience, team, text })
    }
}

impl NewPost {
    /// The post inside that comes with this one. Names in it are links: who is mentioned hears of the post in the open,
    /// and files hang there.
    fn inside(&self) -> Option<Self> {
        let twin = self.twin.as_ref()?;
        let parts = [self.text.as_str(), &twin.text];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Some(Self {
            text: parts.join("\n\n"),
            audience: twin.audience,
            team: twin.team,
            addressees: Addressees { exactly: true, ..Addressees::default() },
            media: Vec::new(),
            poll: None,
            quote: None,
            quoting: None,
            twin: None,
            ..self.clone()
        })
    }
}

/// Refuses what has no other side inside: what is not open, and what answers somebody.
pub(super) fn check(new: &NewPost) -> Result<()> {
    if new.twin.is_none() || (new.audience.is_open() && new.reply_to.is_none()) {
        return Ok(());
    }
    let told = "Only a public or unlisted post that answers nothing is said inside as well. Write two posts.";
    Err(Error::invalid("post.also_internal", told))
}

/// Publishes what somebody typed, and what they say inside with it. `ready` does to a draft what its door knows of it.
pub fn publish(tx: &mut Tx<'_>, site: &Site, by: &By, new: &NewPost, ready: impl Fn(&mut Draft)) -> Result<PostId> {
    let mut draft = compose(tx, site, by, new)?;
    ready(&mut draft);
    let post = create(tx, site, by, &draft)?;
    if let Some(new) = new.inside() {
        let mut draft = compose(tx, site, by, &new)?;
        ready(&mut draft);
        let inside = create(tx, site, by, &draft)?;
        link(tx, inside, post)?;
    }
    Ok(post)
}

/// Refuses what is said inside with a post where it could not be published at this moment; nothing is written.
pub fn check_twin(tx: &mut Tx<'_>, site: &Site, by: &By, new: &NewPost, ready: impl Fn(&mut Draft)) -> Result<()> {
    let Some(new) = new.inside() else { return Ok(()) };
    let mut draft = compose(tx, site, by, &new)?;
    ready(&mut draft);
    check_may_publish(tx, by, &draft)
}
