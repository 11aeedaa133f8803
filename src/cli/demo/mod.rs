//! `guildhall demo`: two companies and a customers' server on this machine, with people in them who really talk.

mod cast;
mod house;
mod tell;

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde_json::json;
use tokio::sync::watch;

use self::{house::House, tell::Teller};
use super::{say, serve};
use crate::{
    config::LogFormat,
    db::LateClock,
    error::{Error, Result},
    secrets, telemetry,
};

/// How the demo is started.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The first of three ports on 127.0.0.1.
    #[arg(long, default_value_t = 8081, value_parser = clap::value_parser!(u16).range(1..=65533))]
    port: u16,
    /// When everything is said, print one line of JSON: the servers, their people and tokens, the threads.
    #[arg(long)]
    json: bool,
}

/// With what everybody in the demo signs in.
const PASSWORD: &str = "three small houses";

/// A folder that goes with the demo.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self> {
        let name: String = secrets::new_token().chars().filter(char::is_ascii_alphanumeric).take(10).collect();
        let folder = std::env::temp_dir().join(format!("guildhall-demo-{name}"));
        std::fs::create_dir(&folder).map_err(Error::internal)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind in the folder for temporary files is not worth an error.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub async fn run(arguments: &Arguments) -> Result<()> {
    telemetry::init(LogFormat::Auto, "error")?;
    let story = cast::story()?;
    let folder = Folder::make()?;
    // One for everybody, and hashed once: it opens nothing but this machine's own ports, as long as the demo lasts.
    let password_hash = secrets::hash_password(PASSWORD)?;
    let (mut houses, clock) = (Vec::new(), Arc::new(LateClock::default()));
    clock.set_behind(story.length());
    let last = arguments.port + 2;
    for (cast, port) in story.houses.iter().zip(arguments.port..) {
        houses.push(House::open(cast, &folder.0, port, (arguments.port, last), &password_hash, clock.clone()).await?);
    }
    let (stop, stopped) = watch::channel(false);
    let served: Vec<_> = houses.iter_mut().filter_map(|house| house.serve(stopped.clone())).collect();
    if !arguments.json {
        say(format_args!("Three servers are open, and {} things happen between them …", story.lines.len()));
    }
    let told = tokio::select! {
        told = tell(&houses, &story, &clock) => Some(told),
        () = serve::wait_for_signal() => None,
    };
    let outcome = match told {
        None => Ok(()),
        Some(Err(error)) => Err(error),
        Some(Ok(teller)) => {
            if arguments.json {
                say(report(&houses, &teller));
            } else {
                invite(&houses, &teller);
            }
            serve::wait_for_signal().await;
            Ok(())
        }
    };
    let _ = stop.send(true);
    for house in served {
        house.await.map_err(Error::internal)??;
    }
    outcome
}

/// Plays the story as if it had happened in the last days: the clock of all three is behind, goes on between two lines
/// when nothing is on its way, and is right in the end.
async fn tell<'a>(houses: &'a [House], story: &cast::Story, clock: &LateClock) -> Result<Teller<'a>> {
    let mut teller = Teller::new(houses);
    let mut behind = story.length();
    for line in &story.lines {
        if line.after > 0 {
            teller.rest().await?;
            behind = behind.saturating_sub(cast::minutes(line.after));
            clock.set_behind(behind);
        }
        teller.play(line).await?;
    }
    teller.settle().await?;
    teller.rest().await?;
    clock.set_behind(Duration::ZERO);
    Ok(teller)
}

/// The conversations that are worth a look first.
const THREADS: [(&str, &str); 7] = [
    ("tensioner", "A customer asks from her own server; riders and the workshop answer"),
    ("winter", "An honest number, and a founder who joins in"),
    ("seat", "An idea from a family"),
    ("openday", "Two companies and a customer plan a Saturday"),
    ("article", "A founder writes at length about what went wrong"),
    ("colour", "A question with answers to choose from, answered on three servers"),
    ("crossing", "A post behind a warning"),
];

fn invite(houses: &[House], teller: &Teller<'_>) {
    say("\nOpen these in a browser:\n");
    for house in houses {
        say(format_args!("  {:<26} {}", house.name, house.origin));
        say(format_args!("  {:<26} {}/@{}", "", house.origin, house.handle));
    }
    say("\nConversations that all three servers share:\n");
    for (name, about) in THREADS {
        if let Some(page) = teller.page_of(name) {
            say(format_args!("  {about}\n    {page}"));
        }
    }
    say(format_args!(
        "\nSign in as one of its people: in a browser their workroom is at /home, and every app for Mastodon works as \
         well. Everybody's password: {PASSWORD}\n"
    ));
    for house in houses {
        say(format_args!("  {}/sign-in   {}", house.origin, house.people.join(", ")));
    }
    if let Some(mette) = houses.first().and_then(|house| house.tokens.get("mette")) {
        say("\nWhat Mette reads at home, with a post that only her colleagues see:\n");
        say(format_args!("  curl -H 'Authorization: Bearer {mette}' {}/api/v1/timelines/home", origin(houses)));
    }
    say("\nCtrl-C stops all three. Nothing is kept.");
}

fn origin(houses: &[House]) -> &str {
    houses.first().map_or("", |house| house.origin.as_str())
}

fn report(houses: &[House], teller: &Teller<'_>) -> serde_json::Value {
    let houses: Vec<_> = houses
        .iter()
        .map(|house| json!({ "name": house.name, "origin": house.origin, "brand": house.handle, "people": house.people, "tokens": house.tokens }))
        .collect();
    let threads: serde_json::Map<_, _> =
        THREADS.iter().filter_map(|(name, _)| Some(((*name).to_owned(), teller.page_of(name)?.into()))).collect();
    json!({ "houses": houses, "password": PASSWORD, "threads": threads })
}
