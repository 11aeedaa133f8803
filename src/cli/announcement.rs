//! `guildhall announcement`: what the company tells everybody who has an account here.

use super::{Desk, say};
use crate::{
    db::Timestamp,
    domain::{
        AnnouncementId,
        announcements::{self, Change},
    },
    error::Result,
    text,
};

/// How much of one is listed, in characters.
const LISTED: usize = 60;

/// What to do with announcements.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Tell everybody something: apps show it above the home timeline until it is put away.
    Add {
        /// What to say, in Markdown.
        text: String,
        /// When it is over, such as 2026-12-24T18:00:00Z.
        #[arg(long, value_parser = moment)]
        until: Option<Timestamp>,
    },
    /// Say something else in one, or until another moment; who put it away is not told again.
    Change {
        /// Its number, as list shows it.
        id: AnnouncementId,
        /// What to say, in Markdown.
        #[arg(long)]
        text: Option<String>,
        /// When it is over, such as 2026-12-24T18:00:00Z.
        #[arg(long, value_parser = moment, conflicts_with = "forever")]
        until: Option<Timestamp>,
        /// It stays until it is taken back.
        #[arg(long)]
        forever: bool,
    },
    /// Take one back.
    Remove {
        /// Its number, as list shows it.
        id: AnnouncementId,
    },
    /// List what everybody is told now.
    List,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let told = || format!("“{text}” is no moment such as 2026-12-24T18:00:00Z");
    Timestamp::parse_rfc3339(text).ok_or_else(told)
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Add { text, until } => {
            let site = desk.site.clone();
            let id = desk.db.write(move |tx| announcements::make(tx, &site, &text, until)).await?;
            say(format_args!("Announcement {id} is shown to everybody who has an account here."));
        }
        Command::Change { id, text, until, forever } => {
            let ends_at = if forever { Some(None) } else { until.map(Some) };
            let (site, change) = (desk.site.clone(), Change { source: text, ends_at });
            desk.db.write(move |tx| announcements::change(tx, &site, id, &change)).await?;
            say(format_args!("Announcement {id} is shown as you said."));
        }
        Command::Remove { id } => {
            desk.db.write(move |tx| announcements::remove(tx, id)).await?;
            say(format_args!("Announcement {id} is gone."));
        }
        Command::List => {
            let now = desk.db.now();
            for one in desk.db.read(move |conn| announcements::list(conn, now)).await? {
                let line = text::plain(&one.content).replace('\n', " ");
                let beginning: String = line.chars().take(LISTED).collect();
                let until = one.ends_at.map(|ends| format!("  (until {})", ends.rfc3339())).unwrap_or_default();
                say(format_args!("{}  {beginning}{until}", one.id));
            }
        }
    }
    Ok(())
}
