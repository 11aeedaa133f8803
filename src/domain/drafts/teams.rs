//! Deleting a team: not while anything was said to it, or waits to be.

use diesel::prelude::*;

use super::DraftState;
use crate::{
    db::{Among, Tx, schema::drafts},
    domain::{
        TeamId, invitations, org, posts,
        scheduled::{self, Wish},
    },
    error::{Error, Result},
};

/// Deletes a team to which nothing was said and for which nothing waits. Who is invited into it comes into none.
pub fn delete_team(tx: &mut Tx<'_>, id: TeamId) -> Result<()> {
    let team = org::lock_team(tx, id)?;
    if posts::is_said_to(tx.conn(), id)? {
        let told = format!(
            "Posts were written to “{}”, and who was in it goes on reading them. Take people out of it and give it another \
             name, or delete the posts first.",
            team.name
        );
        return Err(Error::conflict("team.has_posts", told));
    }
    let open: Vec<String> =
        drafts::table.filter(drafts::state.among(DraftState::open())).select(drafts::wish).load(tx.conn())?;
    if open.iter().any(|stored| Wish::stored_is_for(stored, id)) || scheduled::waits_for(tx.conn(), id)? {
        let told = format!(
            "Something that waits to be published is for “{}”. Publish it, give it other readers, or throw it away first.",
            team.name
        );
        return Err(Error::conflict("team.has_drafts", told));
    }
    let looked_after = drafts::table.filter(drafts::reply_team_id.eq(id));
    let waits = looked_after.filter(drafts::state.among(DraftState::open()));
    if diesel::select(diesel::dsl::exists(waits)).get_result(tx.conn())? {
        let told = format!("“{}” looks after the answers to a draft. Name somebody else there first.", team.name);
        return Err(Error::conflict("team.has_drafts", told));
    }
    diesel::update(looked_after).set(drafts::reply_team_id.eq(None::<TeamId>)).execute(tx.conn())?;
    invitations::forget_team(tx, id)?;
    org::delete_team(tx, id)
}
