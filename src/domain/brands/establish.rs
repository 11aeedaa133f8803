//! How a brand comes into being: the first with the company, others when somebody makes them.

use serde_json::json;

use crate::{
    db::Tx,
    domain::{
        AccountId, Site,
        accounts::{self, GrantRole, HouseRight},
        actors::{self, Actor, ActorKind, NAME_LENGTH, NOTE_LENGTH, NewLocal, Typed},
        audit::{self, About, Act, Entry},
    },
    error::{Error, Result},
    text::{self, Format},
};

/// What a new brand is called, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBrand {
    /// The name in its handle, with or without `@`.
    pub username: String,
    /// What it is called.
    pub name: String,
    /// What it says of itself, plain text; empty where it says nothing yet.
    pub note: String,
}

/// Makes the actor of a brand, without anybody who speaks for it. Its username is one that nobody here has or had.
pub fn create(tx: &mut Tx<'_>, site: &Site, username: &str, name: &str) -> Result<Actor> {
    let brand = NewLocal {
        kind: ActorKind::Organization,
        username: username.trim_start_matches('@').to_owned(),
        name: name.to_owned(),
        summary: String::new(),
        locked: false,
    };
    actors::create_local(tx, site, &brand)
}

/// Makes a brand and gives it somebody who manages it. It has the rules of a brand that set none, and reaches as far as
/// the company does.
pub fn establish(tx: &mut Tx<'_>, site: &Site, new: &NewBrand, manager: AccountId) -> Result<Actor> {
    if !accounts::get(tx.conn(), manager)?.is_active() {
        let told = "Whoever is to manage a brand must be able to sign in. Name somebody else.";
        return Err(Error::invalid("brand.manager", told));
    }
    let name = text::typed_name(&new.name, NAME_LENGTH + 1);
    if name.is_empty() || name.chars().count() > NAME_LENGTH {
        return Err(Error::invalid("brand.name", "A brand needs a name of 1 to 100 characters."));
    }
    let note = new.note.trim();
    if note.chars().count() > NOTE_LENGTH {
        return Err(Error::invalid("brand.note", "What a brand says of itself has 1,000 characters at most."));
    }
    let brand = create(tx, site, new.username.trim(), &name)?;
    let (about, details) = (About::Brand(brand.id), json!({ "username": brand.username }));
    audit::record(tx, &Entry { act: Act::BrandCreated, about, brand: Some(brand.id), reason: None, details })?;
    accounts::grant(tx, manager, brand.id, GrantRole::Manager)?;
    if note.is_empty() {
        return Ok(brand);
    }
    let typed = Typed { note: Some(note.to_owned()), ..Typed::default() };
    actors::edit_profile(tx, brand.id, &typed.read(site, Format::Plain)?)?;
    actors::get(tx.conn(), brand.id)
}

/// Makes a brand for somebody who may, and who manages it from then on.
pub fn establish_for(tx: &mut Tx<'_>, site: &Site, by: AccountId, new: &NewBrand) -> Result<Actor> {
    accounts::get(tx.conn(), by)?.need(HouseRight::MakeBrands)?;
    establish(tx, site, new, by)
}
