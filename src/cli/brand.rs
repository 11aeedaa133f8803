//! `guildhall brand`: the company's brands.

use serde_json::{Value, json};

use super::{Desk, counted, say};
use crate::{
    db::Conn,
    domain::{
        accounts,
        actors::{self, Actor},
        brands::{self, NewBrand},
        notifications,
    },
    error::Result,
};

/// How many brands are listed at most.
const LISTED: i64 = 1_000;

/// What to do with brands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a brand.
    Create(Create),
    /// List the brands, the company's first one before the others.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// A new brand.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// The name in its handle, which stays.
    username: String,
    /// What it is called.
    #[arg(long)]
    display_name: String,
    /// What it says of itself.
    #[arg(long, default_value = "")]
    note: String,
    /// The username of who manages it: an employee.
    #[arg(long)]
    manager: String,
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Create(new) => create(desk, new).await,
        Command::List { json } => list(desk, json).await,
    }
}

async fn create(desk: &Desk, new: Create) -> Result<()> {
    let (account, person) = desk.account(new.manager.trim_start_matches('@')).await?;
    let (site, wish) = (desk.site.clone(), NewBrand { username: new.username, name: new.display_name, note: new.note });
    let brand = desk.db.write(move |tx| {
        let brand = brands::establish(tx, &site, &wish, account.id)?;
        notifications::tell_of_role(tx, account.id, Some(brand.id), None)?;
        Ok(brand)
    });
    let brand = brand.await?;
    let name = &brand.username;
    say(format_args!("@{} is there, and @{} manages it.", brand.handle(&desk.site), person.username));
    say(format_args!("Others get a role by: guildhall grant {name} NAME publisher"));
    Ok(())
}

async fn list(desk: &Desk, as_json: bool) -> Result<()> {
    let read = |conn: &mut Conn| {
        let brands = actors::list_brands(conn, LISTED)?.into_iter().filter(|brand| brand.kind.has_speakers());
        brands.map(|brand| Ok((accounts::people_on(conn, brand.id)?.len(), brand))).collect::<Result<Vec<_>>>()
    };
    let found: Vec<(usize, Actor)> = desk.db.read(read).await?;
    if as_json {
        let one = |(people, brand): &(usize, Actor)| {
            json!({
                "id": brand.id, "username": brand.username, "handle": brand.handle(&desk.site),
                "display_name": brand.display_name(), "uri": brand.uri, "people": people,
            })
        };
        say(Value::Array(found.iter().map(one).collect()));
        return Ok(());
    }
    for (people, brand) in found {
        let people = counted(people, "person", "people");
        say(format_args!("@{}  {}  {people}", brand.handle(&desk.site), brand.display_name()));
    }
    Ok(())
}
