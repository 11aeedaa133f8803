//! What was chosen in the settings: for tests, too trusting, or a program that is not there.

use std::{fs, os::unix::fs::PermissionsExt};

use guildhall::doctor::Verdict;

use super::front::{Front, Plan, found, troubles};
use crate::support::database::TestDatabase;

/// A company with these settings.
async fn with(database: TestDatabase, settings: Vec<(&'static str, String)>) -> Front {
    Front::planned(database, Plan { settings, ..Plan::default() }).await
}

on_both! {
    async fn settings_for_tests_and_settings_that_trust_too_much_are_named(database: TestDatabase) {
        let settings = vec![("GUILDHALL_SERVER__TRUSTED_PROXIES", "[\"0.0.0.0/0\"]".to_owned())];
        let front = Front::planned(database, Plan { settings, ..Plan::default() }).await;
        assert_eq!(troubles(&front.examine().await), ["visitors failed"]);
        let own = TestDatabase::sqlite();
        let settings = vec![("GUILDHALL_SERVER__TRUSTED_PROXIES", "[]".to_owned())];
        let front = Front::planned(own, Plan { settings, ..Plan::default() }).await;
        assert_eq!(troubles(&front.examine().await), ["settings warning", "visitors failed"]);
    }

    async fn a_company_that_does_not_talk_with_others_is_told(database: TestDatabase) {
        let alone = vec![("GUILDHALL_BASE_URL", "http://127.0.0.1:8080".to_owned())];
        let front = with(database, alone).await;
        let report = front.examine().await;
        assert!(troubles(&report).contains(&"federation failed".to_owned()), "{report:#?}");
        let (verdict, told) = found(&report, "federation");
        assert!(verdict == Verdict::Failed && told.contains("does not talk with other servers"), "{report:#?}");
        // What says several things says each with its code, and nothing is said without one.
        for finding in &report.checks {
            let whole = finding.found_code.is_some() != (finding.found_parts.len() > 1);
            assert!(whole && finding.found_parts.iter().all(|part| part.code.is_some()), "{finding:#?}");
        }
    }

    async fn programs_for_films_that_cannot_be_run_are_named(database: TestDatabase) {
        let folder = tempfile::tempdir().unwrap();
        let (ffmpeg, ffprobe) = (folder.path().join("ffmpeg"), folder.path().join("ffprobe"));
        let front = with(database, vec![("GUILDHALL_MEDIA__FFMPEG", ffmpeg.display().to_string())]).await;
        for (program, expected) in [(None, vec!["films warning"]), (Some(&ffmpeg), vec!["films warning"]), (Some(&ffprobe), vec![])] {
            if let Some(path) = program {
                fs::write(path, "#!/bin/sh\n").unwrap();
                fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            }
            let report = front.examine().await;
            assert_eq!(troubles(&report), expected, "{report:#?}");
            assert!(found(&report, "films").1.contains("ffmpeg"), "{report:#?}");
        }
    }
}
