//! Every special block of addresses, in every form that carries one.

use std::net::SocketAddr;

use guildhall::net::AddressPolicy;

fn policy(entries: &[&str]) -> AddressPolicy {
    let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
    AddressPolicy::parse(&entries).unwrap()
}

fn admits(policy: &AddressPolicy, address: &str) -> bool {
    policy.admits(address.parse::<SocketAddr>().unwrap_or_else(|_| panic!("{address}")))
}

#[test]
fn only_global_unicast_addresses_are_connected_to() {
    let strict = AddressPolicy::default();
    for special in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.0.0.2",
        "127.255.255.254",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
    ] {
        assert!(!admits(&strict, &format!("{special}:443")), "{special}");
        // The same inside IPv6: mapped, compatible, NAT64, 6to4.
        let [a, b, c, d] = special.parse::<std::net::Ipv4Addr>().unwrap().octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        for inside in [
            format!("::ffff:{special}"),
            format!("::{high:x}:{low:x}"),
            format!("64:ff9b::{high:x}:{low:x}"),
            format!("2002:{high:x}:{low:x}::1"),
        ] {
            assert!(!admits(&strict, &format!("[{inside}]:443")), "{inside}");
        }
    }
    for special in [
        "::",
        "::1",
        "::2",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001::1",
        "2001:0:53aa:64c:0:fbff:ad21:bd1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ] {
        assert!(!admits(&strict, &format!("[{special}]:443")), "{special}");
    }
    // The controls, next to the edges of the blocks.
    for global in [
        "8.8.8.8",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.1",
        "198.17.255.255",
        "198.20.0.1",
        "223.255.255.255",
    ] {
        assert!(admits(&strict, &format!("{global}:443")), "{global}");
        assert!(admits(&strict, &format!("[::ffff:{global}]:443")), "{global}");
    }
    for global in
        ["2606:4700::1", "2a00:1450::1", "2400:cb00::1", "64:ff9b::808:808", "2002:808:808::1", "2001:4860:4860::8888"]
    {
        assert!(admits(&strict, &format!("[{global}]:443")), "{global}");
    }
}

#[test]
fn ports_of_other_services_are_not_connected_to() {
    let strict = AddressPolicy::default();
    for port in [0, 21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 993, 995, 1433, 3306, 5432, 6379, 11211, 27017] {
        assert!(!admits(&strict, &format!("8.8.8.8:{port}")), "{port}");
    }
    for port in [80, 443, 3000, 8080, 8443, 17080, 65535] {
        assert!(admits(&strict, &format!("8.8.8.8:{port}")), "{port}");
    }
}

#[test]
fn what_the_operator_allows_is_that_address_and_that_port() {
    let some = policy(&["127.0.0.1:9000-9999", "127.0.1.0/24:17080", "[::1]:8000-8001", "10.0.0.0/8:5432"]);
    for (address, allowed) in [
        ("127.0.0.1:8999", false),
        ("127.0.0.1:9000", true),
        ("127.0.0.1:9999", true),
        ("127.0.0.1:10000", false),
        ("127.0.0.2:9000", false),
        ("127.0.1.0:17080", true),
        ("127.0.1.255:17080", true),
        ("127.0.2.0:17080", false),
        ("127.0.1.1:17081", false),
        ("127.0.1.1:17079", false),
        ("[::1]:7999", false),
        ("[::1]:8000", true),
        ("[::1]:8001", true),
        ("[::1]:8002", false),
        ("[::2]:8000", false),
        ("[::ffff:127.0.0.1]:9500", true),
        ("[::ffff:127.0.0.2]:9500", false),
        ("[::127.0.0.1]:9500", false),
        ("[64:ff9b::7f00:1]:9500", false),
        ("10.1.2.3:5432", true),
        ("10.1.2.3:5433", false),
        ("8.8.8.8:443", true),
        ("8.8.8.8:5432", false),
    ] {
        assert_eq!(admits(&some, address), allowed, "{address}");
    }
    for wrong in [
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "127.0.0.1:2-1",
        "127.0.0.1:70000",
        "localhost:80",
        "127.0.0.0/33:80",
        ":80",
        "",
        "*:80",
    ] {
        assert!(AddressPolicy::parse(&[wrong.to_owned()]).is_err(), "{wrong}");
    }
}
