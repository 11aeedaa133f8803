//! What is wrong in a form: all of it at once, each fault beside its field, which is known by its name.

use std::fmt::Write as _;

use http::StatusCode;

use super::{refusals, sentences::Html};
use crate::{
    error::{Error, Kind},
    http::extract::Language,
    text,
};

/// The faults of a form, in the order of its fields.
pub(super) struct Faults(Vec<Fault>);

/// What is wrong with a field, which is known by its name.
struct Fault {
    field: &'static str,
    /// What the field is called where several of a form can have the same fault.
    called: &'static str,
    words: String,
    kind: Kind,
}

/// Nothing is wrong.
pub(super) static NO_FAULTS: Faults = Faults(Vec::new());

impl Faults {
    /// In words that people understand.
    pub(super) fn of(say: Language, faults: impl IntoIterator<Item = (&'static str, Error)>) -> Self {
        let told = |(field, error): (_, Error)| Fault {
            field,
            called: "",
            words: refusals::words(say, &error),
            kind: error.kind(),
        };
        Self(faults.into_iter().map(told).collect())
    }

    /// The same, with what a field is called where another of the form can have the same fault.
    pub(super) fn called(mut self, field: &str, called: &'static str) -> Self {
        self.0.iter_mut().filter(|fault| fault.field == field).for_each(|fault| fault.called = called);
        self
    }

    /// How the form is answered: it is wrong, unless all that stands against it is that somebody else has it already.
    pub(super) fn status(&self) -> StatusCode {
        let clashes = self.0.iter().all(|fault| fault.kind == Kind::Conflict);
        if clashes { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, a line each, which leads to its field.
    pub(super) fn list(&self) -> Html {
        let mut list = String::from("<ul>");
        for Fault { field, called, words, .. } in &self.0 {
            let called = if called.is_empty() { String::new() } else { format!("{called}: ") };
            // Writing into a text does not fail.
            let _ = write!(list, "<li dir=\"auto\"><a href=\"#{field}\">{called}{}</a></li>", text::escape(words));
        }
        list.push_str("</ul>");
        Html::of(list)
    }

    fn is_at(&self, field: &str) -> bool {
        self.0.iter().any(|fault| fault.field == field)
    }

    /// The attributes of a field: what describes it, its hint among it, and whether something is wrong with it. One
    /// begins again at the first that is wrong.
    pub(super) fn marks(&self, field: &str, hint: &str) -> Html {
        if !self.is_at(field) {
            return Html::of(if hint.is_empty() { String::new() } else { format!(" aria-describedby=\"{hint}\"") });
        }
        let described = format!("{field}-fault {hint}");
        let begins = if self.0.first().is_some_and(|first| first.field == field) { " autofocus" } else { "" };
        Html::of(format!(" aria-describedby=\"{}\" aria-invalid=\"true\"{begins}", described.trim_end()))
    }

    /// What is wrong with a field, as it stands below it.
    pub(super) fn said(&self, field: &str) -> Html {
        let mut said = String::new();
        for Fault { words, .. } in self.0.iter().filter(|fault| fault.field == field) {
            let apart = if said.is_empty() { "" } else { " " };
            // Writing into a text does not fail.
            let _ = write!(said, "{apart}{}", text::escape(words));
        }
        if said.is_empty() {
            return Html::default();
        }
        Html::of(format!("<p class=\"err\" id=\"{field}-fault\" dir=\"auto\">{said}</p>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_stands_at_its_field_and_the_first_is_where_one_goes_on() {
        let none = &NO_FAULTS;
        assert_eq!(none.marks("name", "").into_string(), "");
        assert_eq!(none.marks("name", "name-hint").into_string(), " aria-describedby=\"name-hint\"");
        assert_eq!(none.said("name").into_string(), "");
        let faults = Faults::of(
            Language::English,
            [("name", Error::invalid("a.b", "<No> name.")), ("email", Error::invalid("a.c", "No address."))],
        );
        let marks = " aria-describedby=\"name-fault name-hint\" aria-invalid=\"true\" autofocus";
        assert_eq!(faults.marks("name", "name-hint").into_string(), marks);
        let marks = " aria-describedby=\"email-fault\" aria-invalid=\"true\"";
        assert_eq!(faults.marks("email", "").into_string(), marks);
        let said = "<p class=\"err\" id=\"name-fault\" dir=\"auto\">&lt;No&gt; name.</p>";
        assert_eq!(faults.said("name").into_string(), said);
        let list = "<ul><li dir=\"auto\"><a href=\"#name\">&lt;No&gt; name.</a></li><li dir=\"auto\"><a href=\"#email\">No address.</a></li></ul>";
        assert_eq!(faults.list().into_string(), list);
        let faults = Faults::of(Language::English, [("owner", Error::invalid("a.b", "No."))]);
        let faults = faults.called("owner", "Your own username").called("handle", "Username of the brand");
        let named = "<ul><li dir=\"auto\"><a href=\"#owner\">Your own username: No.</a></li></ul>";
        assert_eq!(faults.list().into_string(), named);
    }

    #[test]
    fn a_form_that_only_somebody_else_stands_against_is_a_conflict() {
        let (wrong, taken) =
            (|| ("name", Error::invalid("a.b", "No.")), || ("email", Error::conflict("a.c", "Taken.")));
        let status = |faults: Vec<_>| Faults::of(Language::English, faults).status();
        assert_eq!(status(vec![taken(), taken()]), StatusCode::CONFLICT);
        assert_eq!(status(vec![taken(), wrong()]), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(status(vec![wrong()]), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
