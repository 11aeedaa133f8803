//! Settings: where they come from, who wins, and what an operator is told.

use guildhall::{
    config::{Config, DatabaseTarget, LogFormat, Overrides, reference},
    error::{Error, Kind},
};
use proptest::prelude::*;
use std::{ffi::OsString, fs, path::PathBuf};

/// One attempt to read settings, from the sources that a test names.
#[derive(Default)]
struct Attempt {
    file: Option<&'static str>,
    environment: Vec<(String, String)>,
    flags: Overrides,
}

impl Attempt {
    fn file(mut self, text: &'static str) -> Self {
        self.file = Some(text);
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn set(mut self, pair: &str) -> Self {
        self.flags.set.push(pair.to_owned());
        self
    }

    fn read(self) -> Result<Config, Error> {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = self.file {
            fs::write(folder.path().join("guildhall.toml"), text).unwrap();
        }
        let environment =
            self.environment.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Config::read(&self.flags, environment, folder.path())
    }

    fn refused(self) -> String {
        let error = self.read().expect_err("these settings are refused");
        assert_eq!(error.kind(), Kind::Invalid);
        error.safe().to_owned()
    }
}

fn given() -> Attempt {
    Attempt::default()
}

fn assert_says(sentence: &str, parts: &[&str]) {
    for part in parts {
        assert!(sentence.contains(part), "“{sentence}” should say “{part}”");
    }
}

#[test]
fn without_any_source_the_defaults_start_a_server_on_this_machine() {
    let config = given().read().unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.base_url().as_str(), "http://localhost:8080/");
    assert_eq!(config.handle_domain(), "localhost:8080");
    assert_eq!(config.database_target().unwrap(), DatabaseTarget::Sqlite(PathBuf::from("./data/guildhall.sqlite")));
    assert_eq!(config.limits.post_characters, 5_000);
    assert!(config.limits.enabled);
    assert!(!config.federates());
}

#[test]
fn an_unknown_key_names_itself_its_source_and_the_keys_that_exist() {
    let sentence = given().file("[federation]\nalow_http = true\n").refused();
    assert_says(&sentence, &["federation.alow_http", "guildhall.toml", "not a setting", "allow_http"]);

    let sentence = given().env("GUILDHALL_FEDERATION__ALOW_HTTP", "true").refused();
    assert_says(&sentence, &["federation.alow_http", "GUILDHALL_FEDERATION__ALOW_HTTP", "allow_http"]);

    let sentence = given().file("[post]\nhost = \"localhost\"\n").refused();
    assert_says(&sentence, &["post", "base_url", "federation", "limits"]);

    let sentence = given().set("limit.enabled=false").refused();
    assert_says(&sentence, &["limit.enabled", "--set", "limits"]);
}

#[test]
fn variables_with_other_prefixes_and_those_of_tests_are_left_alone() {
    let config = given()
        .env("PATH", "/bin")
        .env("GUILDHALLX", "1")
        .env("GUILDHALL_TEST_POSTGRES_URL", "postgres://x")
        .env("GUILDHALL_BENCH_SECONDS", "3");
    assert_eq!(config.read().unwrap(), Config::default());
    assert_says(&given().env("GUILDHALL_TYPO", "1").refused(), &["GUILDHALL_TYPO"]);
    assert_says(&given().env("GUILDHALL_base_url", "http://localhost").refused(), &["GUILDHALL_base_url"]);
}

#[test]
fn a_bad_value_names_key_value_source_and_what_is_allowed() {
    let cases: [(&str, &str, &[&str]); 14] = [
        ("GUILDHALL_LISTEN", "8080", &["listen = 8080", "GUILDHALL_LISTEN", "127.0.0.1:8080"]),
        ("GUILDHALL_FEDERATION__ALLOW_HTTP", "yes", &["federation.allow_http = \"yes\"", "true or false"]),
        ("GUILDHALL_LIMITS__POST_CHARACTERS", "0", &["limits.post_characters = 0", "from 1 to 100000"]),
        ("GUILDHALL_LIMITS__POST_CHARACTERS", "-1", &["limits.post_characters = -1"]),
        ("GUILDHALL_DATABASE__POOL", "8.5", &["database.pool = 8.5", "whole number"]),
        ("GUILDHALL_LOG__FORMAT", "xml", &["log.format = \"xml\"", "auto, pretty or json"]),
        ("GUILDHALL_LOG__FILTER", "guildhall=loud", &["log.filter", "info"]),
        ("GUILDHALL_SERVER__TRUSTED_PROXIES", "10.0.0.0/8", &["server.trusted_proxies", "list of networks"]),
        ("GUILDHALL_SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/33\"]", &["server.trusted_proxies"]),
        ("GUILDHALL_BASE_URL", "https://social.company.com/app", &["base_url", "without path"]),
        ("GUILDHALL_BASE_URL", "https://user:pw@social.company.com", &["base_url"]),
        ("GUILDHALL_BASE_URL", "ftp://social.company.com", &["base_url", "http://"]),
        ("GUILDHALL_DOMAIN", "https://company.com", &["domain", "company.com"]),
        ("GUILDHALL_DATABASE_URL", "mysql://x", &["database_url", "postgres://"]),
    ];
    for (name, value, parts) in cases {
        let sentence = given().env(name, value).refused();
        assert_says(&sentence, parts);
        assert_says(&sentence, &[name]);
    }
}

