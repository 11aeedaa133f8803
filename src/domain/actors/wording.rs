//! What one of ours says of themselves, as they typed it: checked, and rendered.

use super::{Field, NAME_LENGTH, Profile};
use crate::{
    domain::Site,
    error::{Error, Result},
    text::{self, Format, Links},
};

/// How long the text on a profile may be.
pub const NOTE_LENGTH: usize = 1_000;
/// How many lines the table on a profile may have.
pub const FIELDS: usize = 8;
/// How long each half of such a line may be.
pub const FIELD_LENGTH: usize = 255;
/// How many bytes of HTML the text on a profile may be, as of people elsewhere: tags are no characters that anybody reads.
pub const NOTE_BYTES: usize = 20 * 1024;
/// How many bytes of HTML the second half of a line may be.
pub const FIELD_BYTES: usize = 2 * 1024;

/// What somebody typed; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// What they are called.
    pub name: Option<String>,
    /// What they say of themselves.
    pub note: Option<String>,
    /// The lines of the table, name and value. Those without both are taken away.
    pub fields: Option<Vec<(String, String)>>,
}

impl Typed {
    /// The changes that it makes to a profile.
    pub fn read(self, site: &Site, format: Format) -> Result<Profile> {
        at_most("display_name", self.name.as_deref(), NAME_LENGTH)?;
        let note = self.note.as_deref().map(|note| of_note(site, note, format)).transpose()?;
        Ok(Profile {
            name: self.name.map(|name| text::typed_name(&name, NAME_LENGTH)),
            summary: note,
            fields: self.fields.map(|lines| fields(site, lines, format)).transpose()?,
            ..Profile::default()
        })
    }
}

fn at_most(field: &str, text: Option<&str>, limit: usize) -> Result<()> {
    let count = text.map_or(0, |text| text.chars().count());
    if count > limit {
        return Err(Error::invalid(
            "profile.too_long",
            format!("{field} has {count} characters; the limit is {limit}."),
        ));
    }
    Ok(())
}

/// Refuses HTML that is long without saying anything.
fn at_most_bytes(field: &str, typed: &str, format: Format, limit: usize) -> Result<()> {
    if format == Format::Html && typed.len() > limit {
        let told = format!("{field} has {} bytes of HTML; the limit is {limit}.", typed.len());
        return Err(Error::invalid("profile.too_long", told));
    }
    Ok(())
}

/// Source and HTML. Apps show the source of what came as HTML in a field for plain text.
fn of_note(site: &Site, typed: &str, format: Format) -> Result<(String, String)> {
    at_most_bytes("note", typed, format, NOTE_BYTES)?;
    let source = if format == Format::Html { text::plain(typed) } else { typed.to_owned() };
    at_most("note", Some(&source), NOTE_LENGTH)?;
    Ok((source, html(site, typed, format)))
}

fn html(site: &Site, typed: &str, format: Format) -> String {
    if text::is_blank(typed) {
        return String::new();
    }
    let links = Links { mention: &|_, _| None, hashtag: &|name| site.tag_url(name) };
    text::render(typed, format, &links).html
}

fn fields(site: &Site, lines: Vec<(String, String)>, format: Format) -> Result<Vec<Field>> {
    let lines: Vec<(String, String)> =
        lines.into_iter().filter(|(name, value)| !name.trim().is_empty() || !value.trim().is_empty()).collect();
    if lines.len() > FIELDS {
        return Err(Error::invalid("profile.fields", format!("A profile has at most {FIELDS} fields.")));
    }
    let field = |(name, value): (String, String)| {
        at_most("fields_attributes.name", Some(&name), FIELD_LENGTH)?;
        at_most_bytes("fields_attributes.value", &value, format, FIELD_BYTES)?;
        let read = if format == Format::Html { text::plain(&value) } else { value.clone() };
        at_most("fields_attributes.value", Some(&read), FIELD_LENGTH)?;
        let value = text::clean_own(&html(site, value.trim(), format));
        let value = value.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")).unwrap_or(&value).to_owned();
        Ok(Field { name: text::typed_name(&name, FIELD_LENGTH), value, verified_at: None })
    };
    lines.into_iter().map(field).collect()
}
