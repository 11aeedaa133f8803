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
        extract::{Language, SignedIn, Visitor},
        web::{Face, Forms, Frame, Head, Html, private_page},
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
    approves: Option<Html>,
    /// The brands, by name, for which it writes nothing but drafts.
    drafts: Option<Html>,
    runs: bool,
    goes_to: Html,
    handle: String,
    another: String,
}

/// Shows the question.
pub(super) async fn show(app: &App, visitor: &Visitor, person: &SignedIn, request: &Request) -> Result<Response> {
    let (site, account) = (app.site.clone(), person.account.id);
    let (reader, say) = (visitor.reader().clone(), visitor.language());
    let read = app.db.read(move |conn| {
        let (brands, asking) = (accounts::spoken_for(conn, account)?, brands::approved_by(conn, account)?);
        Ok((Frame::load(conn, &site, &reader)?, brands, asking))
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
    let scopes = accounts::narrowed(&request.scopes, person.account.house_role(), true);
    // Whoever acts as a brand approves by a like what waits for it: they shall know it before an app likes for them.
    let likes = accounts::covers(&scopes.join(" "), "write:favourites");
    let approves = brands.iter().map(|(brand, _)| brand).filter(|brand| likes && asking.contains(&brand.id));
    let approves = one_of(say, approves);
    let drafts = brands.iter().filter(|(_, voice)| *voice == Voice::Drafts).map(|(brand, _)| brand);
    let drafts = one_of(say, drafts);
    let title = say.let_in(&request.client.name);
    let mut head = Head::new(&frame, "/oauth/authorize", title, say.app_asks());
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
        drafts,
        parameters: request.asked.parameters(),
        approves,
        runs: !brands.is_empty() && scopes.iter().any(|scope| scope.starts_with("admin:")),
        rights: rights(say, scopes.iter().copied()),
        goes_to: goes_to(say, &request.redirect_uri),
        handle: own.handle(&app.site),
        another: crate::http::web::sign_in_address(&request.asked.address()),
        frame: &frame,
    };
    private_page(&frame, StatusCode::OK, &template, Forms::LeadAnywhere)
}

/// The names of brands, of which any is meant; nothing where there are none.
fn one_of<'a>(say: Language, brands: impl Iterator<Item = &'a Actor>) -> Option<Html> {
    let mut names: Vec<Html> = brands.map(|brand| say.one_brand(brand.display_name())).collect();
    let last = names.pop()?;
    let others = names.into_iter().reduce(|names, next| say.list_of(names, next));
    Some(others.map_or(last.clone(), |others| say.or_another(others, last)))
}

/// Where the person is sent afterwards, as they can know it again: the host, or the app's own scheme.
fn goes_to(say: Language, redirect_uri: &str) -> Html {
    if redirect_uri == OUT_OF_BAND {
        return Html::of(say.code_to_copy().to_owned());
    }
    let (scheme, rest) = redirect_uri.split_once(':').unwrap_or((redirect_uri, ""));
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => say.sent_to(rest.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()),
        own => say.sent_to_app(own),
    }
}
