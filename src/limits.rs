//! How often somebody may ask: one bucket for each token, address and server, refilled steadily over five minutes. And
//! how often somebody may try to sign in.
//!
//! Buckets live in this process: several processes on one database each allow the whole rate.

pub mod streams;

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    config,
    error::{Error, Result},
};

/// The time in which a full bucket may be used up.
const WINDOW: Duration = Duration::from_secs(300);
const HOUR: Duration = Duration::from_secs(3600);
/// Many people may share one address: all their tokens together have this many buckets.
const PEOPLE_PER_ADDRESS: u32 = 10;

/// How often somebody may try to sign in under one name from one network.
const SIGN_INS_OF_NAME_AND_NETWORK: u32 = 10;
/// The same under one name, from everywhere: whoever knows a name must not be able to keep its owner out for long.
const SIGN_INS_OF_NAME: u32 = 50;
/// The same from one network, under all names: a company may be one network.
const SIGN_INS_OF_NETWORK: u32 = 100;
/// How often somebody who is signed in may try their password again.
const PASSWORDS: u32 = 10;
/// How often somebody may try in a browser in which they signed in before; elsewhere nobody takes these tries from them.
const SIGN_INS_OF_KNOWN_BROWSER: u32 = 10;
/// How many codes of the second step may be tried for one account: there are a million, and three are right. Whoever
/// tries knows the password already.
const CODES: u32 = 10;
/// The same within an hour: at this rate a guess would take years.
const CODES_PER_HOUR: u32 = 20;
/// How many letters for a forgotten password may be asked for from one network.
const LETTERS: u32 = 10;
/// How many links of invitations may be opened or used from one network: a company may be one network.
const INVITATIONS_OF_NETWORK: u32 = 100;
/// How often somebody may try to come by one link from one network.
const COMING_OF_NETWORK: u32 = 10;
/// The same by one link, from everywhere: one that many have is kept from them by nobody for long.
const COMING: u32 = 100;
/// How many people may sign up from one network in an hour; of IPv6 one that a provider gives to a customer, a /48.
const SIGN_UPS_OF_NETWORK: u32 = 5;
/// The same from everywhere.
const SIGN_UPS: u32 = 100;
/// How many apps may be registered from one network: a company that begins has one for each of its people's phones.
const APPS: u32 = 30;

/// The buckets; none when limits are turned off.
pub struct Limits(Option<Buckets>);

/// Buckets that tell how full they are.
type Telling<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

struct Buckets {
    tokens: Telling<[u8; 32]>,
    strangers: Telling<IpAddr>,
    addresses: Telling<IpAddr>,
    servers: DefaultKeyedRateLimiter<String>,
    names_and_networks: DefaultKeyedRateLimiter<(String, Option<IpAddr>)>,
    names: DefaultKeyedRateLimiter<String>,
    networks: DefaultKeyedRateLimiter<IpAddr>,
    passwords: DefaultKeyedRateLimiter<i64>,
    known_browsers: DefaultKeyedRateLimiter<KnownBrowser>,
    codes: DefaultKeyedRateLimiter<Guesser>,
    codes_per_hour: DefaultKeyedRateLimiter<Guesser>,
    letters: DefaultKeyedRateLimiter<IpAddr>,
    apps: DefaultKeyedRateLimiter<IpAddr>,
    invitations: DefaultKeyedRateLimiter<IpAddr>,
    coming_of_networks: DefaultKeyedRateLimiter<([u8; 32], Option<IpAddr>)>,
    coming: DefaultKeyedRateLimiter<[u8; 32]>,
    sign_ups_of_networks: DefaultKeyedRateLimiter<IpAddr>,
    sign_ups: DefaultKeyedRateLimiter<()>,
}

/// What names a browser in which somebody signed in before.
pub type KnownBrowser = [u8; 32];

/// Whose guesses of a code are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Guesser {
    /// Everybody who tries the codes of an account.
    Anywhere(i64),
    /// Who tries them where its owner signed in before.
    At(KnownBrowser),
}

/// Who calls the API.
#[derive(Debug, Clone, Copy)]
pub enum Caller {
    /// Somebody with a token; this is its hash. Whether it is a good one is not known yet.
    Token([u8; 32]),
    /// Somebody without.
    Stranger,
}

