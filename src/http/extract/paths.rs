//! Paths with and without a slash at the end.

use axum::{Router, routing::MethodRouter};

use crate::app::App;

/// Adds routes that answer with and without a slash at the end, because some clients send one.
pub trait Paths {
    /// Answers `path` and `path/`.
    #[must_use]
    fn at(self, path: &str, methods: MethodRouter<App>) -> Self;
}

impl Paths for Router<App> {
    fn at(self, path: &str, methods: MethodRouter<App>) -> Self {
        self.route(path, methods.clone()).route(&format!("{path}/"), methods)
    }
}
