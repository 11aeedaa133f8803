//! Changing what a brand published: a draft of the post with another text, which goes the way of any other draft and
//! ends as an edit of the post. Whom the post is for, what it answers and quotes, and its poll stay as they are.

use diesel::prelude::*;

use super::{Draft, DraftState, Hand};
use crate::{
    db::{Conn, schema::drafts},
    domain::{
        ActorId, PostId,
        accounts::{self, Right},
        posts::{self, Inside, Post, Viewer},
        scheduled::Wish,
    },
    error::{Error, Result},
};

fn missing() -> Error {
    Error::not_found("post.not_found", "There is no such post of this brand.")
}

/// A post of a brand as somebody begins to change it: what it says now. Whoever may not read it finds nothing.
pub fn begin_edit(conn: &mut Conn, hand: &Hand, brand: ActorId, id: PostId) -> Result<Wish> {
    let role = accounts::role_on(conn, hand.account, brand)?.filter(|_| hand.reaches(brand)).ok_or_else(missing)?;
    let reader = if role.may(Right::Publish) { brand } else { hand.own };
    let viewer = Viewer::local(conn, reader)?;
    let post = posts::get_visible(conn, &viewer, id)?;
    if post.author_id != brand {
        return Err(missing());
    }
    Ok(Wish {
        text: posts::wording(&post),
        markdown: post.source_type.as_deref() == Some("text/markdown"),
        summary: post.summary,
        sensitive: post.sensitive,
        language: post.language,
        audience: post.audience,
        team: post.team_id,
        reply_to: None,
        poll: None,
        media: post.attachments.0.iter().filter_map(|attachment| attachment.media).collect(),
        quote: None,
        quoting: None,
        inside: Inside::default(),
        twin: None,
    })
}

/// The post that a draft changes, where it changes one.
pub(super) fn changed_post(conn: &mut Conn, draft: &Draft) -> Result<Option<Post>> {
    draft.of_post.map(|id| posts::get(conn, id)).transpose()
}

/// How many drafts may change one post, or have changed it.
pub const EDITS: i64 = 100;

/// Refuses more drafts of one post than there may be: published ones stay for as long as the post does.
pub(super) fn check_edits(conn: &mut Conn, id: PostId) -> Result<()> {
    let all = drafts::table.filter(drafts::of_post.eq(id)).filter(drafts::state.ne(DraftState::Discarded));
    let all: i64 = all.count().get_result(conn)?;
    if all < EDITS {
        return Ok(());
    }
    let told = format!(
        "{EDITS} drafts changed this post or wait to do so. Throw away those that wait, or write a new post in its place."
    );
    Err(Error::invalid("draft.edits", told))
}

/// Refuses what no edit changes.
pub(super) fn check_edit(conn: &mut Conn, brand: ActorId, id: PostId, wish: &Wish) -> Result<()> {
    let post = posts::find(conn, id)?.filter(|post| post.author_id == brand).ok_or_else(missing)?;
    let stays = wish.reply_to.is_none()
        && wish.quote.is_none()
        && wish.twin.is_none()
        && wish.poll.is_none()
        && wish.audience == post.audience
        && wish.team == post.team_id;
    if stays {
        return Ok(());
    }
    Err(Error::invalid(
        "draft.edit",
        "A post keeps its audience, its poll, what it answers and what it quotes. Leave them out, or write a new post.",
    ))
}
