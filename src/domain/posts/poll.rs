//! Polls: what may be asked, and how a poll stands. The choices and their votes are part of the post that asks
//! ([`Details`]); who chose what are rows (`vote`).

use serde::{Deserialize, Serialize};

use super::Details;
use crate::{
    db::Timestamp,
    error::{Error, Result},
    text,
};

/// How many choices a poll of ours has at most.
pub const CHOICES: usize = 4;
/// How many characters each of them has at most.
pub const CHOICE_LENGTH: usize = 50;
/// How many seconds votes are taken at least.
pub const SHORTEST: u64 = 300;
/// How many seconds votes are taken at most: a month.
pub const LONGEST: u64 = 2_629_746;

/// A poll before it is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPoll {
    /// What can be chosen.
    pub choices: Vec<String>,
    /// For how many seconds votes are taken.
    pub seconds: u64,
    /// Several choices may be made.
    pub multiple: bool,
    /// Votes are shown only when it has ended.
    pub hide_totals: bool,
}

impl NewPoll {
    /// Refuses what is no poll: too few choices or too many, too long ones, twice the same, too short or too long a
    /// time.
    pub fn check(&self) -> Result<()> {
        self.named().map(|_| ())
    }

    /// Refuses what could be no poll however it is finished: too many choices, or too long ones.
    pub(in crate::domain) fn check_size(&self) -> Result<()> {
        if self.choices.len() > CHOICES {
            return Err(Error::invalid("poll.choices", format!("A poll has 2 to {CHOICES} choices.")));
        }
        self.read().map(|_| ())
    }

    /// The poll as it stands when nobody has voted.
    pub(super) fn begun(&self, now: Timestamp) -> Result<Details> {
        Ok(Details {
            options: self.named()?.into_iter().map(|choice| (choice, Some(0))).collect(),
            multiple: self.multiple,
            ends_at: Some(now.plus(std::time::Duration::from_secs(self.seconds))),
            voters: Some(0),
            hide_totals: self.hide_totals,
            ..Details::default()
        })
    }

    /// The choices as they are compared and shown.
    fn named(&self) -> Result<Vec<String>> {
        if !(2..=CHOICES).contains(&self.choices.len()) {
            return Err(Error::invalid("poll.choices", format!("A poll has 2 to {CHOICES} choices.")));
        }
        if !(SHORTEST..=LONGEST).contains(&self.seconds) {
            return Err(Error::invalid("poll.time", "A poll takes votes for five minutes to one month."));
        }
        let named = self.read()?;
        let same = |(place, choice): (usize, &String)| named.iter().take(place).any(|other| other == choice);
        if named.iter().any(String::is_empty) || named.iter().enumerate().any(same) {
            return Err(Error::invalid("poll.choices", "The choices of a poll differ, and each says something."));
        }
        Ok(named)
    }

    /// The choices without what nobody sees of them; refuses too long ones.
    fn read(&self) -> Result<Vec<String>> {
        // What is too long in bytes is not even read.
        let read = |choice: &String| if choice.len() > CHOICE_LENGTH * 16 { None } else { Some(named(choice)) };
        let named: Option<Vec<String>> = self.choices.iter().map(read).collect();
        let named = named.filter(|named| named.iter().all(|choice| choice.chars().count() <= CHOICE_LENGTH));
        let told = || format!("A choice of a poll has at most {CHOICE_LENGTH} characters.");
        named.ok_or_else(|| Error::invalid("poll.choice_too_long", told()))
    }
}

/// How many characters of a choice elsewhere are read.
const READ: usize = 500;

/// A choice as it is compared: plain text on one line. Others vote by its name, so it must be the same there and here.
pub fn named(choice: &str) -> String {
    text::typed_name(choice, READ)
}

impl Details {
    /// Whether there is something to choose.
    pub fn is_poll(&self) -> bool {
        !self.options.is_empty()
    }

    /// Whether no more votes are taken.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.closed || self.ends_at.is_some_and(|end| end <= now)
    }

    /// The choices with their votes, as far as those are told now that it has `ended`, or has not.
    pub fn told(&self, ended: bool) -> Vec<(&str, Option<u64>)> {
        let shown = ended || !self.hide_totals;
        self.options.iter().map(|(choice, votes)| (choice.as_str(), votes.filter(|_| shown))).collect()
    }

    /// How many votes there are altogether.
    pub fn votes(&self) -> u64 {
        self.options.iter().filter_map(|(_, votes)| *votes).fold(0, u64::saturating_add)
    }

    /// The same without its poll.
    #[must_use]
    pub fn without_poll(self) -> Self {
        Self {
            options: Vec::new(),
            multiple: false,
            ends_at: None,
            voters: None,
            hide_totals: false,
            closed: false,
            refreshed_at: None,
            ..self
        }
    }

    /// Whether the same can be chosen: otherwise votes mean something else.
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        let choices = |details: &Self| details.options.iter().map(|(choice, _)| choice.clone()).collect::<Vec<_>>();
        self.multiple == other.multiple && choices(self) == choices(other)
    }

    /// These details after an edit of ours, or after what a poll's own server says of it: that counts the votes.
    pub(super) fn edited(&self, new: &Self, ours: bool, now: Timestamp) -> Self {
        let mut details = new.clone();
        if ours {
            // What it quotes, and who may quote it, are changed elsewhere.
            details.quote.clone_from(&self.quote);
            details.quoting.clone_from(&self.quoting);
        }
        if !details.is_poll() {
            return details;
        }
        if self.asks_the_same(new) {
            details.closed = new.closed || self.closed && self.ends_at == new.ends_at;
            if ours {
                details.options.clone_from(&self.options);
                details.voters = self.voters;
            }
        }
        details.refreshed_at = (!ours).then_some(now);
        details
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_same_text_when_it_comes_back() {
        for (typed, kept) in [("  Tea &\n <milk> ", "Tea & <milk>"), ("a\u{202e}b", "ab"), ("5 > 4", "5 > 4")] {
            assert_eq!(named(typed), kept);
            assert_eq!(named(kept), kept);
        }
    }
}
