//! Posts that stay inside: why, until when, and what becomes of them outside.

mod both;
pub mod copies;
mod random;
mod reviews;

use std::fs;

use diesel::{RunQueryDsl, sql_query};

use crate::mastodon::{House, Person};

/// Where our own API is.
pub const API: &str = "/api/guildhall/v1";

/// Gives somebody an e-mail address, which is their name at mail.example.
pub async fn reached(house: &House, who: &Person, name: &str) {
    let update = format!("UPDATE accounts SET email = '{name}@mail.example' WHERE id = {}", who.account);
    house.app.db.write(move |tx| Ok(sql_query(&update).execute(tx.conn())?)).await.unwrap();
}

/// All letters that were written.
pub async fn letters(house: &House) -> Vec<String> {
    house.work().await;
    let Ok(folder) = fs::read_dir(house.app.config.data_dir.join("mail")) else { return Vec::new() };
    folder.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap().replace("=\r\n", "")).collect()
}