/// How a bucket stands after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many calls a full one allows.
    pub limit: u32,
    /// How many it allows at this moment.
    pub remaining: u32,
    /// In how long it is full again when nobody calls.
    pub full_in: Duration,
}

impl Standing {
    fn of(quota: Quota, remaining: u32) -> Self {
        let limit = quota.burst_size().get();
        Self { limit, remaining, full_in: quota.replenish_interval() * limit.saturating_sub(remaining) }
    }
}

impl Limits {
    /// Full buckets, as large as the settings say.
    pub fn new(limits: &config::Limits) -> Self {
        if !limits.enabled {
            return Self(None);
        }
        let strangers = limits.anonymous_requests_per_5_minutes;
        let people = limits.api_requests_per_5_minutes.max(strangers).saturating_mul(PEOPLE_PER_ADDRESS);
        Self(Some(Buckets {
            tokens: bucket(limits.api_requests_per_5_minutes).with_middleware(),
            strangers: bucket(strangers).with_middleware(),
            addresses: bucket(people).with_middleware(),
            servers: bucket(limits.inbox_requests_per_host_per_5_minutes),
            names_and_networks: bucket(SIGN_INS_OF_NAME_AND_NETWORK),
            names: bucket(SIGN_INS_OF_NAME),
            networks: bucket(SIGN_INS_OF_NETWORK),
            passwords: bucket(PASSWORDS),
            known_browsers: bucket(SIGN_INS_OF_KNOWN_BROWSER),
            codes: bucket(CODES),
            codes_per_hour: bucket_of(CODES_PER_HOUR, HOUR),
            letters: bucket(LETTERS),
            apps: bucket(APPS),
            invitations: bucket(INVITATIONS_OF_NETWORK),
            coming_of_networks: bucket(COMING_OF_NETWORK),
            coming: bucket(COMING),
            sign_ups_of_networks: bucket_of(SIGN_UPS_OF_NETWORK, HOUR),
            sign_ups: bucket_of(SIGN_UPS, HOUR),
        }))
    }

    /// Counts a call of the API, and tells how the bucket stands that decides. A new token with each call does not help:
    /// the address is counted as well.
    pub fn api(&self, caller: Caller, address: Option<IpAddr>) -> (Option<Standing>, Result<()>) {
        let Some(buckets) = &self.0 else { return (None, Ok(())) };
        let address = address.map(household);
        if let Some(address) = &address
            && let (standing, Err(refused)) = count(&buckets.addresses, address)
        {
            return (Some(standing), Err(refused));
        }
        let (standing, counted) = match (caller, &address) {
            (Caller::Token(hash), _) => count(&buckets.tokens, &hash),
            (Caller::Stranger, Some(address)) => count(&buckets.strangers, address),
            (Caller::Stranger, None) => return (None, Ok(())),
        };
        (Some(standing), counted)
    }

