//! Changing one's own profile.

use axum::extract::State;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        MediaId, Site, accounts,
        actors::{self, HabitChange, Profile, Typed},
        brands,
        media::{self, Purpose},
    },
    error::{Error, Result},
    http::{
        extract::{Files, Form, Given, Json, Session},
        mastodon::{
            entities::CredentialAccount,
            look::look,
            media::{Words, take_in},
            statuses::visibility,
        },
    },
    text::Format,
};

/// What may be changed; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::http::mastodon) struct Changes {
    display_name: Given,
    note: Given,
    locked: Option<bool>,
    bot: Option<bool>,
    discoverable: Option<bool>,
    indexable: Option<bool>,
    hide_collections: Option<bool>,
    fields_attributes: Option<Vec<FieldChange>>,
    attribution_domains: Option<Vec<String>>,
    source: SourceChange,
}

/// How one writes, where a post does not say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SourceChange {
    language: Given,
    privacy: Option<String>,
    sensitive: Option<bool>,
    quote_policy: Option<String>,
}

impl SourceChange {
    fn habits(&self) -> Result<HabitChange> {
        let quoters = self.quote_policy.as_deref().filter(|name| !name.is_empty());
        let wrong = |told: String| Error::invalid("profile.quote_policy", told);
        Ok(HabitChange {
            audience: self.privacy.as_deref().map(visibility).transpose()?,
            sensitive: self.sensitive,
            quoters: quoters.map(str::parse).transpose().map_err(wrong)?,
        })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FieldChange {
    name: String,
    value: String,
}

/// `PATCH /api/v1/accounts/update_credentials`
pub(in crate::http::mastodon) async fn update(
    State(app): State<App>,
    me: Session,
    files: Files,
    Form(changes): Form<Changes>,
) -> Result<Json<CredentialAccount>> {
    me.need("write:accounts")?;
    let (actor, account, language) = (me.actor.id, me.account.id, changes.source.language.0.clone());
    let habits = changes.source.habits()?;
    let by = me.by();
    let (profile, site) = (changes.into_profile(&app.site)?, app.site.clone());
    let icon = picture(&app, &me, &files, Purpose::Avatar).await?;
    let header = picture(&app, &me, &files, Purpose::Header).await?;
    app.db
        .write(move |tx| {
            if let Some(language) = &language {
                accounts::set_default_language(tx, account, language)?;
            }
            let mut profile = profile.clone();
            if let Some(id) = icon {
                profile.icon = Some(Some(media::use_picture(tx, &site, actor, id)?));
            }
            if let Some(id) = header {
                profile.header = Some(Some(media::use_picture(tx, &site, actor, id)?));
            }
            actors::set_habits(tx, actor, habits)?;
            brands::edit_profile(tx, &by, &profile)
        })
        .await?;
    look(&app, Some(actor), move |look| look.credentials(&me)).await.map(Json)
}

/// Takes in the picture for a purpose, when the request has one.
async fn picture(app: &App, me: &Session, files: &Files, purpose: Purpose) -> Result<Option<MediaId>> {
    match files.take(purpose.as_str()) {
        None => Ok(None),
        Some(file) => {
            let by = (me.actor.id, me.account.id);
            Ok(Some(take_in(app, by, purpose, file, Words::default()).await?.id))
        }
    }
}

/// `DELETE /api/v1/profile/avatar`
pub(super) async fn remove_avatar(State(app): State<App>, me: Session) -> Result<Json<CredentialAccount>> {
    remove(&app, me, Purpose::Avatar).await
}

/// `DELETE /api/v1/profile/header`
pub(super) async fn remove_header(State(app): State<App>, me: Session) -> Result<Json<CredentialAccount>> {
    remove(&app, me, Purpose::Header).await
}

/// Takes a picture off the profile; where there is none that is done already.
async fn remove(app: &App, me: Session, purpose: Purpose) -> Result<Json<CredentialAccount>> {
    me.need("write:accounts")?;
    let (actor, by) = (me.actor.id, me.by());
    app.db.write(move |tx| media::take_off_picture(tx, &by, purpose)).await?;
    look(app, Some(actor), move |look| look.credentials(&me)).await.map(Json)
}

impl Changes {
    fn into_profile(self, site: &Site) -> Result<Profile> {
        let lines = |changes: Vec<FieldChange>| changes.into_iter().map(|line| (line.name, line.value)).collect();
        let typed = Typed { name: self.display_name.0, note: self.note.0, fields: self.fields_attributes.map(lines) };
        Ok(Profile {
            locked: self.locked,
            discoverable: self.discoverable,
            indexable: self.indexable,
            bot: self.bot,
            hide_collections: self.hide_collections,
            attribution_domains: self.attribution_domains,
            ..typed.read(site, Format::Plain)?
        })
    }
}
