//! What keeps something back that is said for a brand, and what is missing for it to go at once.

use super::{Answers, Asks, ReplyLane, Rules, Speech, topics};
use crate::{
    db::Timestamp,
    domain::{AccountId, accounts::CertificateRole},
};

crate::text_enum! {
    /// What somebody lacks, so that what they say waits, or their approval does not count.
    MissingCertificate {
        /// A certificate that lets them answer.
        CertificateToAnswer = "certificate_to_answer",
        /// A certificate that lets them approve.
        CertificateToApprove = "certificate_to_approve",
    }
}

impl MissingCertificate {
    /// The certificates any of which would do.
    pub fn roles(self) -> Vec<CertificateRole> {
        let all = CertificateRole::ALL.iter().copied();
        match self {
            Self::CertificateToAnswer => all.filter(|role| role.lets_answer()).collect(),
            Self::CertificateToApprove => all.filter(|role| role.lets_approve()).collect(),
        }
    }

    /// What is said to who lacks it.
    pub fn told(self) -> String {
        let roles: Vec<&str> = self.roles().into_iter().map(CertificateRole::as_str).collect();
        let what = match self {
            Self::CertificateToAnswer => {
                "Here an answer goes at once where whoever wrote it, and whoever sends it, has a role that answers and holds \
                 a valid certificate"
            }
            Self::CertificateToApprove => {
                "Here an approval counts only while whoever gave it holds a valid certificate"
            }
        };
        format!("{what} ({}). Ask an owner or admin for one.", roles.join(", "))
    }
}

impl Rules {
    /// Whether what answers them goes by the lane for answers, in which nothing more is needed than the right to answer.
    /// Where the rules ask for certificates, everybody who wrote in it, and who sends it, has a role that answers and holds
    /// one: so its author may send what is free, whoever looks at it. Whoever goes on with what the brand or a colleague
    /// said writes for everybody. What nobody wrote comes from the command line, which holds no certificate.
    fn is_free(&self, answers: Answers, by: &[AccountId], sender: Option<AccountId>, at: Timestamp) -> bool {
        let certified = |person: &AccountId| self.certified.may_answer(*person, at);
        let lane = match self.reply_lane {
            ReplyLane::Free => true,
            ReplyLane::Certified => !by.is_empty() && by.iter().chain(&sender).all(certified),
            ReplyLane::Approval => false,
        };
        lane && answers == Answers::Others
    }

    fn is_free_for(&self, answers: Answers, speech: &Speech<'_>) -> bool {
        self.is_free(answers, speech.by, speech.sender, speech.at)
    }

    /// Whether what a person answers to others goes by the lane for answers, whatever it speaks of.
    pub(super) fn answers_freely(&self, person: AccountId, at: Timestamp) -> bool {
        self.is_free(Answers::Others, &[person], None, at)
    }

    /// Whether what answers them needs no more than the right to answer.
    pub fn lets_go(&self, answers: Answers, speech: &Speech<'_>) -> bool {
        self.is_free_for(answers, speech) && self.asked(speech).is_empty()
    }

    /// Until when what answers them goes by certificates, of which the first to end is that of somebody who wrote in it or
    /// of who sends it, and how many approvals it needs then. Nothing, where no certificate spares it any.
    pub fn certified_until(&self, answers: Answers, speech: &Speech<'_>) -> Option<(Timestamp, usize)> {
        let then = self.needed(false);
        if self.reply_lane != ReplyLane::Certified || then == 0 || !self.is_free_for(answers, speech) {
            return None;
        }
        let ends = speech.by.iter().chain(&speech.sender).filter_map(|person| self.certified.answers_until(*person));
        ends.min().map(|end| (end, then))
    }

    /// What keeps something back that answers them: the approvals of the rules, and one at least where it speaks of what
    /// is asked about first.
    pub fn asks(&self, answers: Answers, speech: &Speech<'_>) -> Asks {
        let (asked, free) = (self.asked(speech), self.is_free_for(answers, speech));
        Asks {
            approvals: self.needed(free).max(usize::from(!asked.is_empty())),
            topics: topics::names(&asked),
            missing: self.lacks(answers, speech),
        }
    }

    /// What would let it go by the lane for answers, where somebody lacks that.
    pub fn lacks(&self, answers: Answers, speech: &Speech<'_>) -> Option<MissingCertificate> {
        let lane = self.reply_lane == ReplyLane::Certified && answers == Answers::Others;
        (lane && !self.is_free_for(answers, speech)).then_some(MissingCertificate::CertificateToAnswer)
    }

    /// How many approvals the rules ask for, of what goes by the lane for answers and of what does not.
    pub(super) fn needed(&self, free: bool) -> usize {
        if free { 0 } else { usize::try_from(self.min_approvals).unwrap_or(0) }
    }

    /// Whether something that answers them may have needed approval, whatever it said and whoever wrote it.
    pub(super) fn may_have_asked(&self, answers: Answers) -> bool {
        let free = self.reply_lane == ReplyLane::Free && answers == Answers::Others;
        self.may_ask() && (self.needed(free) > 0 || !self.topics.0.is_empty())
    }

    /// Until when the approvals of somebody count, where the rules ask for a certificate.
    pub fn approves_until(&self, person: AccountId) -> Option<Timestamp> {
        if self.certified_approvers { self.certified.approves_until(person) } else { None }
    }

    /// Whether the approval of somebody who may approve counts at this moment.
    pub fn counts_approval_of(&self, person: AccountId, at: Timestamp) -> bool {
        !self.certified_approvers || self.certified.may_approve(person, at)
    }
}
