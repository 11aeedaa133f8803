//! Changing one's own profile: an Update of the actor itself.

use serde_json::Value;

use super::{said::Said, submissions};
use crate::{
    app::App,
    domain::{
        accounts::Session,
        actors::{self, Profile, Typed},
        brands,
        media::{self, Purpose},
        work::Change,
    },
    error::{Error, Result},
    federation::{
        incoming::values::{link, list, text},
        outbound,
    },
    text::Format,
};

/// Changes what somebody says of themselves. What is left out stays as it was, and null takes away (section 6.3.1).
pub(super) async fn update(app: &App, me: &Session, said: &Said) -> Result<String> {
    me.need("write:accounts")?;
    let object = said.object();
    if !object.is_object() {
        return Err(Error::invalid("activity.object", "Update takes an object with an id and what changes."));
    }
    let typed =
        Typed { name: said_text(object, "name")?, note: said_text(object, "summary")?, fields: fields(object)? };
    let profile = Profile {
        locked: flag(object, "manuallyApprovesFollowers")?,
        discoverable: flag(object, "discoverable")?,
        indexable: flag(object, "indexable")?,
        ..typed.read(&app.site, Format::Html)?
    };
    let pictures = [
        (Purpose::Avatar, picture(object, "icon", me.actor.icon.as_deref())?),
        (Purpose::Header, picture(object, "image", me.actor.header.as_deref())?),
    ];
    let (by, site) = (me.by(), app.site.clone());
    app.db
        .write(move |tx| {
            for (purpose, _) in pictures.iter().filter(|(_, picture)| *picture == Picture::TakenOff) {
                media::take_off_picture(tx, &by, *purpose)?;
            }
            brands::edit_profile(tx, &by, &profile)?;
            let now = actors::get(tx.conn(), by.actor())?;
            let uri = outbound::update_uri(&site, &now.uri, now.updated_at);
            submissions::keep_as(tx, &uri, now.id, &Change::ActorUpdated)?;
            Ok(uri)
        })
        .await
}

/// Text that may be left out, or taken away by null.
fn said_text(object: &Value, name: &str) -> Result<Option<String>> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(String::new())),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid("profile.form", format!("{name}: must be text."))),
    }
}

fn flag(object: &Value, name: &str) -> Result<Option<bool>> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Error::invalid("profile.form", format!("{name}: must be true or false."))),
    }
}

/// The lines of the table, as `PropertyValue` in `attachment`.
fn fields(object: &Value) -> Result<Option<Vec<(String, String)>>> {
    if object.get("attachment").is_none() {
        return Ok(None);
    }
    let line = |value: &&Value| {
        let known = text(value, "type") == Some("PropertyValue");
        let pair = text(value, "name").zip(text(value, "value"));
        pair.filter(|_| known).map(|(name, value)| (name.to_owned(), value.to_owned())).ok_or_else(|| {
            Error::invalid(
                "profile.attachment",
                "attachment: takes objects of the type PropertyValue, with name and value.",
            )
        })
    };
    list(object, "attachment").iter().map(line).collect::<Result<Vec<_>>>().map(Some)
}

/// What becomes of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picture {
    Stays,
    TakenOff,
}

fn picture(object: &Value, name: &str, now: Option<&str>) -> Result<Picture> {
    match object.get(name) {
        None => Ok(Picture::Stays),
        Some(Value::Null) => Ok(Picture::TakenOff),
        Some(_) if now.is_some() && link(object, name).as_deref() == now => Ok(Picture::Stays),
        Some(_) => {
            let told = format!("{name}: pictures are uploaded with PATCH /api/v1/accounts/update_credentials.");
            Err(Error::invalid("profile.picture", told))
        }
    }
}