#[test]
fn a_bad_secret_is_named_but_never_shown() {
    let sentence = given().env("GUILDHALL_SECRET_KEY", "hunter2").refused();
    assert_says(&sentence, &["secret_key = [hidden]", "32 bytes"]);
    assert!(!sentence.contains("hunter2"));
    let sentence = given().file("secret_key = \"hunter2").refused();
    assert_says(&sentence, &["guildhall.toml", "line 1"]);
    assert!(!sentence.contains("hunter2"), "{sentence}");

    let key = "ab".repeat(32);
    let config = given()
        .env("GUILDHALL_SECRET_KEY", &key)
        .env("GUILDHALL_DATABASE_URL", "postgres://u:hunter2@db/g")
        .read()
        .unwrap();
    let printed = format!("{config:?}");
    assert!(!printed.contains(&key) && !printed.contains("hunter2"), "{printed}");
}

#[test]
fn an_empty_variable_is_refused_because_a_secret_may_be_missing() {
    assert_says(&given().env("GUILDHALL_SECRET_KEY", "").refused(), &["secret_key", "GUILDHALL_SECRET_KEY", "empty"]);
}

#[test]
fn environment_values_are_toml_or_else_text() {
    let config = given()
        .env("GUILDHALL_BASE_URL", "https://social.company.com")
        .env("GUILDHALL_DOMAIN", "\"Company.com\"")
        .env("GUILDHALL_LIMITS__POST_CHARACTERS", "1_000")
        .env("GUILDHALL_SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\", \"::1/128\"]")
        .env("GUILDHALL_METRICS__LISTEN", "127.0.0.1:9464")
        .env("GUILDHALL_LOG", "{ format = \"json\", filter = \"warn\" }")
        .env("GUILDHALL_DATA_DIR", "2026")
        .read()
        .unwrap();
    assert_eq!(config.base_url().as_str(), "https://social.company.com/");
    assert_eq!(config.handle_domain(), "company.com");
    assert_eq!(config.limits.post_characters, 1_000);
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.metrics.listen.map(|listen| listen.port()), Some(9464));
    assert_eq!((config.log.format, config.log.filter.as_str()), (LogFormat::Json, "warn"));
    assert_eq!(config.data_dir, PathBuf::from("2026"), "digits can be text as well");
}

#[test]
fn a_value_cannot_smuggle_in_a_second_key() {
    let sentence = given().env("GUILDHALL_LIMITS__POST_CHARACTERS", "1\nother = 2").refused();
    assert_says(&sentence, &["limits.post_characters"]);
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let file = "listen = \"127.0.0.1:1001\"\n[limits]\npost_characters = 1\napi_requests_per_5_minutes = 1\nanonymous_requests_per_5_minutes = 1\n";
    let mut attempt = given()
        .file(file)
        .env("GUILDHALL_LISTEN", "127.0.0.1:1002")
        .env("GUILDHALL_LIMITS__POST_CHARACTERS", "2")
        .env("GUILDHALL_LIMITS__API_REQUESTS_PER_5_MINUTES", "2")
        .set("limits.post_characters=3");
    attempt.flags.listen = Some("127.0.0.1:1003".to_owned());
    let config = attempt.read().unwrap();
    assert_eq!(config.listen.port(), 1003);
    assert_eq!(config.limits.post_characters, 3);
    assert_eq!(config.limits.api_requests_per_5_minutes, 2);
    assert_eq!(config.limits.anonymous_requests_per_5_minutes, 1);
    assert_eq!(config.base_url().as_str(), "http://localhost:1003/");
}

#[test]
fn a_named_file_must_exist_and_the_flag_wins_over_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.toml"), folder.path().join("two.toml"));
    fs::write(&one, "domain = \"one.example\"").unwrap();
    fs::write(&two, "domain = \"two.example\"").unwrap();

    let config = given().env("GUILDHALL_CONFIG", one.to_str().unwrap()).read().unwrap();
    assert_eq!(config.handle_domain(), "one.example");
    let mut attempt = given().env("GUILDHALL_CONFIG", one.to_str().unwrap());
    attempt.flags.config = Some(two);
    assert_eq!(attempt.read().unwrap().handle_domain(), "two.example");
    assert_says(&given().env("GUILDHALL_CONFIG", "/nowhere/guildhall.toml").refused(), &["/nowhere/guildhall.toml"]);
}

#[test]
fn a_port_where_nobody_will_be_answered_is_told() {
    let warned = |base: &str, listen: &str| {
        let config = given().env("GUILDHALL_BASE_URL", base).env("GUILDHALL_LISTEN", listen).read().unwrap();
        config.check().unwrap().iter().any(|warning| warning.code == "config.listen")
    };
    for (base, listen) in [("http://localhost:8080", "127.0.0.1:9090"), ("https://social.company.com", "0.0.0.0:443")] {
        assert!(warned(base, listen), "{base} {listen}");
    }
    for (base, listen) in [
        ("http://localhost:8080", "0.0.0.0:8080"),
        ("http://localhost:8080", "127.0.0.1:0"),
        ("https://social.company.com", "127.0.0.1:8080"),
        ("http://one.test", "127.0.0.1:8080"),
    ] {
        assert!(!warned(base, listen), "{base} {listen}");
    }
}

