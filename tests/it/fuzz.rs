//! The fuzz targets' seeds, replayed; and a few random inputs each, because that costs nothing.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

#[path = "../../fuzz/src/targets.rs"]
mod targets;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn names(folder: &Path) -> BTreeSet<String> {
    files(folder).iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_seed_of_every_target_is_read_without_a_fault() {
    for (name, target) in targets::ALL {
        let seeds = files(&folder("seeds").join(name));
        assert!(seeds.len() >= 5, "{name} has {} seeds", seeds.len());
        for seed in seeds {
            let bytes = std::fs::read(&seed).unwrap();
            let outcome = std::panic::catch_unwind(|| target(&bytes));
            assert!(outcome.is_ok(), "{}", seed.display());
            // And what is left when the line breaks off.
            target(&bytes[..bytes.len() / 2]);
        }
    }
}

#[test]
fn every_target_has_a_fuzzer_and_seeds_of_its_name() {
    let listed: BTreeSet<String> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("fuzz_targets")), listed);
    assert_eq!(names(&folder("seeds")), listed);
    let manifest = std::fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in listed {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")), "{name}");
        let target = std::fs::read_to_string(folder("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert_eq!(target.lines().filter(|line| line.contains("fuzz_target!")).count(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_are_no_fault(bytes in proptest::collection::vec(any::<u8>(), 0..600), text in "\\PC{0,200}", markup in "[<>/a-z\"'= &;#@*_`!\\[\\]()\n]{0,200}") {
        for (_, target) in targets::ALL {
            target(&bytes);
            target(text.as_bytes());
            target(markup.as_bytes());
        }
    }
}
