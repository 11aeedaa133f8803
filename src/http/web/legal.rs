//! `/legal/{kind}`: imprint, privacy, rules; in the company's words, or in ours until it has written them.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;

use super::{
    frame::{self, Frame},
    head::Head,
    page::{Keep, page},
    sentences::Html,
    words,
};
use crate::{
    app::App,
    domain::org::LegalText,
    error::{Error, Result},
    http::extract::Reader,
};

#[derive(Template)]
#[template(path = "legal.html")]
struct LegalPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    title: &'static str,
    text: &'a str,
}

/// `GET /legal/{kind}`
pub(super) async fn legal(
    State(app): State<App>,
    Path(kind): Path<String>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response> {
    let kind: LegalText = kind.parse().map_err(|_| Error::not_found("legal.not_found", "There is no such text."))?;
    let site = app.site.clone();
    let (frame, written) = app.db.read(move |conn| Ok((Frame::load(conn, &site, &reader)?, kind.html(conn)?))).await?;
    let text = written.unwrap_or_else(|| standard(kind, &frame));
    let title = frame::title(frame.say, kind);
    let name = &frame.company.name;
    let beginning = words::excerpt_of_html(&text, 200);
    let template = LegalPage {
        head: Head::new(&frame, &format!("/legal/{kind}"), frame.say.titled(title, name), &beginning),
        frame: &frame,
        place: "legal",
        title,
        text: &text,
    };
    page(&headers, &frame, Keep::Minute, &template)
}

/// What is true of every company here, for one that has not written a text of its own.
fn standard(kind: LegalText, frame: &Frame) -> String {
    let (say, name) = (frame.say, &frame.company.name);
    let reach = frame.brand().map(|brand| say.reach(brand.handle(&frame.site)));
    let reached = |html: Html| reach.as_ref().map_or_else(|| html.to_string(), |reach| format!("{html} {reach}"));
    let paragraphs: &[String] = &match kind {
        LegalText::Imprint => vec![reached(say.who_runs_it(name, &frame.site.domain))],
        LegalText::Privacy => vec![
            say.reading_here().into_string(),
            say.acting_from_own().into_string(),
            say.writing_to_us(name).into_string(),
            say.named_people().into_string(),
            reached(say.your_rights(name)),
        ],
        LegalText::Rules => vec![
            say.as_in_a_house().into_string(),
            say.no_insults().into_string(),
            say.nothing_private().into_string(),
            say.no_advertising().into_string(),
            reached(say.who_breaks_rules(name)),
        ],
    };
    paragraphs.iter().map(|paragraph| format!("<p>{paragraph}</p>")).collect()
}