#[test]
fn settings_for_tests_are_refused_where_the_public_could_come() {
    let settings = [
        ("GUILDHALL_FEDERATION__ALLOW_HTTP", "true", "federation.allow_http"),
        ("GUILDHALL_FEDERATION__ALLOWED_PRIVATE_ADDRESSES", "[\"127.0.0.1:9000-9999\"]", "allowed_private_addresses"),
        ("GUILDHALL_LIMITS__ENABLED", "false", "limits.enabled"),
    ];
    let public = [
        "https://social.company.com",
        "http://10.0.0.7",
        "http://[2001:db8::1]",
        "https://localhost.company.com",
        "https://nottest",
        "https://company.test.com",
        "http://128.0.0.1",
    ];
    let private =
        ["http://localhost:3000", "http://127.0.1.9", "http://[::1]:80", "http://one.localhost", "https://a.b.test"];
    for (name, value, key) in settings {
        for base in public {
            let sentence = given().env(name, value).env("GUILDHALL_BASE_URL", base).refused();
            assert_says(&sentence, &[key, base, "tests"]);
            assert!(given().env("GUILDHALL_BASE_URL", base).read().is_ok(), "{base} alone is fine");
        }
        for base in private {
            let config = given().env(name, value).env("GUILDHALL_BASE_URL", base).read().unwrap();
            let warnings = config.check().unwrap();
            assert!(warnings.iter().any(|warning| warning.text.contains(key)), "{base} {key} {warnings:?}");
        }
    }
}

#[test]
fn an_instance_federates_over_https_or_where_a_test_allows_http() {
    let cases = [
        ("https://social.company.com", false, true),
        ("https://a.test", false, true),
        ("http://social.company.com", false, false),
        ("http://localhost:3000", false, false),
        ("https://localhost:3000", false, false),
        ("http://localhost:3000", true, true),
        ("http://127.0.0.1:3000", true, true),
    ];
    for (base, allow_http, federates) in cases {
        let attempt = given().env("GUILDHALL_BASE_URL", base);
        let attempt = attempt.env("GUILDHALL_FEDERATION__ALLOW_HTTP", if allow_http { "true" } else { "false" });
        let config = attempt.read().unwrap();
        assert_eq!(config.federates(), federates, "{base}");
        let said = config.check().unwrap().iter().any(|warning| warning.code == "config.not_federating");
        assert_eq!(said, !federates, "{base}");
    }
}

#[test]
fn handles_live_on_the_domain_or_on_the_host_with_its_unusual_port() {
    let cases = [
        ("https://social.company.com", None, "social.company.com"),
        ("https://social.company.com", Some("company.com"), "company.com"),
        ("https://social.company.com:443", None, "social.company.com"),
        ("https://social.company.com:8443", None, "social.company.com:8443"),
        ("https://soziales.büro.example", Some("BÜRO.example"), "xn--bro-hoa.example"),
        ("http://127.0.0.1:3000", None, "127.0.0.1:3000"),
    ];
    for (base, domain, expected) in cases {
        let attempt = given().env("GUILDHALL_BASE_URL", base);
        let attempt = if let Some(domain) = domain { attempt.env("GUILDHALL_DOMAIN", domain) } else { attempt };
        assert_eq!(attempt.read().unwrap().handle_domain(), expected);
    }
}

#[test]
fn databases_are_named_by_address() {
    let target =
        |url: &str| given().env("GUILDHALL_DATABASE_URL", url).read().map(|config| config.database_target().unwrap());
    assert_eq!(target("sqlite:/srv/a.sqlite").unwrap(), DatabaseTarget::Sqlite(PathBuf::from("/srv/a.sqlite")));
    assert_eq!(target("sqlite:///srv/a.sqlite").unwrap(), DatabaseTarget::Sqlite(PathBuf::from("/srv/a.sqlite")));
    assert_eq!(target("postgres://db/g").unwrap(), DatabaseTarget::Postgres("postgres://db/g".into()));
    assert!(target("sqlite::memory:").is_err());
    assert!(target("sqlite:").is_err());
}

#[test]
fn the_guide_lists_every_setting_as_it_is() {
    let guide = include_str!("../../docs/guide/settings.md");
    let reference = reference();
    assert!(guide.contains(&reference), "docs/guide/settings.md should hold this table:\n{reference}");
}

proptest! {
    #[test]
    fn no_value_of_any_setting_panics(value in "\\PC{0,40}|[\\[\\]{}\"'=,.:/0-9a-z\n]{0,40}", index in 0_usize..64) {
        let table = reference();
        let names: Vec<&str> = table.lines().filter_map(|row| row.split('`').nth(3)).collect();
        let name = names[index % names.len()];
        drop(given().env(name, &value).read());
    }
}
