//! Whether enough people agree to what is there now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Draft, Review, Verdict, edits::changed_post, hash::content_hash, queries::reviews_of};
use crate::{
    db::{Conn, Json, Timestamp},
    domain::{
        AccountId, ActorId,
        accounts::{self, Right},
        brands::{self, Answers, Asks, MissingCertificate, Policy, Rules, Speech, WithUploads},
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
    /// From when on neither the certificates by which it goes nor the approvals that it would need without them let it go;
    /// nothing where no certificate spares it any.
    pub certified_until: Option<Timestamp>,
    /// What would have let it go without approval, or have an approval count, where somebody lacks that.
    pub missing: Vec<MissingCertificate>,
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
        let steps: String = self.missing.iter().map(|step| format!(" {}", step.told())).collect();
        let told = format!("This draft has {have} of the {needed} approvals that this brand asks for.{about}{steps}");
        Err(Error::forbidden("draft.approvals_missing", told).ruled_by(Rule::Brand(brand.0)))
    }

    /// How a draft stands by what was said of it. Approvals count when they are of the text that is there now, not too
    /// old, not from before the crisis that there is, and of somebody who may still approve, holds the certificate that
    /// the rules ask for, and wrote nothing of it. `sender` sends it, where somebody does. An objection stays, whatever
    /// becomes of whoever raised it: it goes with the text, or when they agree. What is published stands as it stood then.
    pub(super) fn of(
        draft: &Draft,
        rules: &Rules,
        answers: Answers,
        (hash, uploads): (String, &[Media]),
        reviews: &[Review],
        approvers: &[AccountId],
        (sender, now): (Option<AccountId>, Timestamp),
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
                && rules.counts_approval_of(review.account_id, now)
                && now.since(review.created_at) < rules.approval_lasts()
                && rules.crisis_since.is_none_or(|since| review.created_at >= since)
        };
        // Until when each counts.
        let ends = |review: &Review| {
            let old = review.created_at.plus(rules.approval_lasts());
            rules.approves_until(review.account_id).map_or(old, |until| old.min(until))
        };
        let approved: BTreeMap<AccountId, Timestamp> =
            heard(Verdict::Approved).filter(counts).map(|review| (review.account_id, ends(review))).collect();
        let objected: BTreeSet<AccountId> = heard(Verdict::ChangesRequested).map(|review| review.account_id).collect();
        if let Some(Json(counted)) = &draft.counted {
            let Counted { needed, approved_by } = counted.clone();
            let objected_by = objected.into_iter().collect();
            let (missing, topics) = (Vec::new(), String::new());
            let (until, certified_until) = (None, None);
            return Self { needed, approved_by, objected_by, hash, until, certified_until, missing, topics };
        }
        let by = draft.hands();
        let speech =
            Speech { said: &WithUploads(&draft.wish.0, media::descriptions(uploads)), by: &by, sender, at: now };
        let Asks { approvals: needed, topics, missing } = rules.asks(answers, &speech);
        let ignored = |review: &Review| {
            approvers.contains(&review.account_id) && !rules.counts_approval_of(review.account_id, now)
        };
        let uncertified = heard(Verdict::Approved).any(ignored).then_some(MissingCertificate::CertificateToApprove);
        // It stands for as long as the first to end of those that it needs and that count longest.
        let mut longest: Vec<Timestamp> = approved.values().copied().collect();
        longest.sort_by(|one, other| other.cmp(one));
        let last = needed.checked_sub(1).and_then(|last| longest.get(last));
        let certified_until = rules.certified_until(answers, &speech).map(|(end, then)| {
            let approved_until = then.checked_sub(1).and_then(|last| longest.get(last));
            approved_until.map_or(end, |until| end.max(*until))
        });
        Self {
            until: last.copied(),
            certified_until,
            needed,
            approved_by: approved.into_keys().collect(),
            objected_by: objected.into_iter().collect(),
            hash,
            missing: missing.into_iter().filter(|_| needed > 0).chain(uncertified).collect(),
            topics,
        }
    }
}

/// How a draft stands at this moment, with whoever sends it, where somebody does.
pub(super) fn standing(conn: &mut Conn, draft: &Draft, sender: Option<AccountId>, now: Timestamp) -> Result<Standing> {
    let rules = brands::rules_of(conn, draft.actor_id)?;
    let answers = whom_it_answers(conn, draft)?;
    let reviews = reviews_of(conn, &[draft.id])?;
    let approvers = accounts::people_with(conn, &[draft.actor_id], Right::Approve)?;
    let approvers: Vec<AccountId> = approvers.into_iter().map(|(_, account)| account).collect();
    let uploads = media::find_many(conn, &draft.wish.0.media)?;
    let hash = hash_under(conn, draft, &rules, &uploads)?;
    Ok(Standing::of(draft, &rules, answers, (hash, &uploads), &reviews, &approvers, (sender, now)))
}

/// Whether a draft needs no more than the right to answer of whoever sends it, and what would have let it go where
/// somebody lacks that.
pub(super) fn let_go(
    conn: &mut Conn,
    draft: &Draft,
    sender: AccountId,
    now: Timestamp,
) -> Result<(bool, Option<MissingCertificate>)> {
    let (answers, by) = (whom_it_answers(conn, draft)?, draft.hands());
    let (rules, uploads) = (brands::rules_of(conn, draft.actor_id)?, media::find_many(conn, &draft.wish.0.media)?);
    let said = WithUploads(&draft.wish.0, media::descriptions(&uploads));
    let speech = Speech { said: &said, by: &by, sender: Some(sender), at: now };
    Ok((rules.lets_go(answers, &speech), rules.lacks(answers, &speech)))
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
    Unsigned {
        brand: draft.actor_id,
        author: draft.author_id,
        wished: policy.signature,
        department: policy.signature_department,
        changes: draft.of_post,
    }
}
