//! The one error type that crosses module boundaries.
//!
//! An [`Error`] says three things to three readers: a stable `code` for machines, a safe sentence
//! for people, and a private `cause` for the log. Only `http::problem` turns a [`Kind`] into a
//! status code.

use std::{borrow::Cow, time::Duration};

/// Shorthand used throughout the crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, coarse enough to decide what the caller should do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// There is no such thing, or the reader may not know that there is.
    NotFound,
    /// It existed and was deleted.
    Gone,
    /// The request carries no valid proof of who sends it.
    Unauthorized,
    /// The sender is known and may not do this.
    Forbidden,
    /// The request is understood and wrong.
    Invalid,
    /// The request could not be parsed.
    Malformed,
    /// It clashes with the present state.
    Conflict,
    /// The body is larger than allowed.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// The media type or encoding is not supported.
    Unsupported,
    /// Too many requests; see [`Error::retry_after`].
    TooMany,
    /// Something that we depend on does not answer now; trying again later may help.
    Unavailable,
    /// Our own fault.
    Internal,
}

/// Whose rule said no, where people can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Of the brand with this id: approvals, topics, lanes, how far it reaches, who has which role.
    Brand(i64),
    /// Of the whole company.
    Company,
}

/// An error with a stable code, a sentence for people and a private cause.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    code: &'static str,
    safe: Cow<'static, str>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    retry_after: Option<Duration>,
    rule: Option<Rule>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(code: &'static str, safe: impl Into<Cow<'static, str>>) -> Self {
            Self::new(Kind::$kind, code, safe)
        }
    )*};
}

impl Error {
    /// Builds an error of any kind.
    pub fn new(kind: Kind, code: &'static str, safe: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, code, safe: safe.into(), cause: None, retry_after: None, rule: None }
    }

    constructors! {
        /// [`Kind::NotFound`].
        not_found => NotFound;
        /// [`Kind::Gone`].
        gone => Gone;
        /// [`Kind::Unauthorized`].
        unauthorized => Unauthorized;
        /// [`Kind::Forbidden`].
        forbidden => Forbidden;
        /// [`Kind::Invalid`].
        invalid => Invalid;
        /// [`Kind::Malformed`].
        malformed => Malformed;
        /// [`Kind::Conflict`].
        conflict => Conflict;
        /// [`Kind::TooLarge`].
        too_large => TooLarge;
        /// [`Kind::Unsupported`].
        unsupported => Unsupported;
        /// [`Kind::TooMany`].
        too_many => TooMany;
        /// [`Kind::Unavailable`].
        unavailable => Unavailable;
    }

    /// A fault of ours: people see one calm sentence, the log sees the cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, "internal", "Something went wrong on our side. Please try again later.")
            .because(cause)
    }

    /// Keeps the private cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Tells the caller how long to wait before trying again.
    #[must_use]
    pub fn retry_in(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Says whose rule refuses this.
    #[must_use]
    pub fn ruled_by(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The same for somebody else whom it concerns; the log sees the cause as text.
    #[must_use]
    pub fn again(&self) -> Self {
        let cause = self.cause.as_ref().map(|cause| cause.to_string().into());
        let (kind, code, safe) = (self.kind, self.code, self.safe.clone());
        Self { kind, code, safe, cause, retry_after: self.retry_after, rule: self.rule }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable code, such as `post.too_long`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence that may be shown to anybody.
    pub fn safe(&self) -> &str {
        &self.safe
    }

    /// How long to wait before trying again, when known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whose rule said no, where it was one.
    pub fn rule(&self) -> Option<Rule> {
        self.rule
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.safe)?;
        if let Some(cause) = &self.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

/// A database fault is ours. A missing row that nobody turned into an `Option` is a bug, not a 404.
/// A database that cannot be reached or written to is [`Kind::Unavailable`]: the sender should come back.
impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Db};
        let passing = match &error {
            Db::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Db::BrokenTransactionManager => true,
            Db::DatabaseError(_, info) => PASSING.iter().any(|sign| info.message().contains(sign)),
            _ => false,
        };
        if let Db::DatabaseError(_, info) = &error
            && FULL.iter().any(|sign| info.message().contains(sign))
        {
            let safe = "The disk of this server is full. Reading goes on; nothing can be written until there is room.";
            return Self::unavailable("database.full", safe).because(error).retry_in(Duration::from_secs(60));
        }
        let in_the_way = match &error {
            Db::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
            Db::DatabaseError(_, info) => info.message().contains("deadlock detected"),
            _ => false,
        };
        if in_the_way {
            let safe = "Others write the same at this moment. Please try again.";
            return Self::unavailable("database.busy", safe).because(error).retry_in(Duration::from_secs(1));
        }
        if passing {
            return Self::unavailable("database.unavailable", "The database does not answer. Please try again soon.")
                .because(error)
                .retry_in(Duration::from_secs(5));
        }
        Self::internal(error)
    }
}

/// What SQLite and PostgreSQL say when there is no room.
const FULL: &[&str] = &["database or disk is full", "No space left on device"];

/// What they say when trying again later may help.
const PASSING: &[&str] = &[
    "database is locked",
    "disk I/O error",
    "unable to open database file",
    "terminating connection",
    "server closed the connection",
    "connection to server",
    "the database system is",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "SSL SYSCALL error",
    "SSL connection has been closed unexpectedly",
];

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
