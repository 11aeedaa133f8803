//! What one can listen to, by its name in the Mastodon API.

use crate::{
    domain::{ListId, timelines::From},
    error::{Error, Result},
    text,
};

/// What is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Channel {
    /// One's home, and what one is told.
    User,
    /// What one is told.
    Notifications,
    /// What is said to oneself and few others.
    Direct,
    /// What everybody may read.
    Public {
        /// From where.
        from: From,
        /// Only what something hangs on.
        media: bool,
    },
    /// What one hears at home of the members of a list.
    List(ListId),
    /// What everybody may read with a hashtag.
    Hashtag {
        /// As it was asked for.
        asked: String,
        /// As it is compared.
        name: String,
        /// From where.
        from: From,
    },
}

impl Channel {
    /// The channel with this name.
    pub(super) fn read(name: &str, tag: Option<&str>, list: Option<&str>, only_media: bool) -> Result<Self> {
        let public = |from, media| Ok(Self::Public { from, media: media || only_media });
        match name {
            "user" => Ok(Self::User),
            "user:notification" => Ok(Self::Notifications),
            "direct" => Ok(Self::Direct),
            "public" => public(From::Everywhere, false),
            "public:media" => public(From::Everywhere, true),
            "public:local" => public(From::Here, false),
            "public:local:media" => public(From::Here, true),
            "public:remote" => public(From::Elsewhere, false),
            "public:remote:media" => public(From::Elsewhere, true),
            "list" => {
                let list = list.and_then(|list| list.parse().ok());
                list.map(Self::List).ok_or_else(|| Error::malformed("stream.list", "Missing or wrong list parameter"))
            }
            "hashtag" => Self::hashtag(tag, From::Everywhere),
            "hashtag:local" => Self::hashtag(tag, From::Here),
            _ => Err(Error::malformed("stream.unknown", "Unknown stream type")),
        }
    }

    fn hashtag(tag: Option<&str>, from: From) -> Result<Self> {
        let asked = tag.unwrap_or_default().trim_start_matches('#');
        let name = text::normalise_hashtag(asked)
            .ok_or_else(|| Error::malformed("stream.hashtag", "Missing or wrong hashtag name parameter"))?;
        Ok(Self::Hashtag { asked: asked.to_owned(), name, from })
    }

    /// The scope that it takes.
    pub(super) fn scope(&self) -> &'static str {
        match self {
            Self::Notifications => "read:notifications",
            Self::List(_) => "read:lists",
            _ => "read:statuses",
        }
    }

    /// Whether one hears on it what one is told.
    pub(super) fn tells(&self) -> bool {
        matches!(self, Self::User | Self::Notifications)
    }

    /// What the events of this channel are marked with.
    pub(super) fn label(&self) -> Vec<String> {
        let one = |name: &str| vec![name.to_owned()];
        match self {
            Self::User => one("user"),
            Self::Notifications => one("user:notification"),
            Self::Direct => one("direct"),
            Self::Public { from, media } => {
                let name = match from {
                    From::Everywhere => "public",
                    From::Here => "public:local",
                    From::Elsewhere => "public:remote",
                };
                vec![if *media { format!("{name}:media") } else { name.to_owned() }]
            }
            Self::List(list) => vec!["list".to_owned(), list.to_string()],
            Self::Hashtag { asked, from, .. } => {
                let name = if *from == From::Here { "hashtag:local" } else { "hashtag" };
                vec![name.to_owned(), asked.clone()]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back_as_the_label() {
        for name in
            ["user", "user:notification", "direct", "public", "public:media", "public:local", "public:remote:media"]
        {
            assert_eq!(Channel::read(name, None, None, false).unwrap().label(), [name]);
        }
        assert_eq!(Channel::read("hashtag", Some("#Tea"), None, false).unwrap().label(), ["hashtag", "Tea"]);
        for (name, tag) in [("hashtag", None), ("hashtag", Some("")), ("everything", None), ("", None), ("list", None)]
        {
            assert!(Channel::read(name, tag, None, false).is_err(), "{name}");
        }
    }
}
