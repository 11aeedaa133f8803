//! Who may publish what.

use serde_json::json;

use super::{
    Audience, Draft, MENTIONS, Post, TYPO, Viewer, compose::stays_inside, create::ATTACHMENTS, may_see, mentioned,
    signature, typo::changed_characters,
};
use crate::{
    db::Tx,
    domain::{
        AccountId, ActorId, By, Site,
        accounts::{self, Right},
        actors::{self, Actor},
        audit::{self, About, Act, Entry},
        brands::{self, Asks, Speech},
        exposure::{self, Exposure, Leave},
        org,
    },
    error::{Error, Result, Rule},
    text::{self, MentionText},
};

/// Refuses what its author may not publish, to these readers or as an answer to this. Answers that other servers may hear
/// of it, where it is for them.
pub(super) fn may_publish(
    tx: &mut Tx<'_>,
    by: &By,
    author: &Actor,
    draft: &Draft,
    parent: Option<&Post>,
) -> Result<Option<Leave>> {
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
            must_be_approved(tx, *account, author, draft, parent)?;
            if draft.reply_to.is_some() && parent.is_none() {
                return Err(Error::not_found("post.not_found", "The post that you answer is not there any more."));
            }
        }
    }
    let leave = may_leave(tx, by, author, draft, parent)?;
    let Some(parent) = parent else { return Ok(leave) };
    stays_inside(parent, draft.audience, draft.team)?;
    let viewer = if by.is_remote() {
        // Who follows whom elsewhere we do not know: their servers decide that.
        if !actors::find(tx.conn(), parent.author_id)?.is_some_and(|author| author.is_local()) {
            return Ok(leave);
        }
        Viewer::Remote(author.id)
    } else {
        Viewer::local(tx.conn(), author.id)?
    };
    if !may_see(tx.conn(), &viewer, parent)? {
        return Err(Error::not_found("post.not_found", "The post that you answer is not there any more."));
    }
    Ok(leave)
}

/// Whether other servers may hear of a post: how far its author reaches. An answer is to somebody else who wrote first,
/// and names nobody but them and whom they named.
fn may_leave(tx: &mut Tx<'_>, by: &By, author: &Actor, draft: &Draft, parent: Option<&Post>) -> Result<Option<Leave>> {
    if by.is_remote() || !draft.audience.federates() {
        return Ok(None);
    }
    let asked = exposure::ask(tx, author.id)?;
    let answered = parent.filter(|parent| parent.author_id != author.id && draft.quote.is_none());
    let needed = match answered {
        Some(answered) if asked.level == Exposure::Reply => {
            let mut there = mentioned(tx.conn(), answered.id)?;
            there.extend([answered.author_id, author.id]);
            let new = draft.mentions.iter().chain(&draft.hidden).any(|named| !there.contains(named));
            if new { Exposure::Publish } else { Exposure::Reply }
        }
        _ => Exposure::Publish,
    };
    asked.needing(tx, needed).map(Some)
}

/// A brand whose rules ask for approval publishes nothing without, whichever door it came through.
fn must_be_approved(
    tx: &mut Tx<'_>,
    account: Option<AccountId>,
    author: &Actor,
    draft: &Draft,
    parent: Option<&Post>,
) -> Result<()> {
    if draft.approved || !author.kind.has_speakers() {
        return Ok(());
    }
    if let Some(account) = account
        && !accounts::may_act_as(tx.conn(), account, author.id)?
    {
        let told = "Your role on this brand does not publish. Write it as a draft, and submit that.";
        return Err(Error::forbidden("brand.role", told).ruled_by(Rule::Brand(author.id.0)));
    }
    let speech = Speech { said: draft, by: account.as_slice(), sender: None, at: tx.now() };
    let asks = brands::what_asks(tx, author.id, parent.map(|parent| parent.author_id), &speech)?;
    if asks.approvals == 0 {
        return Ok(());
    }
    let told = "This brand publishes what colleagues approved. Write it as a draft, and submit that.";
    unapproved(tx, author.id, &asks, told)
}

/// The refusal of what nobody approved; it says so where crisis mode asks for that, or a topic, or a certificate is
/// missing.
fn unapproved<T>(tx: &mut Tx<'_>, brand: ActorId, asks: &Asks, told: &str) -> Result<T> {
    let crisis = brands::crisis(tx.conn())?.map(|_| "Crisis mode is on. ").unwrap_or_default();
    let topics = &asks.topics;
    let about = if topics.is_empty() { String::new() } else { format!("You ask first about: {topics}. ") };
    let step = asks.missing.map(|step| format!(" {}", step.told())).unwrap_or_default();
    Err(Error::forbidden("brand.approval", format!("{crisis}{about}{told}{step}")).ruled_by(Rule::Brand(brand.0)))
}

