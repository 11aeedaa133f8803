//! `guildhall setup` on a terminal: it asks for what it was not given.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{PASSWORD, Place, Said, said};

/// Runs a command on a pseudo-terminal, where these questions are answered so.
fn on_a_terminal(place: &Place, arguments: &[&str], steps: &Value) -> Said {
    let command = place.command(arguments);
    let mut terminal = Command::new("python3");
    terminal
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cli/terminal.py"))
        .arg(steps.to_string())
        .arg(command.get_program())
        .args(command.get_args())
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .env("TERM", "xterm")
        .current_dir(command.get_current_dir().unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    said(terminal.spawn().expect("python3 is missing: run scripts/setup --test"))
}

fn step(question: &str, answer: &str) -> Value {
    json!({ "question": question, "answer": answer })
}

fn hidden(question: &str, answer: &str) -> Value {
    json!({ "question": question, "answer": answer, "hidden": true })
}

on_both! {
    async fn setup_asks_for_what_it_was_not_given(database: TestDatabase) {
        let place = Place::on(database);
        let steps = json!([
            step("What is your company called?", "Acme"),
            step("Username of the brand", "no such name"),
            step("letters", "acme"),
            step("Your own username", "ACME"),
            step("need different ones", "olga"),
            step("Your e-mail address", "nonsense"),
            step("e-mail address", "olga@acme.test"),
            hidden("A password of at least 12 characters", PASSWORD),
            hidden("Once more", "another sentence"),
            hidden("These are different.", PASSWORD),
            hidden("Once more", PASSWORD),
            step("May your own page be listed", "n"),
            step("Domain of your handles", "olga"),
            step("has a dot inside", "203.0.113.7"),
            step("an address of a machine", ""),
            step("The brand will be @acme@guildhall.test. Other servers remember this for good.", "n"),
            step("Username of the brand", "olga"),
            step("need different ones", "acme-bikes"),
            step("Domain of your handles", "bikes.test"),
            step("The brand will be @acme-bikes@bikes.test.", "y"),
        ]);
        let told = on_a_terminal(&place, &["setup"], &steps).fine();
        assert!(told.out.contains("Acme is set up: the brand is @acme-bikes@bikes.test"), "{told:?}");
        assert!(told.out.contains("This will be a try-out.") && told.out.contains("begin anew with another folder"), "{told:?}");
        assert!(!told.out.contains(PASSWORD) && !told.out.contains("another sentence"), "nobody reads it: {told:?}");
        let list = place.run(&["account", "list"]).fine();
        assert!(list.out.contains("olga"), "{list:?}");
        let server = place.serve();
        server.until("/readyz", None, http::StatusCode::OK).await;
        let (_, people) = server.get("/about", None).await;
        assert!(people.contains("acme-bikes") && !people.contains("@olga"), "nobody is listed unasked: {people}");
    }

    async fn setup_asks_for_nothing_that_it_was_given(database: TestDatabase) {
        let place = Place::on(database);
        let given = ["setup", "--name", "Acme", "--handle", "acme", "--domain", "acme.test", "--owner", "olga", "--password", PASSWORD];
        let told = on_a_terminal(&place, &given, &json!([step("Your e-mail address", "olga@acme.test")])).fine();
        assert!(told.out.contains("@acme@acme.test") && !told.out.contains("company called"), "{told:?}");
        // A script is not asked: it is told what to give.
        let refused = Place::empty().run(&given);
        refused.refused(&["--email"]);
    }

    async fn a_domain_or_a_username_that_cannot_be_is_refused(database: TestDatabase) {
        let place = Place::on(database);
        let set_up = |owner: &str, domain: &str| {
            place.run(&["setup", "--name", "Acme", "--handle", "acme", "--domain", domain, "--owner", owner, "--email", "o@acme.test", "--password", PASSWORD])
        };
        let refused = |said: Said, word: &str| assert!(said.status == Some(1) && said.err.contains(word), "{said:?}");
        refused(set_up("olga", "olga"), "has a dot inside");
        refused(set_up("olga", "203.0.113.7"), "an address of a machine");
        refused(set_up("Acme", "acme.test"), "need different ones");
        assert_eq!(place.run(&["account", "list"]).status, Some(1), "nothing was set up");
        set_up("olga", "acme.test").fine();
    }
}
