//! Plays the story: everybody acts through the client API of their own server, and the servers tell each other.

use std::{collections::HashMap, time::Duration};

use http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{cast::Line, house::House};
use crate::error::{Error, Result};

/// How long one server may take to hear of what another one did.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a question of the story is open, in seconds.
const POLL: u32 = 3 * 24 * 60 * 60;

/// Something that was said.
struct Said {
    /// The house in which it was said.
    house: usize,
    /// Its id there.
    id: String,
    /// Its address, which all servers share.
    uri: String,
    /// Its page, for people.
    page: String,
    /// It stays inside.
    inside: bool,
    /// How many chose an answer of it.
    votes: usize,
}

/// Plays a story in these houses.
pub struct Teller<'a> {
    houses: &'a [House],
    said: HashMap<String, Said>,
}

impl<'a> Teller<'a> {
    /// Nothing was said yet.
    pub fn new(houses: &'a [House]) -> Self {
        Self { houses, said: HashMap::new() }
    }

    /// Plays one line. What it refers to has arrived before it acts.
    pub async fn play(&mut self, line: &Line) -> Result<()> {
        let home = self.home_of(&line.who)?;
        for whom in &line.follow {
            self.follow(home, &line.who, whom).await?;
        }
        for (what, verb) in
            line.like.iter().map(|id| (id, "favourite")).chain(line.boost.iter().map(|id| (id, "reblog")))
        {
            let id = self.id_at(home, &line.who, what).await?;
            self.post(home, &line.who, &format!("/api/v1/statuses/{id}/{verb}"), &Value::Null).await?;
        }
        if let Some((question, answer)) = &line.vote {
            self.vote(home, &line.who, question, *answer).await?;
        }
        if let Some(text) = &line.say {
            self.say(home, line, text).await?;
        }
        Ok(())
    }