/// A brand whose rules ask for approval changes nothing that it published without, whichever door the change came
/// through; but for little mistakes, where its rules let those go, until they are [`TYPO`] characters together.
pub(super) fn may_change(tx: &mut Tx<'_>, by: &By, old: &Post, new: &Draft) -> Result<()> {
    let Some((brand, account)) = speaker(tx, by, Right::EditPublished)? else { return Ok(()) };
    let now = tx.now();
    let speech = |said| Speech { said, by: account.as_slice(), sender: None, at: now };
    let asks = brands::what_asks(tx, brand, old.reply_to_author_id, &speech(new))?;
    if asks.approvals == 0 {
        return Ok(());
    }
    if new.approved {
        return signature::count_typos(tx, old.id, None);
    }
    let changed = changed_characters(tx.conn(), old, new)?;
    if changed == Some(0) {
        return Ok(());
    }
    let before =
        signature::find_authorship(tx.conn(), old.id)?.map(|known| usize::try_from(known.typos).unwrap_or(TYPO));
    let rules = brands::rules_of(tx.conn(), brand)?;
    let (lane, there) = (rules.typo_lane, rules.asked(&speech(old)));
    // A word that speaks of something else is no typo.
    let touches = rules.asked(&speech(new)).iter().any(|topic| !there.contains(topic));
    let (Some(changed), Some(before), true, false) = (changed, before, lane, touches) else {
        return unapproved_edit(tx, brand, &asks, lane);
    };
    if before + changed > TYPO {
        return unapproved_edit(tx, brand, &asks, lane);
    }
    signature::count_typos(tx, old.id, Some(changed))?;
    let (act, about, details) =
        (Act::PostEdited, About::Post(old.id), json!({ "lane": "typo", "characters": changed }));
    audit::record(tx, &Entry { act, about, brand: Some(brand), reason: None, details })
}

fn unapproved_edit(tx: &mut Tx<'_>, brand: ActorId, asks: &Asks, lane: bool) -> Result<()> {
    let told = if lane {
        "This is more than a typo, and this brand publishes what colleagues approved. Begin a draft of the post with \
         your change, and submit that."
    } else {
        "This brand publishes what colleagues approved. Begin a draft of the post with your change, and submit that."
    };
    unapproved(tx, brand, asks, told)
}

/// The brand as which somebody does something with what it published, and who that is; refuses who has no right to it.
/// Nothing where people act as themselves.
fn speaker(tx: &mut Tx<'_>, by: &By, right: Right) -> Result<Option<(ActorId, Option<AccountId>)>> {
    let By::Local { actor, account } = by else { return Ok(None) };
    let brand = actors::get(tx.conn(), *actor)?;
    if !brand.kind.has_speakers() {
        return Ok(None);
    }
    if let Some(account) = account {
        accounts::need_right(tx.conn(), *account, brand.id, right)?;
        tx.behalf_of(account.0);
    }
    Ok(Some((brand.id, *account)))
}

/// What a brand published with approval is deleted: its draft, who approved it and why it was urgent go with it, so at
/// least that is written down.
pub(super) fn may_delete(tx: &mut Tx<'_>, by: &By, old: &Post) -> Result<()> {
    let By::Local { account: Some(_), .. } = by else { return Ok(()) };
    let Some((brand, _)) = speaker(tx, by, Right::DeletePublished)? else { return Ok(()) };
    if !brands::may_have_asked(tx, brand, old.reply_to_author_id)? {
        return Ok(());
    }
    let (act, about, details) = (Act::PostDeleted, About::Post(old.id), json!({}));
    audit::record(tx, &Entry { act, about, brand: Some(brand), reason: None, details })
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
        org::hold_team(tx, team)?;
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
    outsiders.first().map_or(Ok(()), |handle| Err(is_outside(handle)))
}

/// The same for handles of people on other servers of whom nobody here has heard: whoever typed one meant them to read it.
pub(super) fn handle_nobody_outside(site: &Site, text: &str) -> Result<()> {
    // What has no letter in its host is the version of something.
    let is_name = |host: &str| host.chars().any(char::is_alphabetic);
    let elsewhere =
        |named: &MentionText| named.host.as_ref().is_some_and(|host| is_name(host) && !site.is_our_host(host));
    match text::find_mentions(text).into_iter().find(elsewhere) {
        Some(MentionText { username, host, .. }) => {
            Err(is_outside(&format!("{username}@{}", host.unwrap_or_default())))
        }
        None => Ok(()),
    }
}

fn is_outside(handle: &str) -> Error {
    Error::invalid(
        "post.internal_mention",
        format!(
            "@{handle} is on another server and cannot read an internal post. Remove the mention or choose a wider audience."
        ),
    )
}
