//! What a check found, and all of them together.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Check;
use crate::{
    db::Timestamp,
    domain::Site,
    error::{Error, Kind},
};

crate::text_enum! {
    /// How a check ended.
    Verdict {
        /// All is well.
        Ok = "ok",
        /// It works, and could be better or break soon.
        Warning = "warning",
        /// Something does not work.
        Failed = "failed",
        /// It does not apply here, or could not be looked at.
        Skipped = "skipped",
    }
}

/// What a check says: what it found where all is well, else the trouble.
pub(super) type Judged = Result<Told, Trouble>;

/// Why a check did not find all well.
#[derive(Debug)]
pub(super) enum Trouble {
    Warning { found: Told, advice: Told },
    Failed { found: Told, advice: Told },
    Skipped { found: Told },
}

/// What was found or is to be done: sentences, each with the code by which it is said in another language and the values
/// in it. What has no code is said in English alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told(Vec<Said>);

/// A sentence with the values that stand in it by their names: its text is the same for the code and for who reads it.
macro_rules! told {
    ($code:literal, $text:literal $(, $name:ident = $value:expr)+ $(,)?) => {
        $crate::doctor::report::Told::of($code, format!($text, $($name = $value),+))
            $(.with(stringify!($name), &$value))+
    };
}
pub(super) use told;

impl Told {
    pub(super) fn of(code: &'static str, text: impl Into<String>) -> Self {
        Self(vec![Said { text: text.into(), code: Some(code), values: BTreeMap::new() }])
    }

    /// With a value that stands in it.
    pub(super) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        if let Some(said) = self.0.last_mut() {
            said.values.insert(name, value.to_string());
        }
        self
    }

    /// One after the other.
    pub(super) fn all(told: impl IntoIterator<Item = Self>) -> Self {
        Self(told.into_iter().flat_map(|told| told.0).collect())
    }

    /// All of it as one text.
    fn text(&self) -> String {
        self.0.iter().map(|said| said.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The text, the code and the values where it is one sentence, and the sentences where they are several.
    fn into_parts(mut self) -> (Said, Vec<Said>) {
        match self.0.pop() {
            Some(only) if self.0.is_empty() => (only, Vec::new()),
            last => {
                self.0.extend(last);
                (Said { text: self.text(), code: None, values: BTreeMap::new() }, self.0)
            }
        }
    }
}

impl From<String> for Told {
    fn from(text: String) -> Self {
        Self(vec![Said { text, code: None, values: BTreeMap::new() }])
    }
}

/// One that is always the same: its code and its text.
pub(super) type Known = (&'static str, &'static str);

impl From<Known> for Told {
    fn from((code, text): Known) -> Self {
        Self::of(code, text)
    }
}

impl Trouble {
    pub(super) fn warning(found: impl Into<Told>, advice: impl Into<Told>) -> Self {
        Self::Warning { found: found.into(), advice: advice.into() }
    }

    pub(super) fn failed(found: impl Into<Told>, advice: impl Into<Told>) -> Self {
        Self::Failed { found: found.into(), advice: advice.into() }
    }

    pub(super) fn skipped(found: impl Into<Told>) -> Self {
        Self::Skipped { found: found.into() }
    }
}

/// What a check could not find out is a failure of its own.
impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let advice = match error.kind() {
            Kind::Unavailable => ("advice.database_runs", "See whether the database runs and can be reached."),
            _ => ("advice.bug", "This should not happen. Look into the log, and tell the makers of Guildhall."),
        };
        Self::failed(said(&error), advice)
    }
}

