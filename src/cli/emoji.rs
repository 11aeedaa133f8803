//! `guildhall emoji`: the company's own pictures for names between colons.

use std::path::PathBuf;

use super::{Desk, say};
use crate::{
    domain::emojis::{self, Which},
    error::{Error, Result},
    files::Files,
    http::emojis::{Shelf, Wish},
};

/// What to do with emojis.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add one: people write :NAME: in posts, names and profiles.
    Add {
        /// Its name, such as tea: 2 to 50 letters, digits or underscores.
        name: String,
        /// A PNG, GIF or WebP of 256 KiB and 512 × 512 pixels at most.
        file: PathBuf,
        /// Under which heading apps offer it.
        #[arg(long)]
        category: Option<String>,
        /// Apps do not offer it; whoever knows its name can use it.
        #[arg(long)]
        hidden: bool,
    },
    /// Take one away: from now on its name stands in texts as it was typed.
    Remove {
        /// Its name, such as tea.
        name: String,
    },
    /// List them.
    List,
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    let files = Files::new(&desk.config.media, &desk.config.data_dir);
    let shelf = Shelf { files: &files, db: &desk.db, site: &desk.site, by: None };
    match command {
        Command::Add { name, file, category, hidden } => {
            let unreadable = |cause: std::io::Error| {
                Error::invalid("emoji.file", format!("{} cannot be read.", file.display())).because(cause)
            };
            std::fs::File::open(&file).map_err(unreadable)?;
            let wish = Wish { shortcode: name, category, visible: !hidden };
            let added = shelf.add(&wish, &file, None).await?;
            say(format_args!(":{}: is there. Look at {}", added.shortcode, added.url));
        }
        Command::Remove { name } => {
            let removed = shelf.remove(Which::Named(name)).await?;
            say(format_args!(":{}: is gone.", removed.shortcode));
        }
        Command::List => {
            let all = desk.db.read(emojis::list).await?;
            if all.is_empty() {
                say("There is none yet. To add one: guildhall emoji add NAME FILE");
            }
            for emoji in all {
                let hidden = if emoji.visible { "" } else { "  (hidden)" };
                let category = emoji.category.as_deref().unwrap_or("-");
                say(format_args!("{:<52} {category:<20} {}{hidden}", format!(":{}:", emoji.shortcode), emoji.url));
            }
        }
    }
    Ok(())
}
