//! What is done in the name of a brand besides writing: passing on, showing first, presenting itself.

use serde_json::{Value, json};

use super::rules_of;
use crate::{
    db::Tx,
    domain::{
        By,
        accounts::{self, Right},
        actors::{self, Profile},
        audit::{self, About, Act, Entry},
    },
    error::Result,
};

/// Whoever does this in the name of a brand that asks for approval is somebody who may publish for it, and it is
/// written down. Nothing is asked of people who act as themselves, and of brands whose rules ask for nothing.
pub fn act_for(tx: &mut Tx<'_>, by: &By, act: Act, about: About<'_>, details: Value) -> Result<()> {
    let By::Local { actor, account } = by else { return Ok(()) };
    let brand = actors::get(tx.conn(), *actor)?;
    if !brand.kind.has_speakers() || rules_of(tx.conn(), brand.id)?.min_approvals == 0 {
        return Ok(());
    }
    if let Some(account) = account {
        accounts::need_right(tx.conn(), *account, brand.id, Right::Publish)?;
        tx.behalf_of(account.0);
    }
    audit::record(tx, &Entry { act, about, brand: Some(brand.id), reason: None, details })
}

/// Changes how somebody presents themselves, or a brand as which they act.
pub fn edit_profile(tx: &mut Tx<'_>, by: &By, profile: &Profile) -> Result<()> {
    let changed: Vec<&str> = [
        ("name", profile.name.is_some()),
        ("summary", profile.summary.is_some()),
        ("fields", profile.fields.is_some()),
        ("icon", profile.icon.is_some()),
        ("header", profile.header.is_some()),
        ("locked", profile.locked.is_some()),
        ("discoverable", profile.discoverable.is_some()),
        ("indexable", profile.indexable.is_some()),
        ("bot", profile.bot.is_some()),
        ("hide_collections", profile.hide_collections.is_some()),
        ("attribution_domains", profile.attribution_domains.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    if !changed.is_empty() {
        act_for(tx, by, Act::ProfileEdited, About::Brand(by.actor()), json!({ "changed": changed }))?;
    }
    actors::edit_profile(tx, by.actor(), profile)
}
