//! Which addresses may be connected to. Judged on the address itself, never on a name or its spelling.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

use crate::error::{Error, Result};

/// Ports of services that speak no HTTP, which a tricked client must not talk to.
const NOT_HTTP: &[u16] = &[
    0, 21, 22, 23, 25, 53, 110, 111, 135, 139, 143, 389, 445, 465, 587, 636, 993, 995, 1433, 3306, 5432, 6379, 11211,
    27017,
];

/// Global unicast addresses, and what the operator allows for tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    allowed: Vec<(IpNet, u16, u16)>,
}

impl AddressPolicy {
    /// Reads entries such as `127.0.1.0/24:17080`, `127.0.0.1:9000-9999` or `[::1]:8000-8999`.
    pub fn parse(entries: &[String]) -> Result<Self> {
        let allowed = entries.iter().map(|entry| Self::entry(entry)).collect::<Result<_>>()?;
        Ok(Self { allowed })
    }

    fn entry(entry: &str) -> Result<(IpNet, u16, u16)> {
        let wrong = || {
            Error::invalid(
                "config.allowed_private_addresses",
                format!(
                    "“{entry}” is not an address range with a port, such as 127.0.1.0/24:17080 or 127.0.0.1:9000-9999."
                ),
            )
        };
        let (network, ports) = entry.trim().rsplit_once(':').ok_or_else(wrong)?;
        let network = network.replace(['[', ']'], "");
        let network = network
            .parse::<IpNet>()
            .ok()
            .or_else(|| network.parse::<IpAddr>().ok().map(IpNet::from))
            .ok_or_else(wrong)?;
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let (first, last): (u16, u16) = (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
        if first > last {
            return Err(wrong());
        }
        Ok((network, first, last))
    }

    /// Whether a connection to this address may be made.
    pub fn admits(&self, address: SocketAddr) -> bool {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let named =
            self.allowed.iter().any(|(network, first, last)| network.contains(&ip) && (*first..=*last).contains(&port));
        named || (is_global(address.ip()) && !NOT_HTTP.contains(&port))
    }
}

/// Whether an address is global unicast, looked at through every form that carries another inside.
pub fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_global_v4(ip),
        IpAddr::V6(ip) => is_global_v6(ip),
    }
}

fn is_global_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, _, _)
    )
}

fn is_global_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let [a, b, c, d, e, f, g, h] = segments;
    let embedded = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_global_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // IPv4-mapped and IPv4-compatible.
        (0, 0) if (c, d, e) == (0, 0, 0) && (f == 0xffff || f == 0) => embedded(g, h),
        // NAT64 with its well-known prefix.
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => embedded(g, h),
        // 6to4.
        (0x2002, _) => embedded(b, c),
        // Teredo, ORCHID, documentation and other special blocks.
        (0x2001, 0..=0x01ff | 0x0db8) | (0x3fff, 0..=0x0fff) => false,
        _ => a & 0xe000 == 0x2000,
    }
}
