//! The conformance tests of socialweb.coop (npm `activitypub-testing`), run by its own command line against a running
//! server.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
};

use guildhall::domain::accounts::AccountKind;
use serde_json::{Value, json};

use crate::support::{
    peer::{node, root},
    server::Server,
    world::PUBLIC,
};

/// What the command line prints: one assertion, or one a line.
async fn run(arguments: &[String]) -> Vec<Value> {
    let command = root().join("tests/peers/activitypub-testing/node_modules/activitypub-testing/src/cli.js");
    let given = arguments.to_vec();
    let work = move || {
        let mut program = Command::new(node());
        // It must not give up early where a machine is slow.
        program.arg(command).args(given).env("ACTIVITYPUB_TESTING_DEFAULT_TEST_TIME_LIMIT", "T60S");
        program.stdin(Stdio::null()).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(work).await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let assertions = serde_json::Deserializer::from_str(&printed).into_iter::<Value>().collect::<Result<Vec<_>, _>>();
    let assertions = assertions.unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"));
    assert!(!assertions.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    assertions
}

/// The outcome of each test by its name.
fn outcomes(assertions: &[Value]) -> BTreeMap<String, String> {
    let outcome = |assertion: &Value| {
        let slug = assertion["test"]["slug"].as_str().unwrap().to_owned();
        (slug, assertion["result"]["outcome"].as_str().unwrap().to_owned())
    };
    assertions.iter().map(outcome).collect()
}

on_both! {
    async fn the_conformance_tests_pass_against_a_running_server_as_a_peer_would_run_them(database: TestDatabase) {
        let server = Server::start(database).await;
        let ana = server.person("ana", AccountKind::Employee).await;
        let authorization = format!("--input.authorization=Bearer {}", ana.token);
        let all = run(&["test".to_owned(), "actor".to_owned(), ana.uri.clone(), authorization.clone()]).await;
        let mut found = outcomes(&all);

        // Run by itself, a test takes what `test actor` does not give it.
        let outbox = format!("{}/outbox", ana.uri);
        let (status, actor) = fetch(&server, &ana, &ana.uri).await;
        assert_eq!(status, 200);
        let path = outbox.strip_prefix(&server.origin).unwrap();
        let note = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": "Hello", "to": [PUBLIC], "cc": [format!("{}/followers", ana.uri)]});
        assert_eq!(server.try_call(Some(&ana), "POST", path, note.clone()).await.0, 201);
        let page = server.get(&ana, &format!("{path}?page=true")).await;
        let post = page["orderedItems"][0]["object"].to_string();
        for (slug, inputs) in [
            // The inbox is its owner's: `test actor` asks for it without a token and is told 401.
            ("inbox-must-be-an-orderedcollection", vec![format!("--input.object={actor}"), authorization.clone(), "--input.time=T60S".to_owned()]),
            // An actor has no likes and shares; a post has.
            ("likes-collection-must-be-a-collection", vec![format!("--input.object={post}")]),
            ("shares-collection-must-be-a-collection", vec![format!("--input.object={post}")]),
            // `test actor` sends a Note that says nothing, which is no post.
            ("outbox-wraps-object-with-create-checked-using-get-location", vec![format!("--input.outbox={outbox}"), authorization.clone(), format!("--input.submission={note}")]),
            ("outbox-post-must-accept-non-activity-object", vec![format!("--input.outbox={outbox}"), authorization.clone(), format!("--input.submission={note}"), "--input.time=T60S".to_owned()]),
        ] {
            let arguments = [vec!["run".to_owned(), "test".to_owned(), "--slug".to_owned(), slug.to_owned()], inputs].concat();
            let alone = run(&arguments).await;
            assert_eq!(outcomes(&alone)[slug], "passed", "{alone:#?}");
            found.insert(slug.to_owned(), "passed".to_owned());
        }
        let failed: Vec<_> = all.iter().filter(|one| !["passed", "inapplicable"].contains(&one["result"]["outcome"].as_str().unwrap())).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        let inapplicable: Vec<&str> = found.iter().filter(|(_, outcome)| *outcome == "inapplicable").map(|(slug, _)| slug.as_str()).collect();
        // It sends `{"id": …}` and nothing else, which has no type and says nothing. That the outbox lists what was
        // posted is asked in `reading`.
        assert_eq!(inapplicable, ["outbox-post-server-adds-to-outbox-collection-checked-by-outbox-get"], "{all:#?}");
        assert_eq!(found.len(), 15, "every test was run: {found:#?}");
    }
}

async fn fetch(server: &Server, who: &crate::support::server::Person, uri: &str) -> (u16, Value) {
    let (status, body) =
        server.try_call(Some(who), "GET", uri.strip_prefix(&server.origin).unwrap(), Value::Null).await;
    (status.as_u16(), body)
}
