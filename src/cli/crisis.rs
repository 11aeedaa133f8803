//! `guildhall crisis`: the switch for the bad day.

use super::{Desk, counted, say};
use crate::{
    domain::{
        PostId, accounts, brands,
        crisis::{self, Asked},
        org::Statement,
    },
    error::Result,
};

/// What to do with crisis mode.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Hold everything that waits to be published as a brand, and publish as a brand only what somebody else approved.
    Start {
        /// Why, in 15 characters or more.
        #[arg(long)]
        reason: String,
        /// What stands on top of the company's pages, in Markdown.
        #[arg(long)]
        statement: Option<String>,
        /// The number of a public post of a brand that stands there instead.
        #[arg(long, conflicts_with = "statement")]
        statement_post: Option<PostId>,
    },
    /// Ask to end it; somebody who may do so confirms that in the API. The command line is one of the two.
    End {
        /// Why. Needed where nobody else could confirm.
        #[arg(long)]
        reason: Option<String>,
        /// Confirm what somebody asked for in the API.
        #[arg(long, conflicts_with = "reason")]
        confirm: bool,
    },
    /// Say whether it is on, since when and why.
    Show,
}

pub async fn run(desk: &Desk, command: Command) -> Result<()> {
    match command {
        Command::Start { reason, statement, statement_post } => {
            let statement = statement.map(Statement::Text).or(statement_post.map(Statement::Post));
            let begin = move |tx: &mut crate::db::Tx<'_>| crisis::start(tx, None, &reason, statement.as_ref());
            desk.db.write(begin).await?;
            show(desk).await
        }
        Command::End { confirm: true, .. } => {
            desk.db.write(|tx| crisis::confirm_end(tx, None)).await?;
            over();
            Ok(())
        }
        Command::End { reason, confirm: false } => {
            match desk.db.write(move |tx| crisis::ask_end(tx, None, reason.as_deref())).await? {
                (_, Asked::Over) => over(),
                (_, Asked::Waits) => {
                    say("Crisis mode is still on: somebody who may do so confirms the end within an hour, with \
                     POST /api/guildhall/v1/crisis/end/confirm.");
                }
            }
            Ok(())
        }
        Command::Show => show(desk).await,
    }
}

fn over() {
    say("Crisis mode is over. What was held stays held: look at each, and give it another time.");
}

async fn show(desk: &Desk) -> Result<()> {
    let now = desk.db.now();
    let read = desk.db.read(|conn| {
        let Some(crisis) = brands::crisis(conn)? else { return Ok(None) };
        let people: Vec<_> = crisis.started_by.into_iter().chain(crisis.end_asked_by).collect();
        Ok(Some((crisis, accounts::names_of(conn, &people)?)))
    });
    let Some((crisis, names)) = read.await? else {
        say("Crisis mode is not on.");
        return Ok(());
    };
    let named = |account| {
        let known = names.iter().find(|(id, ..)| Some(*id) == account);
        known.map_or_else(|| "the command line".to_owned(), |(_, username, _)| format!("@{username}"))
    };
    let (since, by) = (crisis.started_at.rfc3339(), named(crisis.started_by));
    say(format_args!("Crisis mode is on since {since}, by {by}: {}", crisis.reason));
    let drafts = counted(crisis.held_drafts, "draft", "drafts");
    let posts = counted(crisis.held_posts, "scheduled post", "scheduled posts");
    say(format_args!("When it began, {drafts} and {posts} of brands were held."));
    if let Some(until) = crisis::end_waits(&crisis, now) {
        let (by, until) = (named(crisis.end_asked_by), until.rfc3339());
        say(format_args!("Its end was asked for by {by}; somebody else may confirm it until {until}."));
    }
    Ok(())
}