    /// Waits until every open thread has the same posts in every house where it is known, and every vote was counted.
    pub async fn settle(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut different = None;
            for (name, said) in self.said.iter().filter(|(_, said)| !said.inside) {
                let mut sizes = Vec::new();
                for home in 0..self.houses.len() {
                    sizes.push(self.answers_at(home, name).await?);
                }
                let counted = said.votes == 0 || self.votes_of(said).await? == said.votes;
                if !counted || sizes.iter().any(|size| Some(size) != sizes.get(said.house)) {
                    different = Some(name);
                }
            }
            let Some(name) = different else { return Ok(()) };
            if Instant::now() > deadline {
                return Err(Error::internal(format!("the thread “{name}” did not become the same in every house")));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until nothing is on its way between the houses, and no work is due in any.
    pub async fn rest(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut quiet = 0;
        // What one house sends is work in another a moment later, so each is asked again.
        while quiet < 2 {
            let mut idle = true;
            for house in self.houses {
                idle &= house.is_idle().await?;
            }
            quiet = if idle { quiet + 1 } else { 0 };
            if Instant::now() > deadline {
                return Err(Error::internal("something between the houses does not come to its end"));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// How many posts answer what was said, as the house `home` knows it.
    async fn answers_at(&self, home: usize, name: &str) -> Result<usize> {
        let house = self.house(home)?;
        let id = self.id_at(home, &house.handle, name).await?;
        let path = format!("/api/v1/statuses/{id}/context");
        let thread = house.call(&house.handle, Method::GET, &path, &Value::Null).await?;
        Ok(thread.get("descendants").and_then(Value::as_array).map_or(0, Vec::len))
    }

    /// How many votes for the answers of a question its own house has counted.
    async fn votes_of(&self, said: &Said) -> Result<usize> {
        let house = self.house(said.house)?;
        let path = format!("/api/v1/statuses/{}", said.id);
        let status = house.call(&house.handle, Method::GET, &path, &Value::Null).await?;
        let votes = status.pointer("/poll/votes_count").and_then(Value::as_u64);
        Ok(votes.and_then(|votes| usize::try_from(votes).ok()).unwrap_or_default())
    }

    /// The page of what was said under this name.
    pub fn page_of(&self, name: &str) -> Option<String> {
        self.said.get(name).map(|said| said.page.clone())
    }

    fn home_of(&self, username: &str) -> Result<usize> {
        let home = self.houses.iter().position(|house| house.tokens.contains_key(username));
        home.ok_or_else(|| Error::internal(format!("nobody in the story is called {username}")))
    }

    fn house(&self, home: usize) -> Result<&'a House> {
        self.houses.get(home).ok_or_else(|| Error::internal("there is no such house"))
    }

    async fn post(&self, home: usize, who: &str, path: &str, body: &Value) -> Result<Value> {
        self.house(home)?.call(who, Method::POST, path, body).await
    }

    async fn follow(&self, home: usize, who: &str, whom: &str) -> Result<()> {
        let address = self.house(self.home_of(whom)?)?.address_of(whom);
        let query = format!("/api/v2/search?resolve=true&type=accounts&limit=1&q={}", encoded(&address));
        let id = self.wait_for(home, who, &query, |found| id_in(found, "accounts")).await?;
        self.post(home, who, &format!("/api/v1/accounts/{id}/follow"), &Value::Null).await?;
        let path = format!("/api/v1/accounts/relationships?id[]={id}");
        self.wait_for(home, who, &path, |found| found.get(0)?.get("following")?.as_bool()?.then_some(())).await
    }

    async fn say(&mut self, home: usize, line: &Line, text: &str) -> Result<()> {
        let mut text = text.to_owned();
        for house in self.houses {
            for username in house.tokens.keys() {
                text = text.replace(&format!("{{{username}}}"), &house.address_of(username));
            }
        }
        let inside = line.audience.as_deref() == Some("company");
        let parent = match &line.to {
            Some(parent) => Some(self.id_at(home, &line.who, parent).await?),
            None => None,
        };
        let status = match &line.title {
            Some(title) => self.publish(home, &line.who, title, &text).await?,
            None => {
                let poll = json!({ "options": line.answers, "expires_in": POLL });
                let body = json!({
                    "status": text, "language": "en", "in_reply_to_id": parent, "local_only": inside,
                    "spoiler_text": line.warning, "poll": if line.answers.is_empty() { Value::Null } else { poll },
                });
                self.post(home, &line.who, "/api/v1/statuses", &body).await?
            }
        };
        let word = |name: &str| status.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(name) = &line.id {
            let said = Said { house: home, id: word("id"), uri: word("uri"), page: word("url"), inside, votes: 0 };
            self.said.insert(name.clone(), said);
        }
        Ok(())
    }

    /// Writes an article as an ActivityPub client does: the client API of apps has no titles.
    async fn publish(&self, home: usize, who: &str, title: &str, text: &str) -> Result<Value> {
        let house = self.house(home)?;
        let me = house.call(who, Method::GET, "/api/v1/accounts/verify_credentials", &Value::Null).await?;
        let actor = me.get("id").and_then(Value::as_str).unwrap_or_default();
        let article = json!({
            "type": "Article", "name": title, "to": "as:Public", "contentMap": { "en": text },
            "source": { "content": text, "mediaType": "text/markdown" },
        });
        house.hand_in(who, actor, &article).await?;
        let latest = format!("/api/v1/accounts/{actor}/statuses?limit=1");
        self.wait_for(home, who, &latest, |found| found.get(0).cloned()).await
    }

    /// Answers a question, when it has arrived.
    async fn vote(&mut self, home: usize, who: &str, question: &str, answer: usize) -> Result<()> {
        let id = self.id_at(home, who, question).await?;
        let path = format!("/api/v1/statuses/{id}");
        let poll = |found: &Value| found.get("poll")?.get("id")?.as_str().map(ToOwned::to_owned);
        let poll = self.wait_for(home, who, &path, poll).await?;
        let path = format!("/api/v1/polls/{poll}/votes");
        self.post(home, who, &path, &json!({ "choices": [answer] })).await?;
        if let Some(said) = self.said.get_mut(question) {
            said.votes += 1;
        }
        Ok(())
    }

    /// The id of what was said, as the house `home` has it.
    async fn id_at(&self, home: usize, who: &str, name: &str) -> Result<String> {
        let said = self.said.get(name).ok_or_else(|| Error::internal(format!("nobody said “{name}” before")))?;
        if said.house == home {
            return Ok(said.id.clone());
        }
        let query = format!("/api/v2/search?resolve=true&type=statuses&limit=1&q={}", encoded(&said.uri));
        self.wait_for(home, who, &query, |found| id_in(found, "statuses")).await
    }

    async fn wait_for<T>(&self, home: usize, who: &str, path: &str, wanted: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.house(home)?.call(who, Method::GET, path, &Value::Null).await?;
            if let Some(found) = wanted(&answer) {
                return Ok(found);
            }
            if Instant::now() > deadline {
                return Err(Error::internal(format!("{who} waited in vain for {path}")));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

fn id_in(found: &Value, kind: &str) -> Option<String> {
    Some(found.get(kind)?.get(0)?.get("id")?.as_str()?.to_owned())
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
