//! What letters say about one's account, about what is done for brands, and about crisis mode.

use super::{
    House, Letter, Part,
    house::{day, handle, moment},
};
use crate::{
    db::Timestamp,
    text::{Language, sentences::Html},
};

/// A link by which somebody sets another password.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Whose password: the handle.
    pub handle: String,
    /// The link.
    pub link: String,
    /// For how many minutes it works.
    pub minutes: i64,
}

impl Letter for Reset {
    fn subject(&self, house: &House) -> Html {
        house.say.letter_reset(house.name())
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let say = house.say;
        vec![
            Part::Says(say.letter_asked_for_password(handle(&self.handle), house.name())),
            Part::Says(say.letter_set_within(self.minutes)),
            Part::Leads(self.link.clone(), say.letter_set_password()),
            Part::Says(say.letter_reset_ends()),
            Part::Adds(say.letter_not_asked()),
        ]
    }
}

/// Whoever did something, or that it is not known who.
pub(super) fn somebody(by: Option<&str>, say: Language) -> Html {
    Html::name(by.unwrap_or_else(|| say.letter_somebody()))
}

/// A manager is told that somebody published as a brand without the approvals that it asks for.
#[derive(Debug, Clone)]
pub struct Overridden {
    /// The username of the brand.
    pub brand: String,
    /// What whoever published it is called, where that is known.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// Where the post is.
    pub link: String,
}

impl Letter for Overridden {
    fn subject(&self, house: &House) -> Html {
        house.say.letter_overridden(handle(&self.brand))
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, brand) = (house.say, handle(&self.brand));
        vec![
            Part::Says(say.letter_published_without(somebody(self.by.as_deref(), say), &brand)),
            Part::Quotes(self.reason.clone()),
            Part::Leads(self.link.clone(), say.letter_see_post()),
            Part::Adds(say.letter_as_manager(&brand, house.name())),
        ]
    }
}

/// Somebody is told that what they wrote for a brand, or gave its time, was not published.
#[derive(Debug, Clone)]
pub struct Held {
    /// The username of the brand.
    pub brand: String,
    /// The number of the draft.
    pub draft: String,
    /// Why, in English.
    pub reason: String,
    /// The code of the reason, while it is what holds the draft.
    pub code: Option<String>,
    /// Where the draft is, which says why in every language.
    pub link: String,
}

impl Letter for Held {
    fn subject(&self, house: &House) -> Html {
        house.say.letter_held(handle(&self.brand))
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, brand, draft) = (house.say, handle(&self.brand), Html::name(&self.draft));
        // The sentence of an error is English; in other languages its code is said, where letters have words for it.
        let why = match say {
            Language::English => Some(self.reason.as_str()),
            Language::German | Language::Arabic => self.code.as_deref().and_then(|code| why_held(code, say)),
        };
        let mut parts = match why {
            Some(why) => vec![Part::Says(say.letter_is_held(brand, draft)), Part::Quotes(why.to_owned())],
            None => vec![Part::Says(say.letter_is_held_see_why(brand, draft))],
        };
        parts.extend([
            Part::Says(say.letter_stays_draft()),
            Part::Leads(self.link.clone(), say.letter_see_it()),
            Part::Adds(say.letter_as_writer(house.name())),
        ]);
        parts
    }
}

/// What the code of a refusal says that keeps a draft from being published.
fn why_held(code: &str, say: Language) -> Option<&'static str> {
    Some(match code {
        "held.broken" => say.held_broken(),
        "crisis.on" => say.held_by_crisis(),
        "draft.approvals_missing" => say.held_without_approvals(),
        "draft.objection" => say.held_by_objection(),
        "draft.rights" => say.held_without_rights(),
        "draft.consent" => say.held_without_consent(),
        "exposure.listen" | "exposure.reply" => say.held_by_reach(),
        "media.unknown" => say.held_without_file(),
        "post.not_found" => say.held_without_post(),
        "post.team" => say.held_without_team(),
        "post.too_long" => say.held_too_long(),
        _ => return None,
    })
}

/// Everybody with a role on a brand is told that somebody made its rules weaker with nobody there who could agree.
#[derive(Debug, Clone)]
pub struct Weakened {
    /// The username of the brand.
    pub brand: String,
    /// What whoever did it is called, where that is known.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
}

impl Letter for Weakened {
    fn subject(&self, house: &House) -> Html {
        house.say.letter_weakened(handle(&self.brand))
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, brand) = (house.say, handle(&self.brand));
        vec![
            Part::Says(say.letter_rules_made_weaker(somebody(self.by.as_deref(), say), &brand)),
            Part::Quotes(self.reason.clone()),
            Part::Adds(say.letter_with_role(&brand, house.name())),
        ]
    }
}

/// Somebody is told that a passkey of theirs was added or removed.
#[derive(Debug, Clone)]
pub struct PasskeyChanged {
    /// Whose: the handle.
    pub handle: String,
    /// What the passkey is called.
    pub name: String,
    /// It was added.
    pub added: bool,
    /// When.
    pub at: Timestamp,
    /// Where that can be undone.
    pub link: String,
}