    /// Counts an activity that this server has signed.
    pub fn inbox(&self, host: &str) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |buckets| take(&buckets.servers, &host.to_owned()))
    }

    /// Counts a try to sign in under a spelling of a name, whether or not there is such a name: the answer does not
    /// tell. Where the person signed in before, however many try elsewhere keep them from nothing.
    pub fn sign_in(&self, name: &str, address: Option<IpAddr>, known: Option<KnownBrowser>) -> Result<()> {
        let Some(buckets) = &self.0 else { return Ok(()) };
        if let Some(known) = known {
            return take(&buckets.known_browsers, &known);
        }
        let name: String = name.chars().take(320).collect();
        let network = address.map(household);
        // A network that has none left takes nothing from a name.
        if let Some(network) = &network {
            take(&buckets.networks, network)?;
        }
        take(&buckets.names_and_networks, &(name.clone(), network))?;
        take(&buckets.names, &name)
    }

    /// Counts a try to sign in with a passkey, beside the tries by name. Nobody guesses one: the bound is on our work.
    pub fn passkey(&self, address: Option<IpAddr>, known: Option<KnownBrowser>) -> Result<()> {
        let Some(buckets) = &self.0 else { return Ok(()) };
        match (known, address) {
            (Some(known), _) => take(&buckets.known_browsers, &known),
            (None, Some(address)) => take(&buckets.networks, &household(address)),
            (None, None) => Ok(()),
        }
    }

    /// Counts a try of the password of the account with this number, by who is signed in already. Whoever tries it
    /// elsewhere does not keep them from it.
    pub fn password(&self, account: i64) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |buckets| take(&buckets.passwords, &account))
    }

    /// Counts a try of a code for the account with this number, or for its owner where they signed in before.
    pub fn code(&self, account: i64, known: Option<KnownBrowser>) -> Result<()> {
        let Some(buckets) = &self.0 else { return Ok(()) };
        let guesser = known.map_or(Guesser::Anywhere(account), Guesser::At);
        take(&buckets.codes, &guesser)?;
        take(&buckets.codes_per_hour, &guesser)
    }

    /// Counts a letter for a forgotten password.
    pub fn letter(&self, address: Option<IpAddr>) -> Result<()> {
        let (Some(buckets), Some(address)) = (&self.0, address) else { return Ok(()) };
        take(&buckets.letters, &household(address))
    }

    /// Counts a link of an invitation that is opened or used, whether or not there is such a one.
    pub fn invitation(&self, address: Option<IpAddr>) -> Result<()> {
        let (Some(buckets), Some(address)) = (&self.0, address) else { return Ok(()) };
        take(&buckets.invitations, &household(address))
    }

    /// Counts a try to come by the link with this hash: nobody tries many names and addresses with one.
    pub fn coming(&self, link: [u8; 32], address: Option<IpAddr>) -> Result<()> {
        let Some(buckets) = &self.0 else { return Ok(()) };
        take(&buckets.coming_of_networks, &(link, address.map(household)))?;
        take(&buckets.coming, &link)
    }

    /// Counts somebody who signs up. Who has none left takes nothing from others.
    pub fn sign_up(&self, address: Option<IpAddr>) -> Result<()> {
        let Some(buckets) = &self.0 else { return Ok(()) };
        if let Some(address) = address {
            take(&buckets.sign_ups_of_networks, &network(address))?;
        }
        take(&buckets.sign_ups, &())
    }

    /// Counts an app that is registered.
    pub fn app(&self, address: Option<IpAddr>) -> Result<()> {
        let (Some(buckets), Some(address)) = (&self.0, address) else { return Ok(()) };
        take(&buckets.apps, &household(address))
    }

    /// Forgets buckets that are full again.
    pub fn forget_idle(&self) {
        let Some(buckets) = &self.0 else { return };
        buckets.tokens.retain_recent();
        buckets.passwords.retain_recent();
        buckets.strangers.retain_recent();
        buckets.addresses.retain_recent();
        buckets.servers.retain_recent();
        buckets.names_and_networks.retain_recent();
        buckets.names.retain_recent();
        buckets.networks.retain_recent();
        buckets.known_browsers.retain_recent();
        buckets.codes.retain_recent();
        buckets.codes_per_hour.retain_recent();
        buckets.letters.retain_recent();
        buckets.apps.retain_recent();
        buckets.invitations.retain_recent();
        buckets.coming_of_networks.retain_recent();
        buckets.coming.retain_recent();
        buckets.sign_ups_of_networks.retain_recent();
        buckets.sign_ups.retain_recent();
    }
}

fn bucket<K: Hash + Eq + Clone>(requests: u32) -> DefaultKeyedRateLimiter<K> {
    bucket_of(requests, WINDOW)
}

fn bucket_of<K: Hash + Eq + Clone>(requests: u32, window: Duration) -> DefaultKeyedRateLimiter<K> {
    let requests = NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(window / requests.get()).unwrap_or(Quota::per_second(requests));
    RateLimiter::keyed(quota.allow_burst(requests))
}

fn take<K: Hash + Eq + Clone>(buckets: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
    buckets.check_key(key).map_err(|until| refused(until.wait_time_from(buckets.clock().now())))
}

/// As [`take`], and tells how the bucket stands afterwards.
fn count<K: Hash + Eq + Clone>(buckets: &Telling<K>, key: &K) -> (Standing, Result<()>) {
    match buckets.check_key(key) {
        Ok(left) => (Standing::of(left.quota(), left.remaining_burst_capacity()), Ok(())),
        Err(until) => {
            let wait = until.wait_time_from(buckets.clock().now());
            (Standing::of(until.quota(), 0), Err(refused(wait)))
        }
    }
}

