//! The certificates of servers: whom we believe, and until when what a server shows is good.

use std::{sync::Arc, time::Duration};

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::CertificateDer};

use crate::{
    db::Timestamp,
    error::{Error, Result},
};

/// When the certificate of a server is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// Not before this moment.
    pub from: Timestamp,
    /// Not after this moment.
    pub until: Timestamp,
}

/// Believes the authorities of the web, and these.
pub(super) fn believing(authorities: &[Vec<u8>]) -> Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for authority in authorities {
        roots.add(CertificateDer::from(authority.clone())).map_err(Error::internal)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

impl Certificate {
    /// Reads when a certificate (X.509 in DER, RFC 5280) is good. Whether to believe it is decided elsewhere.
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (_, certificate, _) = element(der).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (_, mut rest, _) = element(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
        if let Some((VERSION, _, after)) = element(rest) {
            rest = after;
        }
        // Serial number, algorithm, issuer.
        for _ in 0..3 {
            rest = element(rest)?.2;
        }
        let (_, validity, _) = element(rest).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (tag, from, rest) = element(validity)?;
        let from = moment(tag, from)?;
        let (tag, until, _) = element(rest)?;
        Some(Self { from, until: moment(tag, until)? })
    }
}

/// The first element of DER: its tag, its content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) =
            rest.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`; years of two digits lie between 1950 and 2049.
fn moment(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    let date = jiff::civil::DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    let at = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    u64::try_from(at.as_second()).ok().map(|seconds| Timestamp(0).plus(Duration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_both_forms_and_nonsense_is_not() {
        let at = |tag, text: &str| moment(tag, text.as_bytes()).map(Timestamp::rfc3339);
        assert_eq!(at(UTC_TIME, "491231235959Z").unwrap(), "2049-12-31T23:59:59.000Z");
        assert_eq!(at(GENERALIZED_TIME, "20991231235959Z").unwrap(), "2099-12-31T23:59:59.000Z");
        for (tag, text) in
            [(UTC_TIME, "4912312359Z"), (UTC_TIME, "491331235959Z"), (2, "491231235959Z"), (UTC_TIME, "é")]
        {
            assert_eq!(at(tag, text), None, "{text}");
        }
        for der in [&[][..], &[0x30], &[0x30, 0x84, 1, 1, 1, 1], &[0x30, 0x89, 1], &[0x30, 3, 0x30, 1, 0]] {
            assert_eq!(Certificate::parse(der), None, "{der:?}");
        }
    }
}
