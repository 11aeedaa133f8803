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
    words,
};
use crate::{
    app::App,
    domain::org::LegalText,
    error::{Error, Result},
    text,
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
pub(super) async fn legal(State(app): State<App>, Path(kind): Path<String>, headers: HeaderMap) -> Result<Response> {
    let kind: LegalText = kind.parse().map_err(|_| Error::not_found("legal.not_found", "There is no such text."))?;
    let site = app.site.clone();
    let (frame, written) = app.db.read(move |conn| Ok((Frame::load(conn, &site)?, kind.html(conn)?))).await?;
    let text = written.unwrap_or_else(|| standard(kind, &frame));
    let title = frame::title(kind);
    let name = &frame.company.name;
    let beginning = words::excerpt_of_html(&text, 200);
    let template = LegalPage {
        head: Head::new(&frame, &format!("/legal/{kind}"), format!("{title}, {name}"), &beginning),
        frame: &frame,
        place: "legal",
        title,
        text: &text,
    };
    page(&headers, Keep::Minute, &template)
}

/// What is true of every company here, for one that has not written a text of its own.
fn standard(kind: LegalText, frame: &Frame) -> String {
    let name = text::escape(&frame.company.name);
    let domain = text::escape(&frame.site.domain);
    let reach = frame.brand().map_or_else(String::new, |brand| {
        let handle = text::escape(&brand.handle(&frame.site));
        format!(" You reach it by a post or a message to <b>@{handle}</b>.")
    });
    let paragraphs: &[String] = &match kind {
        LegalText::Imprint => vec![format!("{name} runs this server, {domain}, and answers for what its brands say here.{reach}")],
        LegalText::Privacy => vec![
            "<b>Reading.</b> These pages set no cookies, load nothing from other companies, and do not watch you. The server sees your network address while it answers, as every server does; it is not written down.".to_owned(),
            "<b>Acting from your own server.</b> The address that you type is sent here once, so that we can ask your server for its door, and is not kept. Your own browser remembers it until you delete it.".to_owned(),
            format!("<b>Writing to us.</b> What you send to {name} from another server is kept here with your public profile, and shown to those whom you addressed. When you delete it there, it is deleted here."),
            "<b>Messages to named people</b> go to the servers of those people. Whoever runs these servers could read them.".to_owned(),
            format!("<b>Your rights.</b> Ask {name} what is kept about you, and to correct or delete it.{reach}"),
        ],
        LegalText::Rules => vec![
            "Speak as you would in somebody’s house.".to_owned(),
            "No insults, no threats, no hate; nothing that makes others afraid to speak.".to_owned(),
            "Do not publish what others told you in private, and do not pretend to be somebody else.".to_owned(),
            "No advertising in other people’s conversations.".to_owned(),
            format!("Whoever does it all the same may be silenced or shut out by {name}. You can ask why.{reach}"),
        ],
    };
    paragraphs.iter().map(|paragraph| format!("<p>{paragraph}</p>")).collect()
}
