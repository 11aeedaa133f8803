//! The page for who writes a client, typed line by line after the first steps of the README.

use std::process::{Command, Stdio};

use super::pages;
use crate::{cli::Place, support::ports};

/// What cannot be typed as it stands: it has a gap for what somebody gets in a browser.
fn has_a_gap(block: &str) -> bool {
    block.lines().filter(|line| !line.starts_with('#')).any(|line| line.contains('…'))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_for_who_writes_a_client_works_after_the_first_steps() {
    let there = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    if !(there("curl") && there("jq") && there("bash")) {
        let everything = std::env::var_os("GUILDHALL_TEST_POSTGRES_URL").is_some();
        assert!(!everything, "curl, jq or bash is not installed: run `scripts/setup --test`");
        return;
    }
    let address = format!("localhost:{}", ports::reserve(1));
    let place = Place::empty()
        .with("GUILDHALL_BASE_URL", &format!("http://{address}"))
        .with("GUILDHALL_LISTEN", &address.replace("localhost", "127.0.0.1"));
    place.set_up().fine();
    place.employee("ana");
    let _server = place.serve();

    let page = pages::read("docs/guide/developer.md");
    let typed: Vec<String> = page
        .blocks()
        .into_iter()
        .filter(|block| block.language == "sh" && !has_a_gap(&block.text))
        .map(|block| block.text.replace("localhost:8080", &address))
        .collect();
    let mut script = "set -euo pipefail\n".to_owned() + &typed.concat();
    // Here the program is somewhere else.
    script = script.replace("./target/release/guildhall", env!("CARGO_BIN_EXE_guildhall"));
    std::fs::write(place.file("page.sh"), &script).unwrap();
    let mut command = place.command(&[]);
    let settings: Vec<_> =
        command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
    command = Command::new("bash");
    command.arg("page.sh").env_clear().envs(settings).env("PATH", std::env::var_os("PATH").unwrap());
    let said = command.current_dir(place.file("page.sh").parent().unwrap()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}\n{err}\n{script}");

    let asked = script.lines().filter(|line| line.starts_with("say '")).count();
    assert!(asked >= 12, "{script}");
    let answers: Vec<&str> = out.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    // The last one shows how it is refused.
    let mut expected = vec!["201"; asked - 1];
    expected.push("422");
    assert_eq!(answers, expected, "{out}");
    assert_eq!(out.matches("\"code\":").count(), 1, "nothing else is refused: {out}");
    for line in ["\"Create\"", "\"in_review\"", "\"approved\"", "\"published\""] {
        assert!(out.contains(line), "{line}: {out}");
    }
    // The app that is registered on the way has both secrets.
    assert!(out.contains("\"client_secret\""), "{out}");
}
