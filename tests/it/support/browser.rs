//! A browser that looks at pages: Debian's Chromium, told what to do by `tests/browser/check.mjs`.

use std::{path::Path, process::Command};

use super::peer;

/// Opens pages, each `name=path`, as people do, and fails with everything that is wrong in them. Where
/// `GUILDHALL_TEST_PICTURES` is set, pictures are left in `target/screenshots/<folder>`.
pub async fn look(origin: &str, folder: &str, pages: &[String], options: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(peer::node());
    command.arg(root.join("tests/browser/check.mjs")).args(options).arg(origin);
    command.arg(root.join("target/screenshots").join(folder)).args(pages);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
}
