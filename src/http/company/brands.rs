//! `/api/guildhall/v1/brands`: brands that the company makes after its first one.

use axum::{Router, extract::State, routing::post};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    domain::{
        ActorId, Site,
        accounts::HouseRight,
        act_once,
        actors::{self, Actor},
        brands::{self, NewBrand},
    },
    error::Result,
    http::extract::{Form, Given, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/guildhall/v1/brands", post(make))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::post("/brands", "makeBrand", "Makes a brand.")
            .tells(
                "For owners and admins. Whoever makes it manages it, and gives others their roles. Nobody else ever gets \
                 its username, so what is asked twice makes one brand.",
            )
            .refuses(&[
                "brand.name",
                "brand.note",
                "role.house_right",
                "username.invalid",
                "username.reserved",
                "username.taken",
            ])
            .needs("admin:write")
            .once()
            .takes::<Wish>()
            .answers_with::<Shown>(StatusCode::CREATED, "The brand."),
    ]
}

/// A brand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Brand)]
struct Shown {
    id: ActorId,
    username: String,
    /// By which everybody finds it, without an `@` before it.
    handle: String,
    display_name: String,
    /// What it says of itself, as it was typed.
    note: String,
    /// Its page.
    url: String,
    /// Its id for other servers.
    uri: String,
}

impl Shown {
    fn of(site: &Site, brand: Actor) -> Self {
        Self {
            id: brand.id,
            handle: brand.handle(site),
            display_name: brand.display_name().to_owned(),
            url: brand.page().to_owned(),
            username: brand.username,
            note: brand.summary_source,
            uri: brand.uri,
        }
    }
}

/// How a brand is to be called.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = BrandWish)]
struct Wish {
    /// The name in its handle, which stays.
    #[schema(required)]
    #[serde(default)]
    username: String,
    #[schema(required)]
    #[serde(default)]
    display_name: String,
    /// What it says of itself, plain text of 1,000 characters at most.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    note: Given,
}

/// `POST /api/guildhall/v1/brands`: for owners and admins, who manage what they made.
async fn make(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Form(wish): Form<Wish>,
) -> Result<(StatusCode, Json<Shown>)> {
    me.need("admin:write")?;
    me.account.need(HouseRight::MakeBrands)?;
    let new = NewBrand { username: wish.username, name: wish.display_name, note: wish.note.0.unwrap_or_default() };
    let once = once(&me, &headers, &("brand", &new.username, &new.name, &new.note))?;
    let (by, site) = (me.account.id, app.site.clone());
    let made = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        let made = act_once(tx, once.as_ref(), |tx| Ok(brands::establish_for(tx, &site, by, &new)?.id.0))?;
        actors::get(tx.conn(), ActorId(made))
    });
    Ok((StatusCode::CREATED, Json(Shown::of(&app.site, made.await?))))
}
