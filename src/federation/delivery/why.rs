//! What is kept of a try that failed is a sentence; here it has the code by which people are told in their language.

use crate::net::{NOT_PUBLIC, TIMEOUT, UNREACHABLE};

/// What is said of a delivery that a Delete or an Undo made untrue.
pub const WITHDRAWN: &str = "It was taken back before it could be sent.";
/// Of one for which there is no room.
pub const TOO_MUCH: &str = "So much waits for this server already that nothing more is kept for it.";
pub(super) const BLOCKED: &str = "This server is blocked here.";
pub(super) const UNSIGNED: &str = "The activity cannot be signed any more.";
pub(super) const NO_INBOX: &str = "The inbox is not a web address.";
/// Of an answer, before its status.
const ANSWERED: &str = "The server answered ";

const CODES: [(&str, &str); 8] = [
    ("delivery.inbox", NO_INBOX),
    ("delivery.no_room", TOO_MUCH),
    ("delivery.unsigned", UNSIGNED),
    ("delivery.withdrawn", WITHDRAWN),
    ("net.not_public", NOT_PUBLIC),
    ("net.timeout", TIMEOUT),
    ("net.unreachable", UNREACHABLE),
    ("server.blocked", BLOCKED),
];

/// What is said of an answer that is no success.
pub(super) fn answered(status: http::StatusCode) -> String {
    format!("{ANSWERED}{status}.")
}

/// The code of what was said of a try, where it has one.
pub fn code(said: &str) -> Option<&'static str> {
    if status(said).is_some() {
        return Some("delivery.answered");
    }
    CODES.iter().find(|(_, sentence)| *sentence == said).map(|(code, _)| *code)
}

/// The status of which it was said.
pub fn status(said: &str) -> Option<u16> {
    said.strip_prefix(ANSWERED)?.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_has_a_code() {
        let said = answered(http::StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(said, "The server answered 503 Service Unavailable.");
        assert_eq!((code(&said), status(&said)), (Some("delivery.answered"), Some(503)));
        assert_eq!((code(WITHDRAWN), status(WITHDRAWN)), (Some("delivery.withdrawn"), None));
        assert_eq!(code("Something else."), None);
        assert!(CODES.is_sorted());
    }
}
