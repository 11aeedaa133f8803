//! Whether enough people agree to what is there now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Draft, Review, Verdict, edits::changed_post, hash::content_hash, queries::reviews_of};
use crate::{
    db::{Conn, Json, Timestamp},
    domain::{
        AccountId, ActorId,
        accounts::{self, Right},
        brands::{self, Answers, Asks, Policy, Rules, Speech, WithUploads},
        media::{self, Media},
        posts::{self, Unsigned},
    },
    error::{Error, Result, Rule},
};

/// How a draft stood when it was published: whoever agreed then agreed, whatever became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How many approvals it needed.
    pub needed: usize,
    /// Whose approvals counted.
    pub approved_by: Vec<AccountId>,
}

/// How a draft stands with those who must agree to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The hash of what is there now.
    pub hash: String,
    /// How many approvals it needs.
    pub needed: usize,
    /// Whose approvals count.
    pub approved_by: Vec<AccountId>,
    /// Who asked for changes of just this.
    pub objected_by: Vec<AccountId>,
    /// From when on the approvals that count are too few, if nobody agrees anew; nothing where it needs none, or has too
    /// few already.
    pub until: Option<Timestamp>,
    /// The names of the topics about which whoever wrote it asks first; empty for none, and for what is published.
    pub topics: String,
}

impl Standing {
    /// Whether it may be published.
    pub fn is_met(&self) -> bool {
        self.objected_by.is_empty() && self.approved_by.len() >= self.needed
    }

    /// Refuses when it may not, by the rules of this brand.
    pub(super) fn must_be_met(&self, brand: ActorId) -> Result<()> {
        if self.is_met() {
            return Ok(());
        }
        if !self.objected_by.is_empty() {
            let refused = Error::forbidden("draft.objection", "Somebody asked for changes of this draft.");
            return Err(refused.ruled_by(Rule::Brand(brand.0)));
        }
        let (have, needed) = (self.approved_by.len(), self.needed);
        let about = match self.topics.as_str() {
            "" => String::new(),
            topics => format!(" It speaks of what is asked about first: {topics}."),
        };
        let told = format!("This draft has {have} of the {needed} approvals that this brand asks for.{about}");
        Err(Error::forbidden("draft.approvals_missing", told).ruled_by(Rule::Brand(brand.0)))
    }

    /// How a draft stands by what was said of it. Approvals count when they are of the text that is there now, not too
    /// old, not from before the crisis that there is, and of somebody who may still approve and wrote nothing of it. An objection stays, whatever becomes of whoever
    /// raised it: it goes with the text, or when they agree. What is published stands as it stood then.
    pub(super) fn of(
        draft: &Draft,
        rules: &Rules,
        answers: Answers,
        (hash, uploads): (String, &[Media]),
        reviews: &[Review],
        approvers: &[AccountId],
        now: Timestamp,
    ) -> Self {
        let heard = |verdict: Verdict| {
            let hash = &hash;
            reviews.iter().filter(move |review| {
                review.draft_id == draft.id && review.verdict == verdict && review.content_hash == *hash
            })
        };
        let counts = |review: &&Review| {
            let wrote = draft.writers.0.contains(&review.account_id) || draft.author_id == review.account_id;
            approvers.contains(&review.account_id)
                && (rules.self_approve || !wrote)
                && now.since(review.created_at) < rules.approval_lasts()
                && rules.crisis_since.is_none_or(|since| review.created_at >= since)
        };
        let approved: BTreeMap<AccountId, Timestamp> =
            heard(Verdict::Approved).filter(counts).map(|review| (review.account_id, review.created_at)).collect();
        let objected: BTreeSet<AccountId> = heard(Verdict::ChangesRequested).map(|review| review.account_id).collect();
        if let Some(Json(counted)) = &draft.counted {
            let Counted { needed, approved_by } = counted.clone();
            let objected_by = objected.into_iter().collect();
            return Self { needed, approved_by, objected_by, hash, until: None, topics: String::new() };
        }
        let by = draft.hands();
        let speech = Speech { said: &WithUploads(&draft.wish.0, media::descriptions(uploads)), by: &by };
        let Asks { approvals: needed, topics } = rules.asks(answers, &speech);
        // It stands for as long as the oldest of the newest that it needs.
        let mut newest: Vec<Timestamp> = approved.values().copied().collect();
        newest.sort_by(|one, other| other.cmp(one));
        let last = needed.checked_sub(1).and_then(|last| newest.get(last));
        Self {
            until: last.map(|last| last.plus(rules.approval_lasts())),
            needed,
            approved_by: approved.into_keys().collect(),
            objected_by: objected.into_iter().collect(),
            hash,
            topics,
        }
    }
}

/// How a draft stands at this moment.
pub(super) fn standing(conn: &mut Conn, draft: &Draft, now: Timestamp) -> Result<Standing> {
    let rules = brands::rules_of(conn, draft.actor_id)?;
    let answers = whom_it_answers(conn, draft)?;
    let reviews = reviews_of(conn, &[draft.id])?;
    let approvers = accounts::people_with(conn, &[draft.actor_id], Right::Approve)?;
    let approvers: Vec<AccountId> = approvers.into_iter().map(|(_, account)| account).collect();
    let uploads = media::find_many(conn, &draft.wish.0.media)?;
    let hash = hash_under(conn, draft, &rules, &uploads)?;
    Ok(Standing::of(draft, &rules, answers, (hash, &uploads), &reviews, &approvers, now))
}

/// Whether a draft needs no more than the right to answer.
pub(super) fn is_let_go(conn: &mut Conn, draft: &Draft) -> Result<bool> {
    let (answers, by) = (whom_it_answers(conn, draft)?, draft.hands());
    let (rules, uploads) = (brands::rules_of(conn, draft.actor_id)?, media::find_many(conn, &draft.wish.0.media)?);
    Ok(rules.lets_go(answers, &Speech { said: &WithUploads(&draft.wish.0, media::descriptions(&uploads)), by: &by }))
}

/// Whom a draft answers; the post that it changes, where it changes one.
fn whom_it_answers(conn: &mut Conn, draft: &Draft) -> Result<Answers> {
    let author = match changed_post(conn, draft)? {
        Some(post) => post.reply_to_author_id,
        None => match draft.wish.0.reply_to {
            Some(answered) => posts::find(conn, answered)?.map(|post| post.author_id),
            None => None,
        },
    };
    brands::answers(conn, author)
}

/// The hash of what is there now: what an upload shows may have been said anew since it was saved, and whoever signs it
/// may be called otherwise.
pub(super) fn fresh_hash(conn: &mut Conn, draft: &Draft) -> Result<String> {
    let policy = brands::policy_of(conn, draft.actor_id)?;
    let uploads = media::find_many(conn, &draft.wish.0.media)?;
    hash_under(conn, draft, &policy, &uploads)
}

fn hash_under(conn: &mut Conn, draft: &Draft, policy: &Policy, uploads: &[Media]) -> Result<String> {
    let signed = posts::signatures(conn, &[unsigned(draft, policy)])?.pop().flatten();
    content_hash(&draft.wish.0, uploads, changed_post(conn, draft)?.as_ref(), signed.as_deref())
}

/// A draft, as what says who wrote it is made for it.
pub(super) fn unsigned(draft: &Draft, policy: &Policy) -> Unsigned {
    Unsigned { brand: draft.actor_id, author: draft.author_id, wished: policy.signature, changes: draft.of_post }
}
