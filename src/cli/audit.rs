//! `guildhall audit`: whether what people with rights did is written down as it was.

use super::{Desk, counted, say};
use crate::{
    domain::{
        accounts,
        audit::{self, Checked, Head},
    },
    error::{Error, Result},
};

/// How many entries are read at once.
const BATCH: i64 = 1_000;

/// What to do with the entries.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check every entry, and name the first that was changed, taken out or put in.
    Verify {
        /// What an earlier check ended with, such as 812:9f86…: also find out whether that was changed since, or the
        /// end cut off.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = noted)]
        noted: Option<Head>,
    },
}

/// A number and a hash, as verify prints them.
fn noted(text: &str) -> Result<Head, String> {
    let wrong = || format!("“{text}” is not what verify prints at its end, such as 812:9f86d0…");
    let (seq, hash) = text.split_once(':').ok_or_else(wrong)?;
    let seq = seq.parse().ok().filter(|seq| *seq > 0).ok_or_else(wrong)?;
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    Ok(Head { seq, hash: hash.to_ascii_lowercase() })
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    let seal = desk.db.seal().ok_or_else(no_key)?;
    let Command::Verify { noted } = command;
    let mut head = Head::beginning();
    loop {
        // Up to the noted entry exactly, so that its hash is seen.
        let left = noted.as_ref().map(|noted| noted.seq - head.seq).filter(|left| *left > 0);
        let (seal, behind, limit) = (seal.clone(), head.clone(), left.map_or(BATCH, |left| left.min(BATCH)));
        match desk.db.read(move |conn| audit::check(conn, &seal, &behind, limit)).await? {
            Checked::Sound(next) => head = next,
            Checked::Broken { seq, why } => return Err(broken(format!("Entry {seq} of the audit log {why}."))),
            Checked::End => break,
        }
        if let Some(noted) = noted.as_ref().filter(|noted| noted.seq == head.seq)
            && noted.hash != head.hash
        {
            let seq = head.seq;
            return Err(broken(format!("Entry {seq} of the audit log is not the one that you noted: it was changed.")));
        }
    }
    if let Some(noted) = noted.filter(|noted| noted.seq > head.seq) {
        let (last, seq) = (head.seq, noted.seq);
        return Err(broken(format!("The audit log ends at entry {last}, but you noted entry {seq}: it was cut off.")));
    }
    if head.seq == 0 && !desk.db.read(accounts::list_grants).await?.is_empty() {
        return Err(broken(
            "The audit log is empty, and people have roles that were written down there: it was taken away.".to_owned(),
        ));
    }
    say(format_args!("{}: nothing was changed.", counted(head.seq, "entry", "entries")));
    if head.seq > 0 {
        let (seq, hash) = (head.seq, head.hash);
        say(format_args!("Note this elsewhere, and check against it with --noted: {seq}:{hash}"));
    }
    Ok(())
}

fn no_key() -> Error {
    let told = "The hashes of the audit log are made under the secret key, and that is not here. Put secret.key back into \
                the data folder, or set GUILDHALL_SECRET_KEY.";
    Error::unavailable("secret_key.missing", told)
}

fn broken(what: String) -> Error {
    Error::conflict("audit.broken", what)
}
