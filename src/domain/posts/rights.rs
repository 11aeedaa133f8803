//! Who may publish what.

use serde_json::json;

use super::{Audience, Draft, MENTIONS, Post, Viewer, compose::stays_inside, create::ATTACHMENTS, may_see};
use crate::{
    db::Tx,
    domain::{
        AccountId, ActorId, By,
        accounts::{self, Right},
        actors::{self, Actor},
        audit::{self, About, Act, Entry},
        brands, org,
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
            must_be_approved(tx, author, draft, parent)?;
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

/// A brand whose rules ask for approval publishes nothing without, whichever door it came through.
fn must_be_approved(tx: &mut Tx<'_>, author: &Actor, draft: &Draft, parent: Option<&Post>) -> Result<()> {
    if draft.approved || !author.kind.has_speakers() {
        return Ok(());
    }
    let policy = brands::policy_of(tx.conn(), author.id)?;
    if policy.needed(parent.map(|parent| parent.author_id)) == 0 {
        return Ok(());
    }
    Err(Error::forbidden(
        "brand.approval",
        "This brand publishes what colleagues approved. Write it as a draft, and submit that.",
    ))
}

/// What a brand published with approval is changed without only by who may publish without, and it is written down.
pub(super) fn may_change(tx: &mut Tx<'_>, by: &By, old: &Post) -> Result<()> {
    let By::Local { actor, account } = by else { return Ok(()) };
    let brand = actors::get(tx.conn(), *actor)?;
    if !brand.kind.has_speakers() || brands::policy_of(tx.conn(), brand.id)?.needed(old.reply_to_author_id) == 0 {
        return Ok(());
    }
    let role = account.map(|account| accounts::role_on(tx.conn(), account, brand.id)).transpose()?.flatten();
    let (Some(account), true) = (account, role.is_some_and(|role| role.may(Right::Override))) else {
        let told = "This brand publishes what colleagues approved: its managers and owners change that.";
        return Err(Error::forbidden("brand.approval", told));
    };
    tx.behalf_of(account.0);
    let (act, about, details) = (Act::PostEdited, About::Post(old.id), json!({}));
    audit::record(tx, &Entry { act, about, brand: Some(brand.id), reason: None, details })
}

/// What a brand published with approval is deleted: its draft, who approved it and why it was urgent go with it, so at
/// least that is written down.
pub(super) fn note_deletion(tx: &mut Tx<'_>, by: &By, old: &Post) -> Result<()> {
    let By::Local { actor, account: Some(account) } = by else { return Ok(()) };
    let brand = actors::get(tx.conn(), *actor)?;
    if !brand.kind.has_speakers() || brands::policy_of(tx.conn(), brand.id)?.needed(old.reply_to_author_id) == 0 {
        return Ok(());
    }
    tx.behalf_of(account.0);
    let (act, about, details) = (Act::PostDeleted, About::Post(old.id), json!({}));
    audit::record(tx, &Entry { act, about, brand: Some(brand.id), reason: None, details })
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
