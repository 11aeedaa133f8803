//! How many streams somebody may have: each holds a connection and reads with every event.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use super::household;
use crate::error::{Error, Result};

/// How many streams one account may have open in this process.
const PER_ACCOUNT: usize = 20;
/// How many one address may have.
const PER_ADDRESS: usize = 100;
/// How many there may be altogether.
const ALTOGETHER: usize = 2_000;

/// Counts the streams that are open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    all: usize,
    accounts: HashMap<i64, usize>,
    addresses: HashMap<IpAddr, usize>,
}

/// The place of an open stream; free again when it is dropped.
pub struct Place {
    gate: Streams,
    account: i64,
    address: Option<IpAddr>,
}

impl Streams {
    /// A place for one more stream.
    pub fn enter(&self, account: i64, address: Option<IpAddr>) -> Result<Place> {
        let address = address.map(household);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_account = open.accounts.get(&account).copied().unwrap_or(0);
        let of_address = address.and_then(|address| open.addresses.get(&address).copied()).unwrap_or(0);
        if open.all >= ALTOGETHER || of_account >= PER_ACCOUNT || of_address >= PER_ADDRESS {
            return Err(Error::too_many("stream.too_many", "Too many streams are open. Close one and try again."));
        }
        open.all += 1;
        open.accounts.insert(account, of_account + 1);
        if let Some(address) = address {
            open.addresses.insert(address, of_address + 1);
        }
        Ok(Place { gate: self.clone(), account, address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.gate.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        let fewer = |count: &mut usize| {
            *count = count.saturating_sub(1);
            *count == 0
        };
        if open.accounts.get_mut(&self.account).is_some_and(fewer) {
            open.accounts.remove(&self.account);
        }
        if let Some(address) = self.address
            && open.addresses.get_mut(&address).is_some_and(fewer)
        {
            open.addresses.remove(&address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_few_and_free_again() {
        let gate = Streams::default();
        let places: Vec<Place> = (0..PER_ACCOUNT).map(|_| gate.enter(1, None).unwrap()).collect();
        assert!(gate.enter(1, None).is_err());
        assert!(gate.enter(2, None).is_ok());
        drop(places);
        assert!(gate.enter(1, None).is_ok());
        let here: Option<IpAddr> = "2001:db8::1".parse().ok();
        let next_door: Option<IpAddr> = "2001:db8::2".parse().ok();
        let address = |number: usize| if number.is_multiple_of(2) { here } else { next_door };
        let places: Vec<Place> = (0..PER_ADDRESS).map(|n| gate.enter(n as i64, address(n)).unwrap()).collect();
        assert!(gate.enter(1_000, here).is_err());
        drop(places);
        let open = gate.0.lock().unwrap();
        assert_eq!((open.all, open.accounts.len(), open.addresses.len()), (0, 0, 0));
    }
}
