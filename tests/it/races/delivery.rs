//! What leaves: written down once and sent once, however many processes do it.

use std::sync::Arc;

use guildhall::{
    app::App,
    config::{Config, Overrides},
    domain::work::Change,
    federation::{delivery::Deliverer, outbound},
    secrets::SecretKey,
};

use super::{EIGHT, ROUNDS, Race};
use crate::{federation::peers::Peers, races};

impl Race {
    /// Eight applications, one for each process, on one network.
    async fn applications(&self, peers: &Arc<Peers>) -> Vec<App> {
        let nowhere = tempfile::tempdir().unwrap();
        let secret = || SecretKey::parse(&"07".repeat(32)).unwrap();
        let mut apps = Vec::new();
        for db in &self.processes {
            let environment = [("GUILDHALL_BASE_URL".into(), self.site.base_url.clone().into())];
            let config = Config::read(&Overrides::default(), environment, nowhere.path()).unwrap();
            apps.push(App::new(config, self.site.clone(), db.clone(), secret(), peers.clone()).await.unwrap());
        }
        apps
    }
}

races! {
    async fn what_eight_processes_publish_and_send_at_once_arrives_once(race: Race) {
        let peers = Arc::new(Peers::default());
        let apps = race.applications(&peers).await;
        let author = race.ours[0].1.clone();
        for follower in &race.theirs {
            let follow = serde_json::json!({"id": format!("{}#follow", follower.uri), "type": "Follow", "actor": follower.uri, "object": author.uri});
            race.write(race.arriving(follower, follow)).await;
        }
        for round in 0..ROUNDS {
            let post = race.post(&author, None).await;
            let change = Change::PostCreated { post };
            let publishing = apps.iter().map(|app| outbound::handle_federate(app, author.id, &change));
            for outcome in futures_util::future::join_all(publishing).await {
                outcome.unwrap();
            }
            assert_eq!(race.count("activities", &format!("post_id = {post}")).await, 1, "round {round}");
            assert_eq!(race.count("deliveries", "TRUE").await, ((round + 1) * EIGHT) as i64);
            let sending = apps.iter().map(|app| async { Deliverer::new(app.clone()).run_until_idle().await });
            futures_util::future::join_all(sending).await;
            assert_eq!(race.count("deliveries", "state <> 'delivered'").await, 0);
        }
        let mut received: Vec<(String, String)> = peers
            .received("far.example")
            .into_iter()
            .map(|one| (one.url.clone(), one.json()["id"].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(received.len(), ROUNDS * EIGHT);
        received.sort();
        received.dedup();
        assert_eq!(received.len(), ROUNDS * EIGHT, "nobody gets anything twice");
        assert_eq!(race.count("actor_keys", &format!("actor_id = {}", author.id)).await, 2);
    }
}
