//! Asking and voting: a Question with its choices, and a Note that names one of them.

use serde_json::Value;

use super::{find, submissions};
use crate::{
    app::App,
    db::Timestamp,
    domain::{
        accounts::Session,
        posts::{self, NewPoll, Post},
        work::Change,
    },
    error::{Error, Result},
    federation::incoming::{
        values::{kind, list, moment, text},
        vote as incoming,
    },
};

/// What a Question asks; nothing where it is none, or leaves the choices of a post that is edited as they are.
pub(super) fn read(object: &Value, old: Option<&Post>, now: Timestamp) -> Result<Option<NewPoll>> {
    if kind(object, |kind| kind == "Question") != "Question" {
        return Ok(None);
    }
    let old = old.map(|old| &old.details.0).filter(|details| details.is_poll());
    let (one, any, end) = (list(object, "oneOf"), list(object, "anyOf"), moment(object, "endTime"));
    if old.is_some() && one.is_empty() && any.is_empty() && end.is_none() {
        return Ok(None);
    }
    if !one.is_empty() && !any.is_empty() {
        return Err(Error::invalid("poll.choices", "A Question has its choices in oneOf or in anyOf, not in both."));
    }
    let choices: Vec<String> = match old {
        Some(old) if one.is_empty() && any.is_empty() => old.options.iter().map(|(name, _)| name.clone()).collect(),
        _ => one.iter().chain(&any).map(|choice| text(choice, "name").unwrap_or_default().to_owned()).collect(),
    };
    let end = end.or_else(|| old.and_then(|old| old.ends_at));
    let poll = NewPoll {
        seconds: end.map_or(0, |end| end.since(now).as_secs()),
        multiple: if one.is_empty() && any.is_empty() { old.is_some_and(|old| old.multiple) } else { one.is_empty() },
        hide_totals: old.is_some_and(|old| old.hide_totals),
        choices,
    };
    poll.check()?;
    Ok(Some(poll))
}

/// Votes, when this is a Note with a name and no text that answers a poll; answers the id of the activity.
pub(super) async fn vote(app: &App, me: &Session, object: &Value) -> Result<Option<String>> {
    let Some(vote) = incoming::read(object) else { return Ok(None) };
    let poll = find::post(app, me.actor.id, vote.poll).await?;
    let (by, site, choice) = (me.by(), app.site.clone(), vote.choice.to_owned());
    app.db
        .write(move |tx| {
            if !posts::get(tx.conn(), poll)?.details.0.is_poll() {
                return Ok(None);
            }
            let votes = posts::vote_for(tx, &by, poll, &choice)?;
            let vote = votes.first().ok_or_else(|| Error::internal("a vote that is none"))?;
            submissions::keep(tx, &site, by.actor(), &Change::Voted { vote: *vote }).map(Some)
        })
        .await
}
