//! Of what not everybody speaks for a brand without asking: a word of a topic in what somebody writes has it wait for a
//! colleague, also where the rules let answers go free.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Policy;
use crate::{
    db::{Conn, Timestamp},
    domain::{
        AccountId,
        accounts::{self, Right},
    },
    error::{Error, Result},
    text,
};

/// How many topics a brand has at most.
const TOPICS: usize = 50;
/// How many words a topic has at most.
const WORDS: usize = 50;
/// How many characters the name of a topic and a word of it have at most.
const LONGEST: usize = 60;

/// Something of which not everybody speaks without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// What people call it.
    pub name: String,
    /// Words that tell of it, each found as a whole word, whatever its case; one with `*` behind it also as the
    /// beginning of a longer one, and with `*` before it as the end of one.
    pub words: Vec<String>,
    /// Who speaks of it without asking, as far as their role lets them.
    #[serde(default)]
    pub may: Vec<AccountId>,
}

impl Topic {
    /// Whether somebody speaks of it without asking.
    pub fn lets(&self, person: AccountId) -> bool {
        self.may.contains(&person)
    }

    /// Whether this would ask wherever the other one did.
    fn covers(&self, other: &Self, word: &str) -> bool {
        self.words.iter().any(|known| needle(known) == needle(word))
            && self.may.iter().all(|person| other.may.contains(person))
    }
}

/// Something in which words of topics are looked for.
pub trait Said {
    /// Everything that readers will see of it, without marks of how it looks.
    fn said(&self) -> String;
}

/// Something with uploads, and what is said of each: that is shown too.
pub struct WithUploads<'a>(pub &'a dyn Said, pub Vec<&'a str>);

impl Said for WithUploads<'_> {
    fn said(&self) -> String {
        std::iter::once(self.0.said().as_str()).chain(self.1.iter().copied()).collect::<Vec<_>>().join("\n\n")
    }
}

/// What is said for a brand, and by whom.
#[derive(Clone, Copy)]
pub struct Speech<'a> {
    /// What is said.
    pub said: &'a dyn Said,
    /// Everybody who wrote in it. Of what nobody wrote nothing is asked: it comes from the command line.
    pub by: &'a [AccountId],
    /// Who sends it, where that is somebody else or is not known yet.
    pub sender: Option<AccountId>,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for Speech<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Speech").field("by", &self.by).finish_non_exhaustive()
    }
}

