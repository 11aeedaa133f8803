//! What is written to people about certificates that end: for what they are, the days, and where they are given anew;
//! never whose they are or what was passed.

use super::{House, Letter, Part, house::day};
use crate::{
    db::Timestamp,
    text::{Language, sentences::Html},
};

/// A letter about certificates that end.
#[derive(Debug, Clone)]
pub struct CertificateLetter {
    /// Where certificates are seen and given.
    pub link: String,
    /// Whoever reads it holds them; else they may give them anew.
    pub own: bool,
    /// They have ended, and count for some days more.
    pub ended: bool,
    /// Some of them let somebody answer where rules ask for a certificate.
    pub answers: bool,
    /// Some of them let somebody approve there.
    pub approves: bool,
    /// Which.
    pub certificates: Vec<Ending>,
}

/// A certificate that ends.
#[derive(Debug, Clone)]
pub struct Ending {
    /// For what.
    pub role: Taught,
    /// When it ends.
    pub ends: Timestamp,
    /// Until when it counts.
    pub counts_until: Timestamp,
}

/// For what a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taught {
    /// To answer.
    Answer,
    /// To say yes to what others wrote.
    Approve,
    /// To publish.
    Publish,
    /// To write drafts.
    Write,
    /// To change rules.
    Manage,
}

impl Taught {
    /// The word for it.
    fn told(self, say: Language) -> Html {
        Html::name(match self {
            Self::Answer => say.letter_to_answer(),
            Self::Approve => say.letter_to_approve(),
            Self::Publish => say.letter_to_publish(),
            Self::Write => say.letter_to_write(),
            Self::Manage => say.letter_to_manage(),
        })
    }
}

impl Letter for CertificateLetter {
    fn subject(&self, house: &House) -> Html {
        let (say, company) = (house.say, house.name());
        if let [one] = self.certificates.as_slice() {
            let role = one.role.told(say);
            return match (self.own, self.ended) {
                (true, false) => say.letter_own_ends(role, company, day(one.ends, say)),
                (false, false) => say.letter_one_ends(role, company, day(one.ends, say)),
                (true, true) => say.letter_own_ended(role, company),
                (false, true) => say.letter_one_ended(role, company),
            };
        }
        let several = i64::try_from(self.certificates.len()).unwrap_or(i64::MAX);
        if self.ended { say.letter_several_ended(several, company) } else { say.letter_several_end(several, company) }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let say = house.say;
        let told = |one: &Ending| {
            let (role, company) = (one.role.told(say), house.name());
            let (ends, counts) = (day(one.ends, say), day(one.counts_until, say));
            Part::Says(match (self.own, self.ended) {
                (true, false) => say.letter_own_will_end(role, company, ends, counts),
                (false, false) => say.letter_one_will_end(role, company, ends, counts),
                (true, true) => say.letter_own_did_end(role, company, ends, counts),
                (false, true) => say.letter_one_did_end(role, company, ends, counts),
            })
        };
        let consequence = match (self.answers, self.approves) {
            (_, true) => say.letter_then_no_approvals(),
            (true, false) => say.letter_then_answers_wait(),
            (false, false) => say.letter_then_nothing(),
        };
        let remedy = if self.own { say.letter_ask_for_new() } else { say.letter_give_new() };
        let mut parts: Vec<Part> = self.certificates.iter().map(told).collect();
        parts.extend([
            Part::Says(consequence),
            Part::Says(remedy),
            Part::Leads(self.link.clone(), say.letter_certificates()),
        ]);
        parts
    }
}
