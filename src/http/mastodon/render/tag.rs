//! Hashtags as Tags, with the last seven days of each.

use crate::{
    domain::tags::{self, Featured, Usage},
    error::Result,
    http::mastodon::{
        entities::{FeaturedTag, Tag, TagDay},
        look::Look,
    },
};

impl Look<'_> {
    /// Hashtags in the order given, in the form in which they are compared. Three queries.
    pub(in crate::http::mastodon) fn tags(&mut self, names: &[String]) -> Result<Vec<Tag>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut weeks = tags::usage(self.conn, names, self.now)?;
        let (following, featuring) = match self.viewer.actor() {
            None => (None, None),
            Some(me) => {
                (Some(tags::following_among(self.conn, me, names)?), Some(tags::featured_among(self.conn, me, names)?))
            }
        };
        let tag = |name: &String| Tag {
            id: name.clone(),
            name: name.clone(),
            url: self.site.tag_url(name),
            history: weeks.remove(name).unwrap_or_default().iter().map(day).collect(),
            following: following.as_ref().map(|known| known.contains(name)),
            featuring: featuring.as_ref().map(|known| known.contains(name)),
        };
        Ok(names.iter().map(tag).collect())
    }

    /// One hashtag.
    pub(in crate::http::mastodon) fn tag(&mut self, name: &str) -> Result<Tag> {
        let found = self.tags(&[name.to_owned()])?;
        found.into_iter().next().ok_or_else(|| crate::error::Error::internal("a hashtag that was asked for"))
    }

    /// A hashtag on somebody's profile.
    pub(in crate::http::mastodon) fn featured(&self, featured: Featured) -> FeaturedTag {
        FeaturedTag {
            id: featured.id.to_string(),
            url: self.site.tag_url(&featured.name),
            name: featured.name,
            statuses_count: featured.posts.to_string(),
            last_status_at: featured.last_post_at.map(super::account::day),
        }
    }
}

fn day(usage: &Usage) -> TagDay {
    TagDay { day: usage.day.to_string(), uses: usage.posts.to_string(), accounts: usage.people.to_string() }
}
