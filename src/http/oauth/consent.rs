//! The page that asks whether an app may act for somebody, and as whom.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::{request::Request, rights};
use crate::{
    app::App,
    domain::{
        accounts::{self, Voice},
        actors::Actor,
        apps::OUT_OF_BAND,
        brands,
    },
    error::Result,
    http::{
        extract::{SignedIn, Visitor},
        web::{Face, Forms, Frame, Head, private_page},
    },
};

/// Somebody as whom an app may act.
struct Choice {
    id: String,
    face: Face,
    name: String,
    handle: String,
    own: bool,
    /// What the app writes waits for colleagues.
    drafts: bool,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    name: &'a str,
    website: Option<&'a str>,
    choices: Vec<Choice>,
    parameters: Vec<(&'static str, &'a str)>,
    rights: Vec<&'static str>,
    /// The brands, by name, as which its likes approve.
    approves: Vec<String>,
    /// The brands, by name, for which it writes nothing but drafts.
    drafts: Vec<String>,
    runs: bool,
    goes_to: String,
    handle: String,
    another: String,
}

/// Shows the question.
pub(super) async fn show(app: &App, visitor: &Visitor, person: &SignedIn, request: &Request) -> Result<Response> {
    let (site, account) = (app.site.clone(), person.account.id);
    let read = app.db.read(move |conn| {
        let (brands, asking) = (accounts::spoken_for(conn, account)?, brands::approved_by(conn, account)?);
        Ok((Frame::load(conn, &site)?, brands, asking))
    });
    let (frame, brands, asking) = read.await?;
    let own = &person.actor;
    let choice = |(actor, voice): (&Actor, Voice)| Choice {
        id: actor.id.to_string(),
        face: Face::of(&app.site, actor),
        name: actor.display_name().to_owned(),
        handle: actor.handle(&app.site),
        own: actor.id == own.id,
        drafts: voice == Voice::Drafts,
    };
    let scopes = accounts::narrowed(&request.scopes, person.account.role, true);
    // Whoever acts as a brand approves by a like what waits for it: they shall know it before an app likes for them.
    let likes = accounts::covers(&scopes.join(" "), "write:favourites");
    let approves = brands.iter().map(|(brand, _)| brand).filter(|brand| likes && asking.contains(&brand.id));
    let approves: Vec<String> = approves.map(|brand| brand.display_name().to_owned()).collect();
    let title = format!("Let {} in?", request.client.name);
    let mut head = Head::new(&frame, "/oauth/authorize", title, "An app asks to act for you.");
    head.hidden = true;
    let template = ConsentPage {
        head,
        place: "sign-in",
        form_token: &visitor.form_token(),
        name: &request.client.name,
        website: request.client.website.as_deref(),
        choices: std::iter::once((own, Voice::Whole))
            .chain(brands.iter().map(|(brand, voice)| (brand, *voice)))
            .map(choice)
            .collect(),
        drafts: brands
            .iter()
            .filter(|(_, voice)| *voice == Voice::Drafts)
            .map(|(brand, _)| brand.display_name().to_owned())
            .collect(),
        parameters: request.asked.parameters(),
        approves,
        runs: !brands.is_empty() && scopes.iter().any(|scope| scope.starts_with("admin:")),
        rights: rights(scopes.iter().copied()),
        goes_to: goes_to(&request.redirect_uri),
        handle: own.handle(&app.site),
        another: crate::http::web::sign_in_address(&request.asked.address()),
        frame: &frame,
    };
    private_page(StatusCode::OK, &template, Forms::LeadAnywhere)
}

/// Where the person is sent afterwards, as they can know it again: the host, or the app's own scheme.
fn goes_to(redirect_uri: &str) -> String {
    if redirect_uri == OUT_OF_BAND {
        return String::new();
    }
    let (scheme, rest) = redirect_uri.split_once(':').unwrap_or((redirect_uri, ""));
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default().to_owned(),
        own => format!("the app “{own}” on this device"),
    }
}