fn refused(wait: Duration) -> Error {
    Error::too_many("limits.reached", "Too many requests. Please wait a little and try again.")
        .retry_in(wait.max(Duration::from_secs(1)))
}

/// The network of an address where addresses cost nothing: a provider gives a customer up to a /48 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match household(address) {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// Whom an address stands for: one household or machine has a whole /64 of IPv6 addresses.
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(&config::Limits {
            api_requests_per_5_minutes: 5,
            anonymous_requests_per_5_minutes: 2,
            inbox_requests_per_host_per_5_minutes: 3,
            ..config::Limits::default()
        })
    }

    #[test]
    fn each_has_a_bucket_of_its_own_and_new_tokens_make_none_for_their_address() {
        let limits = limits();
        let here: Option<IpAddr> = "2001:db8::1".parse().ok();
        let next_door: Option<IpAddr> = "2001:db8::ffff".parse().ok();
        let elsewhere: Option<IpAddr> = "2001:db8:0:1::1".parse().ok();
        assert!(limits.api(Caller::Stranger, here).1.is_ok());
        assert!(limits.api(Caller::Stranger, next_door).1.is_ok());
        let refused = limits.api(Caller::Stranger, here).1.unwrap_err();
        assert_eq!(refused.kind(), crate::error::Kind::TooMany);
        assert!(refused.retry_after().is_some_and(|wait| wait > Duration::from_secs(100)), "{refused:?}");
        assert!(limits.api(Caller::Stranger, elsewhere).1.is_ok());
        let mut allowed = 0;
        for token in 0..100 {
            allowed += u32::from(limits.api(Caller::Token([token; 32]), here).1.is_ok());
        }
        assert_eq!(allowed, 5 * PEOPLE_PER_ADDRESS - 3);
        for _ in 0..5 {
            assert!(limits.api(Caller::Token([200; 32]), elsewhere).1.is_ok());
        }
        assert!(limits.api(Caller::Token([200; 32]), elsewhere).1.is_err());
    }

    #[test]
    fn who_signs_up_is_counted_by_network_and_altogether() {
        let limits = Limits::new(&config::Limits::default());
        let at = |text: &str| text.parse().ok();
        let signed = (0..20).filter(|house| limits.sign_up(at(&format!("2001:db8:7:{house}::1"))).is_ok()).count();
        assert_eq!(signed, SIGN_UPS_OF_NETWORK as usize);
        let signed = (0..200).filter(|house| limits.sign_up(at(&format!("2001:db8:{house:x}00:1::1"))).is_ok()).count();
        assert_eq!(signed, (SIGN_UPS - SIGN_UPS_OF_NETWORK) as usize);
        assert!(limits.sign_up(at("198.51.100.7")).is_err());
    }

    #[test]
    fn servers_are_counted_and_nobody_is_when_limits_are_off() {
        let limits = limits();
        let sent = (0..10).filter(|_| limits.inbox("busy.example").is_ok()).count();
        assert_eq!(sent, 3);
        assert!(limits.inbox("calm.example").is_ok());
        let off = Limits::new(&config::Limits { enabled: false, ..config::Limits::default() });
        assert!((0..100_000).all(|_| off.inbox("busy.example").is_ok()));
    }

    #[test]
    fn codes_are_counted_for_an_hour_too_and_apart_where_their_owner_was_before() {
        let limits = Limits::new(&config::Limits::default());
        let buckets = limits.0.as_ref().unwrap();
        // As many as an hour allows, at the pace that five minutes allow.
        for _ in 0..CODES_PER_HOUR {
            take(&buckets.codes_per_hour, &Guesser::Anywhere(1)).unwrap();
        }
        let refused = limits.code(1, None).unwrap_err();
        assert!(refused.retry_after().is_some_and(|wait| wait > Duration::from_secs(100)), "{refused:?}");
        assert!(limits.code(2, None).is_ok() && limits.code(1, Some([7; 32])).is_ok());
    }
}
