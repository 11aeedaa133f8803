//! `/api/guildhall/v1/company`: what the company says of itself, its colour and its logo.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    routing::{get, put},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::{Conn, Tx},
    domain::{
        Site,
        accounts::AccountKind,
        org::{self, Colour, Edit, LARGEST_LOGO, Shades, Tint},
        setup,
    },
    error::{Error, Result},
    http::{
        extract::{Form, Given, Json, Paths, Session},
        mastodon::take_in_avatar,
        web::logo_address,
    },
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/company", get(show).patch(change))
        .at("/api/guildhall/v1/company/colours", get(preview))
}

/// The one to which the picture itself is sent.
pub(super) fn file_routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/company/logo", put(set_logo).delete(remove_logo))
        .layer(DefaultBodyLimit::max(LARGEST_LOGO + 1))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/company", "showCompany", "Tells what the company says of itself, for employees.")
            .refuses(&["company.employees"])
            .needs("read")
            .answers::<Shown>(),
        openapi::patch("/company", "changeCompany", "Changes what the company says of itself.")
            .refuses(&["company.colour", "company.name", "company.text", "company.website", "role.house_right"])
            .tells("What is left out stays; what is given empty goes back to the default.")
            .needs("admin:write")
            .takes::<Wish>()
            .answers::<Shown>(),
        openapi::get(
            "/company/colours",
            "previewColours",
            "Tells how pages would look in a colour; nothing is changed.",
        )
        .refuses(&["company.colour"])
        .needs("read")
        .query::<String>("colour", "The colour, such as `#f2572b`.")
        .answers::<Colours>(),
        openapi::put("/company/logo", "setLogo", "Gives the company a logo.")
            .refuses(&[
                "company.logo_body",
                "company.logo_picture",
                "company.logo_size",
                "company.logo_type",
                "media.broken",
                "media.store",
                "media.too_many",
                "media.too_many_pixels",
                "role.house_right",
            ])
            .tells(
                "The picture is judged by what it is, whatever media type is said. While the set-up asks how the \
                 company looks, it becomes the picture of a brand without one as well, and is refused where it cannot \
                 be that, as an SVG cannot.",
            )
            .needs("admin:write")
            .takes_bytes("A PNG, JPEG, WebP or SVG of 64 KiB at most.")
            .answers::<Shown>(),
        openapi::delete("/company/logo", "deleteLogo", "Takes the logo away; a drawn house stands for it.")
            .refuses(&["role.house_right"])
            .needs("admin:write")
            .answers::<Shown>(),
    ]
}

/// The company as its pages show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Company)]
struct Shown {
    name: String,
    headline: Option<String>,
    description: Option<String>,
    website: Option<String>,
    colour: String,
    /// Where its logo is; nothing where a drawn house stands for it.
    logo: Option<String>,
}

fn shown(conn: &mut Conn, site: &Site) -> Result<Shown> {
    let company = org::company(conn, &site.domain)?;
    Ok(Shown {
        name: company.name,
        headline: company.headline,
        description: company.description,
        website: company.website,
        colour: company.colour.to_string(),
        logo: company.logo.as_ref().map(logo_address),
    })
}

/// `GET /api/guildhall/v1/company`, for everybody who works here.
async fn show(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    me.need("read")?;
    if me.account.kind != AccountKind::Employee {
        return Err(Error::forbidden("company.employees", "This is for people who work here."));
    }
    let site = app.site.clone();
    app.db.read(move |conn| shown(conn, &site)).await.map(Json)
}

/// Changes it for somebody who may, and answers how it is now.
async fn changed(
    app: &App,
    me: &Session,
    change: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
) -> Result<Json<Shown>> {
    let (site, by) = (app.site.clone(), me.account.id);
    let changed = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        org::need_to_change(tx.conn(), by)?;
        change(tx)?;
        shown(tx.conn(), &site)
    });
    changed.await.map(Json)
}

/// What is to be another; what is not named stays, what is empty goes back to the default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CompanyWish)]
struct Wish {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    name: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    headline: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    description: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    website: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    colour: Given,
}

/// `PATCH /api/guildhall/v1/company`
async fn change(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let edit = Edit {
        name: wish.name.0,
        headline: wish.headline.0,
        description: wish.description.0,
        website: wish.website.0,
        colour: wish.colour.0,
        legal: Vec::new(),
    };
    changed(&app, &me, move |tx| org::edit_company(tx, &edit)).await
}

/// A colour that somebody thinks of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Thought {
    colour: String,
}

/// Everything that follows from a colour, as CSS colours.
#[derive(Debug, Serialize, ToSchema)]
struct Colours {
    /// The colour itself, on large areas, and what can be read on it.
    brand: String,
    on_brand: String,
    light: Theme,
    dark: Theme,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ColourTheme)]
struct Theme {
    facade: String,
    on_facade: String,
    accent: String,
    accent_edge: String,
    accent_wash: String,
}

fn theme(tint: &Tint) -> Theme {
    Theme {
        facade: tint.facade.to_string(),
        on_facade: tint.on_facade.to_string(),
        accent: tint.accent.to_string(),
        accent_edge: tint.accent_edge.to_string(),
        accent_wash: tint.accent_wash.to_string(),
    }
}

/// `GET /api/guildhall/v1/company/colours?colour=%23f2572b`: how pages would look in it. Nothing is changed.
async fn preview(me: Session, Form(thought): Form<Thought>) -> Result<Json<Colours>> {
    me.need("read")?;
    let shades = Shades::from(thought.colour.parse::<Colour>()?);
    Ok(Json(Colours {
        brand: shades.brand.to_string(),
        on_brand: shades.on_brand.to_string(),
        light: theme(&shades.light),
        dark: theme(&shades.dark),
    }))
}

/// `PUT /api/guildhall/v1/company/logo`, with the picture as the body, whatever media type is said: it is judged by
/// what it is.
async fn set_logo(
    State(app): State<App>,
    me: Session,
    picture: std::result::Result<Bytes, BytesRejection>,
) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    let picture = picture.map_err(|cause| match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => org::logo_too_large(),
        _ => Error::malformed("company.logo_body", "The picture did not arrive whole. Send it once more."),
    })?;
    let (site, by) = (app.site.clone(), me.account.id);
    let brand = app.db.read(move |conn| {
        org::need_to_change(conn, by)?;
        setup::brand_without_picture(conn, by)
    });
    let brand = brand.await?;
    org::judge_logo(&picture)?;
    let brand = match brand {
        Some(brand) => {
            let taken = take_in_avatar(&app, (brand, by), &picture).await?;
            Some((brand, taken.ok_or_else(setup::logo_is_no_picture)?))
        }
        None => None,
    };
    changed(&app, &me, move |tx| setup::give_logo(tx, &site, by, &picture, brand)).await
}

/// `DELETE /api/guildhall/v1/company/logo`: back to the drawn house.
async fn remove_logo(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    changed(&app, &me, org::remove_logo).await
}
