//! How e-mail is sent.

use lettre::message::Mailbox;
use toml::Value;
use url::Url;

use super::{
    hidden::Hidden,
    section::{optional, section, text},
};

section! {
    /// How e-mail is sent.
    Mail {
        /// The server that takes our e-mail. Not set: letters are written as `.eml` files into the folder `mail` of the data folder, and reach nobody.
        smtp_url: Option<Hidden> = None, "smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST:587?tls=required, with special characters as %40", optional(smtp_url);
        /// Whom our e-mail comes from. Not set: `noreply` at the domain of our handles, under the name of the company.
        from: Option<String> = None, "an e-mail address, with or without a name, such as Acme <community@company.com>", optional(from);
    }
}

/// Without encryption only to this machine: a letter holds links that set passwords.
fn smtp_url(value: &Value) -> Option<Hidden> {
    let written = text(value)?;
    let url = Url::parse(&written).ok()?;
    let here = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    let encrypted = match url.scheme() {
        "smtps" => true,
        "smtp" => url.query() == Some("tls=required"),
        _ => return None,
    };
    let understood = lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(&written).is_ok();
    ((encrypted || here) && url.has_host() && understood).then(|| written.into())
}

fn from(value: &Value) -> Option<String> {
    text(value).filter(|address| address.parse::<Mailbox>().is_ok())
}