/// Text with a mark wherever a word begins or ends, and without what nobody sees and the signs on letters, which are
/// typed in several ways or left out.
fn searched(text: &str) -> String {
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c));
    let seen: String = letters.filter(|c| c.is_whitespace() || !text::is_invisible(*c)).collect();
    text::folded_words(&seen.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What is looked for in such a text, to find a word.
fn needle(word: &str) -> String {
    let bare = bare(word);
    // Where words stand side by side without spaces, none begins or ends.
    let open = |star: bool, letter: Option<char>| star || letter.is_some_and(text::is_dense);
    let found = searched(bare);
    let mut found = found.as_str();
    if open(word.starts_with('*'), bare.chars().next()) {
        found = found.trim_start_matches(text::EDGE);
    }
    if open(word.ends_with('*'), bare.chars().last()) {
        found = found.trim_end_matches(text::EDGE);
    }
    found.to_owned()
}

/// A word without the stars around it.
fn bare(word: &str) -> &str {
    word.trim_matches('*').trim()
}

impl Policy {
    /// The topics that a speech touches and of which not all who wrote in it may speak without asking.
    pub fn asked(&self, speech: &Speech<'_>) -> Vec<&Topic> {
        let asks = |topic: &&Topic| !speech.by.iter().all(|person| topic.lets(*person));
        let mut asked: Vec<&Topic> = self.topics.0.iter().filter(asks).collect();
        if asked.is_empty() {
            return asked;
        }
        let said = searched(&speech.said.said());
        asked.retain(|topic| topic.words.iter().any(|word| said.contains(&needle(word))));
        asked
    }

    /// Whether these rules would let somebody speak of something without asking whom the old ones had ask.
    pub(super) fn opens_topics_of(&self, old: &Self) -> bool {
        let asks_still = |topic: &Topic, word: &String| self.topics.0.iter().any(|new| new.covers(topic, word));
        !old.topics.0.iter().all(|topic| topic.words.iter().all(|word| asks_still(topic, word)))
    }
}

/// The names of topics, as a sentence names them.
pub(super) fn names(topics: &[&Topic]) -> String {
    topics.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Topics as they are kept: trimmed, each word once. Refuses more than there may be, names and words of which nothing
/// is seen, and people who have no role on the brand.
pub(super) fn settle(conn: &mut Conn, policy: &mut Policy) -> Result<()> {
    let refuse = |told: String| Err(Error::invalid("policy.topics", told));
    let topics = &mut policy.topics.0;
    if topics.len() > TOPICS {
        return refuse(format!("A brand has {TOPICS} topics at most; these are {}.", topics.len()));
    }
    let mut names = BTreeSet::new();
    for topic in topics.iter_mut() {
        let typed = std::mem::take(&mut topic.name);
        topic.name = text::typed_name(&typed, LONGEST + 1);
        if text::is_blank(&topic.name) || topic.name.chars().count() > LONGEST {
            return refuse(format!("The name of a topic has 1 to {LONGEST} characters."));
        }
        if !names.insert(text::folded(&topic.name)) {
            return refuse(format!("There are two topics called {}.", topic.name));
        }
        let mut known = BTreeSet::new();
        for word in &mut topic.words {
            *word = word.split_whitespace().collect::<Vec<_>>().join(" ");
            if searched(bare(word)).is_empty() || word.chars().count() > LONGEST {
                return refuse(format!("A word of a topic has 1 to {LONGEST} characters: look at {}.", topic.name));
            }
        }
        topic.words.retain(|word| known.insert(needle(word)));
        if topic.words.is_empty() || topic.words.len() > WORDS {
            return refuse(format!("A topic has 1 to {WORDS} words that tell of it: look at {}.", topic.name));
        }
        topic.may.sort();
        topic.may.dedup();
    }
    if topics.iter().all(|topic| topic.may.is_empty()) {
        return Ok(());
    }
    let write = accounts::people_with(conn, &[policy.actor_id], Right::WriteDraft)?;
    for topic in topics.iter() {
        if let Some(stranger) = topic.may.iter().find(|person| !write.iter().any(|(_, one)| one == *person)) {
            return refuse(format!(
                "{} names account {stranger}, who does not write for this brand. Give them a role first, or leave them out.",
                topic.name
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::Json, domain::ActorId};

    struct Words(&'static str);

    impl Said for Words {
        fn said(&self) -> String {
            self.0.to_owned()
        }
    }

    fn rules(topics: Vec<Topic>) -> Policy {
        Policy { topics: Json(topics), ..Policy::usual(ActorId(1)) }
    }

    fn prices(words: &[&str], may: &[i64]) -> Topic {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Topic { name: "Prices".to_owned(), words, may: may.iter().copied().map(AccountId).collect() }
    }

    #[test]
    fn words_are_found_as_they_are_seen() {
        let rules =
            rules(vec![prices(&["price", "rate card", "Preisänderung", "tarif*", "価格", "*سعر", "*satz"], &[])]);
        for (said, asks) in [
            ("The PRICE is fine.", true),
            ("priceless", false),
            ("prices", false),
            ("a pri\u{200b}ce", true),
            ("our rate\n card", true),
            ("our rate, card", false),
            ("eine PREISÄNDERUNG!", true),
            ("#price", true),
            ("neue Tarifzonen", true),
            ("ein Tarif", true),
            ("Zolltarif", false),
            ("Preisa\u{308}nderung", true),
            ("この価格は高い", true),
            ("السِعر", true),
            ("ein Zinssatz", true),
            ("Satzung", false),
            ("p\u{fe0f}rice", true),
            ("ｐｒｉｃｅ", true),
            ("", false),
        ] {
            let words = Words(said);
            let speech = Speech { said: &words, by: &[AccountId(1)], sender: None, at: Timestamp(0) };
            assert_eq!(!rules.asked(&speech).is_empty(), asks, "{said}");
        }
    }

    #[test]
    fn everybody_who_wrote_must_be_let() {
        let rules = rules(vec![prices(&["price"], &[1, 2])]);
        let said = Words("the price");
        for (by, asks) in [(vec![1], false), (vec![1, 2], false), (vec![1, 3], true), (vec![3], true), (vec![], false)]
        {
            let by: Vec<AccountId> = by.into_iter().map(AccountId).collect();
            assert_eq!(
                !rules.asked(&Speech { said: &said, by: &by, sender: None, at: Timestamp(0) }).is_empty(),
                asks,
                "{by:?}"
            );
        }
    }

    #[test]
    fn what_opens_a_topic_is_weaker() {
        let old = rules(vec![prices(&["price", "rebate"], &[1])]);
        let other = |words: &[&str], may: &[i64]| Topic { name: "Money".to_owned(), ..prices(words, may) };
        for (new, weaker) in [
            (vec![], true),
            (vec![prices(&["price", "rebate"], &[1])], false),
            (vec![prices(&["REBATE", "price", "cost"], &[])], false),
            (vec![prices(&["price"], &[1])], true),
            (vec![prices(&["price*", "rebate"], &[1])], true),
            (vec![prices(&["price", "rebate"], &[1, 2])], true),
            (vec![prices(&["price"], &[1]), other(&["rebate"], &[1])], false),
            (vec![prices(&["price"], &[1]), other(&["rebate"], &[2])], true),
        ] {
            assert_eq!(rules(new.clone()).is_weaker_than(&old), weaker, "{new:?}");
            assert!(!rules(new).is_weaker_than(&Policy::usual(ActorId(1))));
        }
    }
}
