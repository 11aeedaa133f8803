//! How much room there is for letters that nobody has checked, and who gives way when it is full.
//!
//! Anybody can write any host into a letter, and hardly anybody where it comes from. So the room is shared by where
//! letters come from: by the networks that registries hand to providers, and inside one by what a provider hands to a
//! customer. When it is full, a letter takes the place of the oldest one of the network that has most, of the provider
//! that has most. Whoever has ten thousand addresses of one provider is one provider, and whoever has servers at ten of
//! them has ten shares; a provider that has little keeps what it has. Neighbours at the provider that has most give way
//! to each other by what their networks have.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use diesel::{dsl::count_star, prelude::*};

use crate::{
    app::App,
    db::{Among, Conn, Timestamp, Tx, schema::taken_back},
    error::Result,
};

/// How many signatures that nobody has checked are kept: of one host from one network, and from one network, the first.
const UNCHECKED_OF_A_HOST: i64 = 100;
const UNCHECKED_FROM_A_NETWORK: i64 = 1_000;
/// How many altogether.
const UNCHECKED: i64 = 10_000;

/// From where a letter came, by digests that only this server can make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// What a provider has.
    pub provider: String,
    /// What a customer of one has.
    pub network: String,
}

impl Origin {
    /// Where a letter with this address came from; all that came over no network came from one place.
    pub fn of(app: &App, address: Option<IpAddr>) -> Self {
        let Some(address) = address.map(|address| address.to_canonical()) else { return Self::default() };
        let digest = |what: &str, network: IpAddr| hex::encode(*app.secrets.derive(&format!("{what}:{network}")));
        Self { provider: digest("provider", provider(address)), network: digest("sender", network(address)) }
    }
}

/// What one customer can have: an address, or a whole /48 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// What registries hand out at least to whoever hands it on: a /32 of IPv6. Of IPv4 they hand out less today; machines
/// that somebody rents at one provider are mostly in one /16.
fn provider(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, 0, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0))
        }
    }
}

/// What there is for one more letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Room {
    /// A place that nobody has.
    Free,
    /// The places of the oldest ones that came from there, so many.
    InPlaceOf(Origin, i64),
    /// None.
    Full,
}

/// What is kept unchecked.
macro_rules! unchecked {
    ($since:expr) => {
        taken_back::table.filter(taken_back::letter.is_not_null()).filter(taken_back::created_at.gt($since))
    };
}

/// Looks for room for `wanted` signatures about this host. When it is full that costs four walks over what is kept.
pub(super) fn find(conn: &mut Conn, host: &str, origin: &Origin, wanted: usize, since: Timestamp) -> Result<Room> {
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let from_there = unchecked!(since).filter(taken_back::sender.eq(&origin.network));
    let from_there_about = from_there.filter(taken_back::host.eq(host));
    let beyond: Option<i64> =
        from_there_about.offset(UNCHECKED_OF_A_HOST - 1).select(taken_back::id).first(conn).optional()?;
    if beyond.is_some() {
        return Ok(Room::Full);
    }
    let of_network: i64 = from_there.count().get_result(conn)?;
    if of_network >= UNCHECKED_FROM_A_NETWORK {
        return Ok(Room::Full);
    }
    let all: i64 = unchecked!(since).count().get_result(conn)?;
    if all + wanted <= UNCHECKED {
        return Ok(Room::Free);
    }
    let from_provider: i64 =
        unchecked!(since).filter(taken_back::provider.eq(&origin.provider)).count().get_result(conn)?;
    let (largest, most): (String, i64) = unchecked!(since)
        .group_by(taken_back::provider)
        .order((count_star().desc(), taken_back::provider))
        .select((taken_back::provider, count_star()))
        .first(conn)?;
    // Whoever gives way still has no less than who comes: otherwise two would push each other out by turns.
    let elsewhere = from_provider + wanted < most;
    let provider = if elsewhere { largest } else { origin.provider.clone() };
    let (network, most): (String, i64) = unchecked!(since)
        .filter(taken_back::provider.eq(&provider))
        .group_by(taken_back::sender)
        .order((count_star().desc(), taken_back::sender))
        .select((taken_back::sender, count_star()))
        .first(conn)
        .optional()?
        .unwrap_or_default();
    if elsewhere || of_network + wanted < most {
        return Ok(Room::InPlaceOf(Origin { provider, network }, all + wanted - UNCHECKED));
    }
    Ok(Room::Full)
}

/// Forgets the oldest ones that came from there: of the network, and of its neighbours when it has not so many.
pub(super) fn free(tx: &mut Tx<'_>, origin: &Origin, count: i64, since: Timestamp) -> Result<()> {
    let oldest: Vec<i64> = unchecked!(since)
        .filter(taken_back::provider.eq(&origin.provider))
        .order((taken_back::sender.eq(&origin.network).desc(), taken_back::created_at, taken_back::id))
        .limit(count)
        .select(taken_back::id)
        .load(tx.conn())?;
    diesel::delete(taken_back::table.filter(taken_back::id.among(oldest))).execute(tx.conn())?;
    Ok(())
}
