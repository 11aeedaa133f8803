//! Names in the documentation: settings, variables, targets of make, checks of the doctor, metrics.

use std::{collections::BTreeSet, fs, path::Path};

use guildhall::{
    config::{Config, Overrides, reference},
    doctor::CHECKS,
};

use super::{
    clients::sources,
    openapi::sentences,
    pages::{self, Page},
};

/// Variables that are no setting: the place of the settings, and those of the tests and benches.
const OTHER_VARIABLES: [&str; 5] = [
    "GUILDHALL_CONFIG",
    "GUILDHALL_TEST_POSTGRES_URL",
    "GUILDHALL_TEST_PICTURES",
    "GUILDHALL_TEST_SLOWER",
    "GUILDHALL_BENCH_POSTGRES_URL",
];

/// The words of a text that begin like this, of letters, digits and underscores.
fn beginning<'t>(text: &'t str, with: &str) -> BTreeSet<&'t str> {
    let words = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
    words.filter(|word| word.starts_with(with) && word.len() > with.len()).collect()
}

/// The names of all settings, such as `server.trusted_proxies`.
fn settings() -> BTreeSet<String> {
    let reference = reference();
    let rows = reference.lines().filter_map(|row| row.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`')).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_variable_of_the_documentation_is_a_setting() {
    let reference = reference();
    let known: BTreeSet<&str> = beginning(&reference, "GUILDHALL_").into_iter().chain(OTHER_VARIABLES).collect();
    let strange: Vec<String> = pages::all()
        .iter()
        .chain(&pages::deploy())
        .flat_map(|page| {
            let named = beginning(&page.text, "GUILDHALL_").into_iter().filter(|name| !known.contains(name));
            named.map(|name| format!("{}: {name}", page.name)).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(strange, Vec::<String>::new());
}

/// Whether the source has this name as the code of an error.
fn is_a_code(name: &str) -> bool {
    fn is_in(folder: &Path, quoted: &str) -> bool {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
            if path.is_dir() {
                is_in(&path, quoted)
            } else {
                fs::read_to_string(&path).is_ok_and(|text| text.contains(quoted))
            }
        })
    }
    is_in(&pages::top().join("src"), &format!("\"{name}\""))
}

#[test]
fn every_setting_of_the_documentation_is_there() {
    let settings = settings();
    let sections: BTreeSet<&str> = settings.iter().filter_map(|name| Some(name.split_once('.')?.0)).collect();
    let mut strange = Vec::new();
    for page in pages::all() {
        for code in page.code() {
            let name = code.split([' ', '=']).next().unwrap_or_default();
            let names_one = name.split_once('.').is_some_and(|(section, key)| {
                sections.contains(section)
                    && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
            });
            // Codes of errors look the same.
            if names_one && !is_a_code(name) && page.name.starts_with("docs/guide") && !settings.contains(name) {
                strange.push(format!("{}: {name}", page.name));
            }
        }
    }
    assert_eq!(strange, Vec::<String>::new());
}

#[test]
fn every_settings_file_of_the_guide_is_taken() {
    let guides = pages::all().into_iter().filter(|page| page.name.starts_with("docs/guide"));
    let blocks = guides.flat_map(|page| {
        let blocks = page.blocks().into_iter().filter(|block| block.language == "toml");
        blocks.map(|block| Page { name: page.name.clone(), text: block.text }).collect::<Vec<_>>()
    });
    let files: Vec<Page> = blocks.chain([pages::read("docs/deploy/guildhall.toml")]).collect();
    assert!(files.len() >= 5);
    for file in files {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("guildhall.toml"), &file.text).unwrap();
        let read = Config::read(&Overrides::default(), [], folder.path());
        assert!(read.is_ok(), "{}: {:?}\n{}", file.name, read.err(), file.text);
    }
}

#[test]
fn every_target_of_make_is_there() {
    let makefile = pages::read("Makefile").text;
    let mut strange = Vec::new();
    for page in pages::all() {
        let shell = page.blocks().into_iter().filter(|block| block.language == "sh").map(|block| block.text);
        for code in page.code().into_iter().chain(shell) {
            for line in code.lines() {
                let Some(target) = line.strip_prefix("make ").and_then(|rest| rest.split_whitespace().next()) else {
                    continue;
                };
                if !makefile.lines().any(|rule| rule.starts_with(&format!("{target}:"))) {
                    strange.push(format!("{}: make {target}", page.name));
                }
            }
        }
    }
    assert_eq!(strange, Vec::<String>::new());
}

#[test]
fn every_test_that_proves_something_is_there() {
    let page = pages::read("docs/acceptance.md");
    let code = page.code();
    let named: Vec<(&str, &str)> = code.iter().filter_map(|name| name.split_once(".rs::")).collect();
    let is_there = |file: &str, test: &str| {
        let text = fs::read_to_string(pages::top().join(format!("{file}.rs"))).unwrap_or_default();
        text.contains(&format!("fn {test}("))
    };
    let missing: Vec<String> = named
        .iter()
        .filter(|(file, test)| !is_there(file, test))
        .map(|(file, test)| format!("{file}.rs::{test}"))
        .collect();
    assert!(named.len() >= 20, "{}", named.len());
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_guide_has_every_check_of_the_doctor() {
    let page = pages::read("docs/guide/troubleshooting.md");
    let code = page.code();
    let missing: Vec<&str> =
        CHECKS.iter().map(|check| check.id).filter(|id| !code.iter().any(|word| word == id)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn the_guide_and_the_alarms_have_the_metrics_that_are_there() {
    let source = pages::read("src/telemetry.rs").text;
    let mut known = beginning(&source, "guildhall_");
    // Named once more where its steps are chosen, as in the tests of telemetry.
    known.retain(|name| !name.ends_with("_bucket"));
    let guide = pages::read("docs/guide/monitoring.md").text;
    assert_eq!(beginning(&guide, "guildhall_"), known, "the table of metrics");
    let alarms = pages::read("docs/deploy/alerts.yaml").text;
    assert!(beginning(&alarms, "guildhall_").is_subset(&known), "{:?}", beginning(&alarms, "guildhall_"));
    for alarm in alarms.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(guide.contains(&format!("`{alarm}`")), "docs/guide/monitoring.md says nothing of {alarm}");
    }
}

/// English is what the doctor says itself.
#[test]
fn the_workroom_says_what_the_doctor_says_in_german_and_in_arabic() {
    let source = sources(&pages::top().join("src/doctor"));
    let told = source.split('"').filter(|word| {
        let rest = word.strip_prefix("advice.").or(word.strip_prefix("found."));
        rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    });
    let names = CHECKS.iter().map(|check| format!("name.{}", check.id));
    let expected: BTreeSet<String> = told.map(str::to_owned).chain(names).collect();
    for catalogue in ["doctor/de", "doctor/ar"] {
        let said: BTreeSet<String> = sentences(catalogue).into_keys().collect();
        let (missing, left) = (expected.difference(&said), said.difference(&expected));
        assert_eq!((missing.collect::<Vec<_>>(), left.collect::<Vec<_>>()), (vec![], vec![]), "{catalogue}");
    }
}
