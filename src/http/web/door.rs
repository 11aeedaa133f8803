//! The door of a visitor's own server, and what it is opened with.

use url::Url;

use super::{own::Wish, subject::Subject, visitor_address::VisitorAddress, words};
use crate::{
    app::App,
    error::{Error, Result},
    federation::fetch::{self, Door},
    net::host_of,
};

const INTENTS: &str = "https://w3id.org/fep/3b86/";
const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";
/// The longest address that somebody is sent to.
const LONGEST: usize = 4096;

/// Asks the visitor's server for its door, and opens it.
pub(super) async fn find(app: &App, visitor: &VisitorAddress, wish: Wish, subject: &Subject) -> Result<Url> {
    let (doors, hosts) = fetch::doors(app, visitor.asked_for(), &visitor.host).await?;
    let allowed = |url: &Url| {
        let host = host_of(url);
        let secure = url.scheme() == "https" || url.scheme() == fetch::scheme(app, &host);
        secure
            && hosts.contains(&host)
            && !app.refuses(&host)
            && url.username().is_empty()
            && url.password().is_none()
            && url.as_str().len() <= LONGEST
    };
    let found = candidates(wish, subject)
        .iter()
        .filter_map(|(rel, needs, values)| {
            let door = doors.iter().find(|door| door.rel == *rel && door.template.contains(needs))?;
            open(door, values)
        })
        .find(allowed);
    found.ok_or_else(|| Error::not_found("interact.no_door", "This server has no door."))
}

type Candidate<'a> = (String, &'static str, Vec<(&'static str, &'a str)>);

/// Which doors lead to what is wanted, the best one first.
fn candidates<'a>(wish: Wish, subject: &'a Subject) -> Vec<Candidate<'a>> {
    let uri = subject.uri.as_str();
    let intent = |name: &str| format!("{INTENTS}{name}");
    let object = |name: &str| (intent(name), "{object}", vec![("object", uri)]);
    let mut doors = match wish {
        Wish::Follow => vec![object("follow")],
        Wish::Ask => vec![(intent("create"), "{content}", vec![("content", subject.handle.as_str())])],
        Wish::Answer => vec![(intent("create"), "{inReplyTo}", vec![("inReplyTo", uri)])],
        Wish::Like => vec![object("like")],
        Wish::Share => vec![object("announce")],
    };
    doors.push(object("object"));
    doors.push((SUBSCRIBE.to_owned(), "{uri}", vec![("uri", uri)]));
    doors
}

/// The address that a template leads to; what it asks for and we do not have stays empty.
fn open(door: &Door, values: &[(&str, &str)]) -> Option<Url> {
    let mut address = String::new();
    let mut rest = door.template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        address.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            address.push_str(&words::parameter(value).replace('+', "%20"));
        }
        rest = after;
    }
    address.push_str(rest);
    // A template whose host is filled in is none.
    let fixed = door.template.split('{').next().unwrap_or_default();
    let fixed = Url::parse(fixed).ok()?;
    Url::parse(&address).ok().filter(|url| url.host() == fixed.host() && url.port() == fixed.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_are_opened_with_what_they_ask_for() {
        let to = |template: &str| {
            let door = Door { rel: String::new(), template: template.to_owned() };
            open(&door, &[("uri", "https://a.example/1?x=y&z")]).map(String::from)
        };
        assert_eq!(
            to("https://kunde.example/go?uri={uri}&then={on-success}").as_deref(),
            Some("https://kunde.example/go?uri=https%3A%2F%2Fa.example%2F1%3Fx%3Dy%26z&then=")
        );
        for template in
            ["https://{uri}/", "{uri}", "https://kunde.example{uri}", "/go?uri={uri}", "https://kunde.example/{uri", ""]
        {
            assert_eq!(to(template), None, "{template}");
        }
    }
}
