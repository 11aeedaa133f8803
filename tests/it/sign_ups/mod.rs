//! Signing up: the page, the letter, whoever says yes, and apps that do the same.

mod answers;
mod apps;
mod hostile;
mod house_roles;
mod pages;
mod running;

use guildhall::domain::{
    accounts::{self, Account},
    org::{self, Registrations},
};

pub use crate::invitations::letters::{all as letters, link_in};
use crate::{
    mastodon::{House, Person},
    oauth::{Browser, Page},
};

pub const API: &str = "/api/guildhall/v1/sign-ups";
pub const PASSWORD: &str = "a sentence that is long enough";

/// Says whether people may sign up.
pub async fn allow(house: &House, registrations: Registrations) {
    house.app.db.write(move |tx| org::set_registrations(tx, None, registrations)).await.unwrap();
}

/// Somebody who has this address already.
pub async fn owner_of(house: &House, name: &str) -> Person {
    let person = house.employee(name).await;
    let (account, email) = (person.account, format!("{name}@mail.example"));
    let kept = house.app.db.write(move |tx| {
        use diesel::prelude::*;
        use guildhall::db::schema::accounts::dsl;
        diesel::update(dsl::accounts.find(account))
            .set((dsl::email.eq(&email), dsl::email_key.eq(&email)))
            .execute(tx.conn())?;
        Ok(())
    });
    kept.await.unwrap();
    person
}

/// Opens the page, and sends its form; what is empty is not sent.
pub async fn sign_up(browser: &mut Browser, house: &House, typed: &[(&str, &str)]) -> Page {
    let page = browser.get(house, "/sign-up").await;
    let mut fields = page.hidden("/sign-up");
    let usual = [
        ("username", "cora"),
        ("email", "cora@mail.example"),
        ("password", PASSWORD),
        ("agreement", "yes"),
        ("reason", "I weld, too."),
    ];
    let said = usual.iter().filter(|(name, _)| !typed.iter().any(|(other, _)| other == name)).chain(typed);
    fields.extend(
        said.filter(|(_, value)| !value.is_empty()).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    browser.submit(house, "/sign-up", &fields).await
}

/// The same with a name of one's own.
pub async fn sign_up_as(browser: &mut Browser, house: &House, name: &str) -> Page {
    let email = format!("{name}@mail.example");
    sign_up(browser, house, &[("username", name), ("email", &email)]).await
}

/// Opens a link of a letter and presses its button.
pub async fn confirm(browser: &mut Browser, house: &House, link: &str) -> Page {
    let page = browser.get(house, link).await;
    browser.submit(house, "/sign-up/confirm", &page.hidden("/sign-up/confirm")).await
}

/// Signs up and confirms; the letter is the last one to that address.
pub async fn waits(house: &House, name: &str) {
    let mut browser = Browser::default();
    sign_up_as(&mut browser, house, name).await;
    let sent = letters(house).await;
    let letter = sent.iter().find(|letter| letter.contains(&format!("To: {name}@mail.example"))).unwrap();
    let page = confirm(&mut browser, house, &link_in(letter)).await;
    assert_eq!(page.status, 200, "{}", page.text);
}

/// How many rows of a table meet a condition.
pub async fn count(house: &House, table: &str, condition: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let query = format!("SELECT COUNT(*) AS count FROM {table} WHERE {condition}");
    let counted = house
        .app
        .db
        .read(move |conn| Ok(diesel::RunQueryDsl::get_result::<Number>(diesel::sql_query(query), conn)?.count));
    counted.await.unwrap()
}

/// The account of this name, if there is one.
pub async fn account(house: &House, name: &str) -> Option<Account> {
    let name = name.to_owned();
    let found = house.app.db.read(move |conn| accounts::find_by_username(conn, &name)).await.unwrap();
    found.map(|(account, _)| account)
}
