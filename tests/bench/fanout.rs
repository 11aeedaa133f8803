//! What leaves: one post to followers on 200 and on 2,000 servers, 0 and 100 ms away, all alive and a tenth dead.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    company::Spent,
    fediverse::{Manner, Mortal, Person},
    inbox::follow,
    load,
    report::{line, median, rounded, say},
    scene::Scene,
};

/// Whom posts go to: the street, how many servers, and how far they are away.
const GROUPS: [(u8, usize, u64); 4] = [(11, 200, 0), (12, 200, 100), (13, 2_000, 0), (14, 2_000, 100)];
/// How many posts are measured while everybody lives; the middle one counts.
const POSTS: usize = 3;
/// How long the server may write down what became of the last deliveries.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// One follower on each server.
struct Group {
    /// Whom they follow here.
    token: String,
    followers: Vec<Person>,
    away: u64,
    /// Those that will refuse connections, and those that will hang: together a tenth.
    refusing: Vec<Person>,
    hanging: Vec<Person>,
    mortal: Mortal,
}

/// What became of one post.
struct Round {
    first: f64,
    last: f64,
    spent: Spent,
}

/// All of it.
pub async fn measure(scene: &Scene) {
    for (street, servers, away) in GROUPS {
        let group = Group::gather(scene, street, servers, away).await;
        // Opens connections, which is not what is asked here.
        group.post(scene, &HashSet::new()).await;
        scene.company.settle().await;
        let mut rounds = Vec::new();
        for _ in 0..POSTS {
            rounds.push(group.post(scene, &HashSet::new()).await);
        }
        let alive = median(rounds.iter().map(|round| round.last).collect());
        rounds.sort_by(|one, other| one.last.total_cmp(&other.last));
        group.tell(scene, "all alive", &rounds[rounds.len() / 2], alive, servers);
        let dead = group.kill(scene);
        let fresh = group.post(scene, &dead).await;
        group.tell(scene, "a tenth died just before", &fresh, alive, servers);
        let later = group.post(scene, &dead).await;
        group.tell(scene, "a tenth dead, next post", &later, alive, servers);
    }
}

impl Group {
    async fn gather(scene: &Scene, street: u8, servers: usize, away: u64) -> Self {
        let token = scene.company.server.person(&format!("writer{street}"));
        let mortal = scene.fediverse.mortal().await;
        let person = |number: usize| match number % 20 {
            // Where nobody will listen.
            0 => scene.fediverse.person_at(mortal.port, street, number, number),
            _ => scene.fediverse.person(street, number, number),
        };
        let followers: Vec<Person> = (0..servers).map(person).collect();
        let of = |which: usize| followers.iter().skip(which).step_by(20).cloned().collect();
        let (refusing, hanging) = (of(0), of(1));
        let target = scene.actor(&token).await;
        let before = scene.fediverse.arrived("Accept").len();
        let letters = followers.iter().map(|follower| follow(scene, follower, &target)).collect();
        load::accepted(&scene.company.server, letters).await;
        scene.fediverse.wait_for("Accept", before + servers).await;
        for follower in &followers {
            scene.fediverse.teach(&follower.host, Manner::Away(Duration::from_millis(away)));
        }
        tokio::time::sleep(AFTERWARDS).await;
        Self { token, followers, away, refusing, hanging, mortal }
    }

    /// A tenth dies. Answers who that is.
    fn kill(&self, scene: &Scene) -> HashSet<String> {
        self.mortal.die();
        for person in &self.hanging {
            scene.fediverse.teach(&person.host, Manner::Hangs);
        }
        self.refusing.iter().chain(&self.hanging).map(|person| person.host.clone()).collect()
    }

    /// Writes a post and waits until everybody who lives has it.
    async fn post(&self, scene: &Scene, dead: &HashSet<String>) -> Round {
        let living = self.followers.len() - dead.len();
        let post = json!({ "status": "We open a new workshop. Who would like to see it?", "visibility": "public" });
        let (meter, started) = (scene.company.meter(), Instant::now());
        let post = scene.company.server.call("POST", "/api/v1/statuses", &self.token, post).await;
        let uri = post["uri"].as_str().unwrap().to_owned();
        scene.fediverse.wait_for(&uri, living).await;
        tokio::time::sleep(AFTERWARDS).await;
        let spent = meter.spent();
        let arrivals = scene.fediverse.arrived(&uri);
        assert_eq!(arrivals.len(), living, "each who lives has it once");
        let after = |at: Instant| at.duration_since(started).as_secs_f64() * 1000.0;
        let times = || arrivals.iter().copied().map(after);
        Round { first: times().fold(f64::MAX, f64::min), last: times().fold(0.0, f64::max), spent }
    }

    fn tell(&self, scene: &Scene, who: &str, round: &Round, alive: f64, servers: usize) {
        let living = if who == "all alive" { servers } else { servers - self.refusing.len() - self.hanging.len() };
        let spent = Spent { wall: round.last, ..round.spent };
        let mut about: Value = json!({
            "bench": "fanout", "engine": scene.company.engine, "servers": servers, "away_ms": self.away, "who": who,
            "first_ms": rounded(round.first), "last_ms": rounded(round.last),
            "limit_rsa_sign_cpu_ms": rounded(scene.machine.sign),
            "times_sign": rounded((round.spent.server + round.spent.database.unwrap_or(0.0)) / living as f64 / scene.machine.sign),
        });
        if who != "all alive" {
            about["times_all_alive"] = rounded(round.last / alive).into();
        }
        say(&line(about, &spent, living));
    }
}
