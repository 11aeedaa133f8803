//! Pictures that stand for names between colons in posts.

use std::collections::HashMap;

use super::{Emoji, Post};
use crate::{
    db::Conn,
    domain::{
        PostId,
        emojis::{self, OwnEmoji},
    },
    error::Result,
};

impl Post {
    /// Everything in which such a name may stand.
    fn texts(&self) -> Vec<&str> {
        let choices = self.details.0.options.iter().map(|(name, _)| name.as_str());
        let title = self.title.as_deref().into_iter();
        [self.content.as_str(), self.summary.as_str()].into_iter().chain(title).chain(choices).collect()
    }
}

/// Those of the company that stand in each of these posts of ours, in their order. One query at most.
pub fn own_emojis_in(conn: &mut Conn, posts: &[&Post]) -> Result<Vec<Vec<OwnEmoji>>> {
    emojis::named_in(conn, &posts.iter().map(|post| post.texts()).collect::<Vec<_>>())
}

/// The pictures of these posts, each with whether one of ours wrote it. One query at most.
pub(super) fn emojis_in(conn: &mut Conn, posts: &[(&Post, bool)]) -> Result<HashMap<PostId, Vec<Emoji>>> {
    let ours: Vec<&Post> = posts.iter().filter(|(_, ours)| *ours).map(|(post, _)| *post).collect();
    let own = own_emojis_in(conn, &ours)?;
    let own = ours.iter().zip(own).map(|(post, own)| (post.id, own.iter().map(OwnEmoji::emoji).collect()));
    let others = posts.iter().filter(|(_, ours)| !ours).map(|(post, _)| (post.id, post.emojis.0.clone()));
    Ok(own.chain(others).collect())
}