/// An error with its cause, for the operator.
pub(super) fn said(error: &Error) -> String {
    use std::error::Error as _;
    let whole = error.source().map_or_else(|| error.safe().to_owned(), |cause| format!("{} ({cause})", error.safe()));
    // PostgreSQL says why in several lines.
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One of several sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DoctorSaid)]
pub struct Said {
    /// The sentence.
    pub text: String,
    /// Its code, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<&'static str>,
    /// The values that stand in it, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>, required = false)]
    pub values: BTreeMap<&'static str, String>,
}

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DoctorFinding)]
pub struct Finding {
    /// The stable name, such as `webfinger`.
    pub id: &'static str,
    /// What is checked: its subject, which fits whatever was found.
    pub name: &'static str,
    /// How it ended.
    #[schema(inline)]
    pub result: Verdict,
    /// What was found.
    pub found: String,
    /// The code of that, such as `found.silent`, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub found_code: Option<&'static str>,
    /// The values that stand in it, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>, required = false)]
    pub found_values: BTreeMap<&'static str, String>,
    /// Its sentences, each with its code, where it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub found_parts: Vec<Said>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub advice: Option<String>,
    /// The code of that, such as `advice.mangled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub advice_code: Option<&'static str>,
    /// The values that stand in it, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>, required = false)]
    pub advice_values: BTreeMap<&'static str, String>,
}

impl Finding {
    pub(super) fn of(check: &Check, judged: Judged) -> Self {
        let (result, found, advice) = match judged {
            Ok(found) => (Verdict::Ok, found, None),
            Err(Trouble::Warning { found, advice }) => (Verdict::Warning, found, Some(advice)),
            Err(Trouble::Failed { found, advice }) => (Verdict::Failed, found, Some(advice)),
            Err(Trouble::Skipped { found }) => (Verdict::Skipped, found, None),
        };
        let (advice, advice_code, advice_values) = match advice.map(Told::into_parts) {
            Some((Said { text, code, values }, _)) => (Some(text), code, values),
            None => (None, None, BTreeMap::new()),
        };
        let (Said { text: found, code: found_code, values: found_values }, found_parts) = found.into_parts();
        let (id, name) = (check.id, check.name);
        Self { id, name, result, found, found_code, found_values, found_parts, advice, advice_code, advice_values }
    }
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DoctorReport)]
pub struct Report {
    /// Whether nothing failed.
    pub healthy: bool,
    /// Where we are.
    pub base_url: String,
    /// The domain of our handles.
    pub domain: String,
    /// The version of the doctor.
    pub version: &'static str,
    /// When this was found.
    pub checked_at: String,
    /// The findings, in the order of the table.
    pub checks: Vec<Finding>,
}

impl Report {
    pub(super) fn of(site: &Site, now: Timestamp, checks: Vec<Finding>) -> Self {
        Self {
            healthy: checks.iter().all(|finding| finding.result != Verdict::Failed),
            base_url: site.base_url.clone(),
            domain: site.domain.clone(),
            version: env!("CARGO_PKG_VERSION"),
            checked_at: now.rfc3339(),
            checks,
        }
    }

    /// How many checks ended so.
    pub fn count(&self, result: Verdict) -> usize {
        self.checks.iter().filter(|finding| finding.result == result).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_has_a_code_and_of_several_each_has_its_own() {
        let check = &super::super::CHECKS[0];
        let (one, other) = (told!("found.jobs", "{count} is here.", count = 1), Told::of("found.mail", "It is odd."));
        let found = Finding::of(check, Ok(one.clone()));
        assert_eq!(
            (found.found.as_str(), found.found_code, found.found_values["count"].as_str()),
            ("1 is here.", Some("found.jobs"), "1")
        );
        assert!(found.found_parts.is_empty());
        let found = Finding::of(check, Err(Trouble::failed(Told::all([one, other]), ("advice.bug", "Look."))));
        assert_eq!((found.found.as_str(), found.found_code), ("1 is here. It is odd.", None));
        let parts = found.found_parts.iter().map(|part| part.code).collect::<Vec<_>>();
        assert_eq!((parts, found.advice_code), (vec![Some("found.jobs"), Some("found.mail")], Some("advice.bug")));
    }
}
