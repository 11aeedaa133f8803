//! Settings against what was stored at set-up.

use http::StatusCode;

use super::{PASSWORD, Place};
use crate::support::ports;

/// The settings for tests and demos.
const FOR_TESTS: [(&str, &str, &str); 3] = [
    ("GUILDHALL_FEDERATION__ALLOW_HTTP", "true", "federation.allow_http"),
    ("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", "[\"127.0.0.1:9000-9999\"]", "allowed_private_addresses"),
    ("GUILDHALL_LIMITS__ENABLED", "false", "limits.enabled"),
];

on_both! {
    async fn settings_for_tests_are_refused_for_the_stored_base_url_too(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_BASE_URL", "https://social.company.com");
        place.set_up().fine();
        let mut place = place.without("GUILDHALL_BASE_URL");
        place.run(&["account", "list"]).fine();
        for (name, value, key) in FOR_TESTS {
            place = place.with(name, value);
            place.run(&["account", "list"]).refused(&[key, "https://social.company.com", "tests"]);
            place.run(&["serve"]).refused(&[key, "https://social.company.com", "tests"]);
            place.run(&["config", "check"]).refused(&[key, "https://social.company.com", "tests"]);
            place = place.without(name);
        }
    }

    async fn settings_for_tests_are_warned_of_where_they_are_allowed(database: TestDatabase) {
        let mut place = Place::on(database);
        place.set_up().fine();
        for (name, value, _) in FOR_TESTS {
            place = place.with(name, value);
        }
        let check = place.run(&["config", "check"]).fine().out;
        let server = place.serve();
        server.until("/healthz", None, StatusCode::OK).await;
        for (_, _, key) in FOR_TESTS {
            assert!(check.contains(key), "{check}");
            assert!(server.log().contains(key), "{}", server.log());
        }
    }

    async fn an_address_that_was_not_set_is_the_one_of_the_setup(database: TestDatabase) {
        let place = Place::on(database).without("GUILDHALL_BASE_URL").with("GUILDHALL_LISTEN", "127.0.0.1:8080");
        place.set_up().fine();
        let place = place.with("GUILDHALL_LISTEN", "127.0.0.1:0");
        let server = place.serve();
        let (status, answer) = server.get("/.well-known/webfinger?resource=acct:acme@localhost:8080", None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert!(answer.contains("http://localhost:8080/ap/actors/"), "{answer}");
        assert!(server.log().contains("does not"), "it does not federate, and says so: {}", server.log());
    }

    async fn what_others_know_cannot_change(database: TestDatabase) {
        let place = Place::on(database);
        let check = place.run(&["config", "check"]).fine().out;
        assert!(check.contains("No company is set up in the database yet."), "{check}");
        place.set_up().fine();
        let check = place.run(&["config", "check"]).fine().out;
        assert!(check.contains("belongs to http://guildhall.test, with handles at guildhall.test."), "{check}");
        let place = place.with("GUILDHALL_BASE_URL", "http://elsewhere.test");
        for arguments in [&["serve"][..], &["account", "list"], &["config", "check"]] {
            place.run(arguments).refused(&["http://guildhall.test", "http://elsewhere.test", "GUILDHALL_BASE_URL"]);
        }
        let place = place.with("GUILDHALL_BASE_URL", "http://guildhall.test/").with("GUILDHALL_DOMAIN", "acme.test");
        for arguments in [&["serve"][..], &["account", "list"], &["config", "check"]] {
            place.run(arguments).refused(&["guildhall.test", "acme.test", "GUILDHALL_DOMAIN"]);
        }
        place.without("GUILDHALL_DOMAIN").run(&["account", "list"]).fine();
    }

    async fn a_try_out_that_is_to_become_real_is_told_the_way(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_BASE_URL", "http://localhost:8080");
        let told = place.set_up().fine();
        assert!(told.out.contains("This is a try-out."), "{told:?}");
        let place = place.with("GUILDHALL_BASE_URL", "https://social.company.com");
        place.run(&["serve"]).refused(&["A try-out cannot become the real company", "--data-dir", "guildhall setup"]);
    }

    async fn a_lost_or_wrong_secret_key_stops_the_start(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let file = place.data().join("secret.key");
        let key = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        place.run(&["serve"]).refused(&["secret.key", "missing", "backup"]);
        assert!(!file.exists(), "no new key was made");
        std::fs::write(&file, "ab".repeat(32)).unwrap();
        place.run(&["serve"]).refused(&["secret.key", "not the one"]);
        std::fs::write(&file, &key).unwrap();
        let place = place.with("GUILDHALL_SECRET_KEY", &"ab".repeat(32));
        place.run(&["serve"]).refused(&["secret_key", "not the one"]);
        let place = place.without("GUILDHALL_SECRET_KEY");
        place.serve().until("/readyz", None, StatusCode::OK).await;
    }

    async fn a_key_in_the_settings_needs_no_file(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_SECRET_KEY", &"ab".repeat(32));
        place.set_up().fine();
        assert!(!place.data().join("secret.key").exists());
        place.serve().until("/readyz", None, StatusCode::OK).await;
    }
}

#[test]
fn config_check_ends_with_zero_or_one_and_names_what_is_wrong() {
    let place = Place::empty();
    let told = place.run(&["config", "check"]).fine().out;
    assert!(
        told.contains("fine") && told.contains("is not there yet, and can be made") && told.contains("Not tried: DNS"),
        "{told}"
    );
    assert!(!place.data().exists(), "it makes nothing");
    let place = place.with("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", "[\"127.0.0.1:9000-\"]");
    place.run(&["config", "check"]).refused(&[
        "federation.allowed_private_addresses",
        "127.0.0.1:9000-",
        "GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES",
    ]);
    let place = Place::empty().with("GUILDHALL_LIMITS__POST_CHARACTER", "5");
    place.run(&["config", "check"]).refused(&["limits.post_character", "post_characters"]);
    let place = Place::empty().with("GUILDHALL_BASE_URL", "https://social.company.com");
    let place = place.with("GUILDHALL_LIMITS__ENABLED", "false");
    place.run(&["config", "check"]).refused(&["limits.enabled"]);
    place.run(&["setup", "--password", PASSWORD]).refused(&["limits.enabled"]);
}

#[test]
fn what_the_settings_lead_to_is_checked_and_named() {
    let place = Place::empty().with("GUILDHALL_DATA_DIR", "/dev/null/data");
    for command in [&["config", "check"][..], &["serve"], &["migrate"]] {
        let said = place.run(command);
        assert!(
            said.status == Some(1) && said.err.contains("/dev/null/data") && said.err.contains("data_dir"),
            "{said:?}"
        );
        assert!(!said.err.contains("on our side"), "{said:?}");
    }
    // Something else stands where a folder is wanted.
    let place = Place::empty();
    std::fs::write(place.data(), "").unwrap();
    for command in [&["config", "check"][..], &["serve"], &["migrate"]] {
        place.run(command).refused(&["Cannot make the folder", &place.data().display().to_string(), "data_dir"]);
    }
    for folder in ["media", "uploads", "mail"] {
        let place = Place::empty();
        std::fs::create_dir(place.data()).unwrap();
        place.run(&["config", "check"]).fine();
        std::fs::write(place.data().join(folder), "").unwrap();
        let shown = place.data().join(folder).display().to_string();
        place.run(&["config", "check"]).refused(&["Cannot make the folder", &shown]);
    }
    let nobody = format!("127.0.0.1:{}", ports::reserve(1));
    let place = Place::empty().with("GUILDHALL_DATABASE_URL", &format!("postgres://kim:secret@{nobody}/company"));
    for command in [&["config", "check"][..], &["migrate"], &["account", "list"]] {
        let said =
            place.run(command).refused(&["Nobody answers where database_url leads", "systemctl start postgresql"]);
        assert!(!said.err.contains("secret"), "{said:?}");
    }
}

#[test]
fn a_database_url_that_is_read_otherwise_is_named_without_its_password() {
    for (url, words) in [
        ("postgres://kim:p@ss/w%d@127.0.0.1:5432/company", &["database_url", "%40"][..]),
        ("postgres://kim:s3cr3t/w@127.0.0.1:5432/company", &["database_url", "%2F"]),
        ("postgres://kim:pa:ss@w0rd@127.0.0.1:5432/company", &["database_url", "%40"]),
    ] {
        let place = Place::empty().with("GUILDHALL_DATABASE_URL", url);
        for command in [&["config", "check"][..], &["migrate"]] {
            let said = place.run(command).refused(words);
            for part in ["p@ss", "ss/w", "w%d", "s3cr3t", "w0rd", "pa:ss"] {
                assert!(!said.err.contains(part), "{said:?}");
            }
        }
    }
}

#[test]
fn config_check_notices_that_the_secret_key_is_another_or_is_not_there() {
    let place = Place::empty();
    place.set_up().fine();
    place.run(&["config", "check"]).fine();
    let place = place.with("GUILDHALL_SECRET_KEY", &"ab".repeat(32));
    place.run(&["config", "check"]).refused(&["not the one with which this database was set up"]);
    let place = place.without("GUILDHALL_SECRET_KEY");
    std::fs::remove_file(place.data().join("secret.key")).unwrap();
    place.run(&["config", "check"]).refused(&["secret.key is missing", "backup"]);
    assert!(!place.data().join("secret.key").exists(), "it makes none");
}

#[test]
fn who_is_created_may_be_kept_out_of_lists() {
    let place = Place::empty();
    place.set_up().fine();
    let told = place.run(&["account", "create", "ana", "--role", "employee"]).fine().out;
    assert!(told.contains("@ana is listed on /about"), "{told}");
    let told = place.run(&["account", "create", "ben", "--role", "employee", "--unlisted"]).fine().out;
    assert!(!told.contains("listed"), "{told}");
}

#[test]
fn nobody_else_on_the_machine_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::empty();
    place.set_up().fine();
    let mode = |name: &str| std::fs::metadata(place.data().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("guildhall.sqlite"), mode("secret.key")), (0o600, 0o600));
}
