//! What is wrong in a form: all of it at once, each fault beside its field, which is known by its name.

use std::fmt::Write as _;

use super::{refusals, sentences::Html};
use crate::{error::Error, http::extract::Language, text};

/// The faults of a form, in the order of its fields.
pub(super) struct Faults(Vec<Fault>);

/// What is wrong with a field: its name, what it is called where several of a form can have the same fault, and what is
/// wrong.
type Fault = (&'static str, &'static str, String);

/// Nothing is wrong.
pub(super) static NO_FAULTS: Faults = Faults(Vec::new());

impl Faults {
    /// In words that people understand.
    pub(super) fn of(say: Language, faults: impl IntoIterator<Item = (&'static str, Error)>) -> Self {
        let told = |(field, error)| (field, called(say, field), refusals::words(say, &error));
        Self(faults.into_iter().map(told).collect())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, a line each, which leads to its field.
    pub(super) fn list(&self) -> Html {
        let mut list = String::from("<ul>");
        for (field, called, words) in &self.0 {
            let called = if called.is_empty() { String::new() } else { format!("{called}: ") };
            // Writing into a text does not fail.
            let _ = write!(list, "<li dir=\"auto\"><a href=\"#{field}\">{called}{}</a></li>", text::escape(words));
        }
        list.push_str("</ul>");
        Html::of(list)
    }

    fn is_at(&self, field: &str) -> bool {
        self.0.iter().any(|(at, ..)| *at == field)
    }

    /// The attributes of a field: what describes it, its hint among it, and whether something is wrong with it. One
    /// begins again at the first that is wrong.
    pub(super) fn marks(&self, field: &str, hint: &str) -> Html {
        if !self.is_at(field) {
            return Html::of(if hint.is_empty() { String::new() } else { format!(" aria-describedby=\"{hint}\"") });
        }
        let described = format!("{field}-fault {hint}");
        let begins = if self.0.first().is_some_and(|(first, ..)| *first == field) { " autofocus" } else { "" };
        Html::of(format!(" aria-describedby=\"{}\" aria-invalid=\"true\"{begins}", described.trim_end()))
    }

    /// What is wrong with a field, as it stands below it.
    pub(super) fn said(&self, field: &str) -> Html {
        let mut said = String::new();
        for (.., words) in self.0.iter().filter(|(at, ..)| *at == field) {
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

/// What a field is called where another of the same form can have the same fault.
fn called(say: Language, field: &str) -> &'static str {
    match field {
        "handle" => say.username_of_brand(),
        "owner" => say.your_own_username(),
        _ => "",
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
        let named = "<ul><li dir=\"auto\"><a href=\"#owner\">Your own username: No.</a></li></ul>";
        assert_eq!(faults.list().into_string(), named);
    }
}
