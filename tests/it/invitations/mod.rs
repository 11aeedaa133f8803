//! Invitations: who may make them, the page behind a link, and who came.

mod coming;
mod hostile;
pub mod letters;
mod making;
mod outsiders;
mod over;

use guildhall::domain::accounts::{AccountKind, Role};
use serde_json::{Value, json};

use crate::{
    mastodon::{BASE, House, Person},
    oauth::{Browser, Page},
};

pub const API: &str = "/api/guildhall/v1/invitations";
pub const PASSWORD: &str = "a sentence that is long enough";

/// The owner of the company.
pub async fn owner(house: &House) -> Person {
    house.person("olga", AccountKind::Employee, Role::Owner).await
}

/// Invites somebody; answers the invitation.
pub async fn invite(house: &House, by: &Person, wish: Value) -> Value {
    house.post(by, API, wish).await.ok()
}

/// The link of an invitation, without our address.
pub fn link(invitation: &Value) -> String {
    invitation["link"].as_str().unwrap().strip_prefix(BASE).unwrap().to_owned()
}

/// A link by which one customer may come.
pub async fn customers_link(house: &House, by: &Person) -> String {
    link(&invite(house, by, json!({"kind": "customer"})).await)
}

/// Opens a link, and sends its form.
pub async fn come(browser: &mut Browser, house: &House, link: &str, typed: &[(&str, &str)]) -> Page {
    let page = browser.get(house, link).await;
    let mut fields = page.hidden(link);
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    browser.submit(house, link, &fields).await
}

/// The same as somebody of this name.
pub async fn come_as(browser: &mut Browser, house: &House, link: &str, name: &str) -> Page {
    let email = format!("{name}@mail.example");
    come(browser, house, link, &[("username", name), ("email", &email), ("password", PASSWORD)]).await
}
