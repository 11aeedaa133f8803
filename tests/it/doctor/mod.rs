//! The doctor finds nothing in a healthy company, and each thing that is broken on purpose.

mod answers;
mod breaking;
mod cause;
mod chosen;
mod doors;
mod engines;
mod front;
mod house;
mod network;
mod patience;
mod proxies;

use std::collections::HashSet;

use front::{Front, found, troubles};
use guildhall::doctor::{CHECKS, Verdict};

on_both! {
    async fn a_healthy_company_passes_every_check(database: TestDatabase) {
        let front = Front::open(database).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), Vec::<String>::new(), "{report:#?}");
        assert!(report.healthy);
        let skipped: Vec<&str> =
            report.checks.iter().filter(|finding| finding.result == Verdict::Skipped).map(|finding| finding.id).collect();
        let by_postgres = front.app.db.engine() == guildhall::db::Engine::Postgres;
        assert_eq!(skipped, if by_postgres { vec!["backup"] } else { Vec::new() }, "{report:#?}");
        assert!(found(&report, "visitors").1.contains("203.0.113.50"), "{report:#?}");
        let again = front.examine().await;
        assert_eq!(troubles(&again), Vec::<String>::new(), "looking changes nothing");
    }
}

#[test]
fn each_check_has_a_name_of_its_own() {
    let ids: HashSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(ids.len(), CHECKS.len());
    assert!(
        ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'))
    );
    assert!(CHECKS.len() >= 18);
}

/// A check that nothing was ever broken for may find nothing.
#[test]
fn each_check_is_seen_to_find_what_was_broken_for_it() {
    let folder = format!("{}/tests/it/doctor", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tests: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let found = |id: &str| ["failed", "warning"].iter().any(|result| tests.contains(&format!("\"{id} {result}\"")));
    let never: Vec<&str> = CHECKS.iter().map(|check| check.id).filter(|id| !found(id)).collect();
    assert_eq!(never, Vec::<&str>::new(), "break something for these, and expect \"ID failed\" or \"ID warning\"");
}
