//! A real mail server: `tests/clients/postbox.py`, with aiosmtpd from PyPI.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

use super::clients::python;

/// A running mail server, which ends when this is dropped.
pub struct Postbox {
    /// What the setting `mail.smtp_url` is to be.
    pub url: String,
    child: Child,
    letters: BufReader<ChildStdout>,
}

impl Postbox {
    pub fn open() -> Self {
        let mut child = Command::new(python())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/postbox.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut letters = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        letters.read_line(&mut port).unwrap();
        Self { url: format!("smtp://acme:p%40ss%20word@127.0.0.1:{}", port.trim()), child, letters }
    }

    /// Waits for the next letter.
    pub fn letter(&mut self) -> Value {
        let mut line = String::new();
        self.letters.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no letter but {line:?}"))
    }

    /// Ends it, and tells what arrived that nobody waited for.
    pub fn close(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
        self.letters.by_ref().lines().map(Result::unwrap).collect()
    }
}

impl Drop for Postbox {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}