impl Letter for PasskeyChanged {
    fn subject(&self, house: &House) -> Html {
        let (say, company) = (house.say, house.name());
        if self.added { say.letter_passkey_was_added(company) } else { say.letter_passkey_was_removed(company) }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, company) = (house.say, house.name());
        let (name, of, at) = (Html::name(&self.name), handle(&self.handle), moment(self.at, say));
        let (told, advice) = if self.added {
            (say.letter_passkey_added(name, of, company, at), say.letter_if_not_you_added())
        } else {
            (say.letter_passkey_removed(name, of, company, at), say.letter_if_not_you_removed())
        };
        vec![Part::Says(told), Part::Says(advice), Part::Leads(self.link.clone(), say.letter_your_account())]
    }
}

/// Somebody is told which role they have with a brand or the house now.
#[derive(Debug, Clone)]
pub struct RoleChanged {
    /// The username of the brand; nothing, where it is about the house.
    pub brand: Option<String>,
    /// The role, as the API names it; nothing, where there is none any more.
    pub role: Option<String>,
    /// Which colleague gave or took it, where one did.
    pub by: Option<String>,
    /// Where the news of it stand.
    pub link: String,
}

impl Letter for RoleChanged {
    fn subject(&self, house: &House) -> Html {
        match &self.brand {
            Some(brand) => house.say.letter_role_with(handle(brand), house.name()),
            None => house.say.letter_role_here(house.name()),
        }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let say = house.say;
        let told = match (&self.brand, &self.role) {
            (Some(brand), Some(name)) => say.letter_role_is(handle(brand), role(name, say)),
            (Some(brand), None) => say.letter_role_gone(handle(brand)),
            (None, Some(name)) => say.letter_house_role_is(role(name, say)),
            (None, None) => say.letter_house_role_gone(),
        };
        let by = self.by.as_deref().map(|by| Part::Says(say.letter_role_by(Html::name(by))));
        let rest =
            [Part::Says(say.letter_role_counts(house.name())), Part::Leads(self.link.clone(), say.letter_see_it())];
        std::iter::once(Part::Says(told)).chain(by).chain(rest).collect()
    }
}

/// The word for a role with a brand or the house; one that has none stays as the API names it.
fn role(name: &str, say: Language) -> Html {
    Html::name(match name {
        "owner" => say.letter_role_owner(),
        "admin" => say.letter_role_admin(),
        "moderator" => say.letter_role_moderator(),
        "member" => say.letter_role_member(),
        "manager" => say.letter_role_manager(),
        "approver" => say.letter_role_approver(),
        "publisher" => say.letter_role_publisher(),
        "contributor" => say.letter_role_contributor(),
        "responder" => say.letter_role_responder(),
        "analyst" => say.letter_role_analyst(),
        "auditor" => say.letter_role_auditor(),
        other => other,
    })
}

/// Somebody is invited to have an account here.
#[derive(Debug, Clone)]
pub struct Invited {
    /// What whoever invites is called, where it is a person.
    pub by: Option<String>,
    /// As somebody who works at the company.
    pub works_here: bool,
    /// The link.
    pub link: String,
    /// The last day on which it works.
    pub until: Timestamp,
}

impl Letter for Invited {
    fn subject(&self, house: &House) -> Html {
        house.say.letter_come(house.name())
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, company) = (house.say, house.name());
        let told = match (self.by.as_deref().map(Html::name), self.works_here) {
            (Some(by), true) => say.letter_invites_to_work(by, company),
            (Some(by), false) => say.letter_invites(by, company),
            (None, true) => say.letter_invited_to_work(company),
            (None, false) => say.letter_invited(company),
        };
        vec![
            Part::Says(told),
            Part::Says(say.letter_come_until(day(self.until, say))),
            Part::Leads(self.link.clone(), say.letter_choose_name()),
            Part::Adds(say.letter_for_you_alone()),
        ]
    }
}

/// Somebody is told that crisis mode was begun or ended, or that its end is asked for.
#[derive(Debug, Clone)]
pub struct InCrisis {
    /// What whoever did it is called; nobody where it was whoever runs the server.
    pub by: Option<String>,
    /// What was done.
    pub what: CrisisNews,
    /// Why; empty where nobody said.
    pub reason: String,
}

/// What became of crisis mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrisisNews {
    /// It is on.
    Began,
    /// Somebody wishes to end it.
    EndAsked,
    /// It is over.
    Ended,
}

impl Letter for InCrisis {
    fn subject(&self, house: &House) -> Html {
        let (say, company) = (house.say, house.name());
        match self.what {
            CrisisNews::Began => say.letter_crisis_on(company),
            CrisisNews::EndAsked => say.letter_crisis_shall_end(company),
            CrisisNews::Ended => say.letter_crisis_over(company),
        }
    }

    fn parts(&self, house: &House) -> Vec<Part> {
        let (say, company) = (house.say, house.name());
        let by = Html::name(self.by.as_deref().unwrap_or_else(|| say.letter_whoever_runs_it()));
        let (told, advice) = match self.what {
            CrisisNews::Began => (say.letter_began_crisis(by, &company), say.letter_in_crisis()),
            CrisisNews::EndAsked => (say.letter_asks_to_end(by, &company), say.letter_confirm_end()),
            CrisisNews::Ended => (say.letter_ended_crisis(by, &company), say.letter_after_crisis()),
        };
        let mut parts = vec![Part::Says(told)];
        if !self.reason.is_empty() {
            parts.extend([Part::Says(say.letter_reason_given()), Part::Quotes(self.reason.clone())]);
        }
        parts.extend([Part::Says(advice), Part::Adds(say.letter_of_crisis(company))]);
        parts
    }
}
