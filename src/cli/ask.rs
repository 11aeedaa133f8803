//! Asking people for what a command was not given.

use std::io::{BufRead, IsTerminal};

use crate::error::{Error, Result};

/// Whether somebody is there to be asked.
pub(super) fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal()
}

/// Asks for a line until it is one that `check` takes.
pub(super) fn line(question: &str, check: impl Fn(&str) -> Result<()>) -> Result<String> {
    dialoguer::Input::<String>::new()
        .with_prompt(question)
        .validate_with(|line: &String| check(line).map_err(|error| error.safe().to_owned()))
        .interact_text()
        .map_err(Error::internal)
}

/// Asks for a line until it is one that `read` understands; an empty one stands for `usual`.
pub(super) fn line_or(question: &str, usual: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    let check = |line: &String| read(line).map(|_| ()).map_err(|error| error.safe().to_owned());
    let answer = dialoguer::Input::<String>::new()
        .with_prompt(question)
        .default(usual.to_owned())
        .validate_with(check)
        .interact_text()
        .map_err(Error::internal)?;
    read(&answer)
}

/// Asks a question that is answered by yes or no.
pub(super) fn yes(question: &str) -> Result<bool> {
    dialoguer::Confirm::new().with_prompt(question).wait_for_newline(true).interact().map_err(Error::internal)
}

/// Asks for a new password, twice and without showing it.
pub(super) fn new_password() -> Result<String> {
    dialoguer::Password::new()
        .with_prompt("A password of at least 12 characters")
        .with_confirmation("Once more", "These are different.")
        .interact()
        .map_err(Error::internal)
}

/// The password that a flag names. Arguments are seen by everybody on the machine, so `-` stands for a line of the
/// standard input, which on a terminal is asked for without showing it.
pub(super) fn password(given: String) -> Result<String> {
    if given != "-" {
        return Ok(given);
    }
    if somebody_is_there() {
        return new_password();
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        Error::unavailable("password.input", "The password cannot be read from the standard input.").because(error)
    })?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
