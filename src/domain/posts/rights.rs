//! Who may publish what.

use super::{Audience, Draft, MENTIONS, Post, Viewer, compose::stays_inside, create::ATTACHMENTS, may_see};
use crate::{
    db::Tx,
    domain::{
        AccountId, ActorId, By, accounts,
        actors::{self, Actor},
        org,
    },
    error::{Error, Result},
};

/// Refuses what its author may not publish, to these readers or as an answer to this.
pub(super) fn may_publish(
    tx: &mut Tx<'_>,
    by: &By,
    author: &Actor,
    draft: &Draft,
    parent: Option<&Post>,
) -> Result<()> {
    if !author.is_active() {
        return Err(Error::forbidden("actor.suspended", "This account is suspended and cannot post."));
    }
    match by {
        By::Remote { .. } if !draft.audience.federates() => {
            return Err(Error::forbidden("post.audience", "Nobody elsewhere can write for the company."));
        }
        By::Remote { .. } => {}
        By::Local { account, .. } => {
            may_use_audience(tx, *account, author, draft)?;
            if draft.reply_to.is_some() && parent.is_none() {
                return Err(Error::not_found("post.not_found", "The post that you answer is not there any more."));
            }
        }
    }
    let Some(parent) = parent else { return Ok(()) };
    stays_inside(parent, draft.audience, draft.team)?;
    let viewer = if by.is_remote() {
        // Who follows whom elsewhere we do not know: their servers decide that.
        if !actors::find(tx.conn(), parent.author_id)?.is_some_and(|author| author.is_local()) {
            return Ok(());
        }
        Viewer::Remote(author.id)
    } else {
        Viewer::local(tx.conn(), author.id)?
    };
    if !may_see(tx.conn(), &viewer, parent)? {
        return Err(Error::not_found("post.not_found", "The post that you answer is not there any more."));
    }
    Ok(())
}

/// Refuses more attachments and names than a post may have. `staying` get it already and are not named again.
pub(super) fn check_counts(draft: &Draft, staying: usize) -> Result<()> {
    if draft.attachments.len() <= ATTACHMENTS && draft.mentions.len() + draft.hidden.len() + staying <= MENTIONS {
        return Ok(());
    }
    Err(Error::invalid(
        "post.too_many",
        format!(
            "A post has at most {ATTACHMENTS} attachments and {MENTIONS} mentions, with those who get it by bto and bcc."
        ),
    ))
}

/// Company and team posts are written by employees, and name nobody outside.
fn may_use_audience(tx: &mut Tx<'_>, account: Option<AccountId>, author: &Actor, draft: &Draft) -> Result<()> {
    check_counts(draft, 0)?;
    if draft.audience.federates() {
        return Ok(());
    }
    let employee = match account {
        Some(account) => accounts::get(tx.conn(), account)?.kind == accounts::AccountKind::Employee,
        None => accounts::is_employee(tx.conn(), author.id)?,
    };
    if !employee {
        return Err(Error::forbidden("post.audience", "Only employees can write for the company."));
    }
    if draft.audience == Audience::Team {
        let team =
            draft.team.ok_or_else(|| Error::invalid("post.team", "A team post needs a team, such as team:42."))?;
        if !org::teams_of(tx.conn(), author.id)?.contains(&team) {
            return Err(Error::forbidden("post.team", "You are not in this team."));
        }
    }
    name_nobody_outside(tx, draft)
}

/// Nobody on another server can read an internal post, so none is named there.
pub(super) fn name_nobody_outside(tx: &mut Tx<'_>, draft: &Draft) -> Result<()> {
    let named: Vec<ActorId> = draft.mentions.iter().chain(&draft.hidden).copied().collect();
    let outsiders: Vec<String> =
        actors::get_many(tx.conn(), &named)?.iter().filter(|actor| !actor.is_local()).map(Actor::acct).collect();
    if let Some(handle) = outsiders.first() {
        return Err(Error::invalid(
            "post.internal_mention",
            format!(
                "@{handle} is on another server and cannot read an internal post. Remove the mention or choose a wider audience."
            ),
        ));
    }
    Ok(())
}
