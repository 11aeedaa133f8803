//! From the names of machines to their addresses.

use std::{fmt::Debug, io, net::IpAddr};

use futures_util::future::BoxFuture;

/// Finds the addresses of a name. Whoever connects asks once and connects to what was answered: a name that leads
/// somewhere else a moment later (DNS rebinding) is not asked for in between.
pub trait Resolve: Debug + Send + Sync + 'static {
    /// The addresses of a name, or of an address that is written as one.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// Asks the system, as every other program on this machine does.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

impl Resolve for SystemNames {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}
