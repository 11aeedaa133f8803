//! The files that are meant to be copied: units of systemd, proxies, the image.

use super::{pages, shell};

/// The values of a key of a unit, in order.
pub fn values<'t>(unit: &'t str, key: &str) -> Vec<&'t str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

#[test]
fn the_units_run_commands_that_are_understood() {
    for (name, wanted) in [("guildhall.service", "serve"), ("guildhall-backup.service", "backup")] {
        let unit = pages::read(&format!("docs/deploy/{name}")).text;
        // A dollar and a percent sign are doubled in units.
        let lines = values(&unit, "ExecStart").join("\n").replace("$$", "$").replace("%%", "%");
        let commands = shell::commands(&lines);
        assert_eq!(commands.len(), 1, "{name}: {commands:?}");
        assert_eq!(commands[0][1], wanted, "{name}");
        assert_eq!(commands[0][0], "/usr/local/bin/guildhall", "{name}");
        shell::heard(&commands[0]).unwrap();
        assert_eq!(values(&unit, "User"), ["guildhall"], "{name}");
        assert_eq!(values(&unit, "Environment"), ["GUILDHALL_CONFIG=/etc/guildhall/guildhall.toml"], "{name}");
    }
}

#[test]
fn the_service_is_given_longer_to_stop_than_the_server_takes() {
    let unit = pages::read("docs/deploy/guildhall.service").text;
    let given: u64 = values(&unit, "TimeoutStopSec")[0].parse().unwrap();
    assert!(given > guildhall::config::Config::default().server.stop_seconds);
}

#[test]
fn the_guide_shows_the_proxies_as_the_files_have_them() {
    let files: String = pages::deploy().into_iter().map(|page| page.text).collect();
    let lines: Vec<&str> = files.lines().map(str::trim).collect();
    let guide = pages::read("docs/guide/reverse-proxy.md");
    let shown = guide.blocks().into_iter().filter(|block| matches!(block.language.as_str(), "nginx" | "caddy"));
    let mut count = 0;
    for block in shown {
        count += 1;
        for line in block.text.lines().map(str::trim) {
            assert!(lines.contains(&line), "no file of docs/deploy has the line: {line}");
        }
    }
    assert_eq!(count, 4);
}

#[test]
fn the_image_starts_the_server() {
    let file = pages::read("docs/deploy/Containerfile").text;
    let list = |word: &str| -> Vec<String> {
        let line = file.lines().find_map(|line| line.strip_prefix(word)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let command = [list("ENTRYPOINT "), list("CMD ")].concat();
    shell::heard(&command).unwrap();
    let manifest = pages::read("Cargo.toml").text;
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert!(file.contains(&format!("/rust:{rust}-")), "the image builds with Rust {rust}");
    assert!(file.lines().any(|line| line == "USER guildhall"), "not as root");
}
