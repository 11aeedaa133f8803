//! Codes of six digits that change every thirty seconds (RFC 6238), as every authenticator app makes them.

use aws_lc_rs::{hmac, rand};
use zeroize::Zeroizing;

use super::same;
use crate::error::{Error, Result};

/// How long a code is shown.
const STEP: i64 = 30;
/// How many bytes a secret has: as many as SHA-1 gives.
const SECRET: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
pub fn new_secret() -> Result<Zeroizing<Vec<u8>>> {
    let mut secret = Zeroizing::new(vec![0; SECRET]);
    rand::fill(&mut secret).map_err(|_| Error::internal("the system gives no random numbers"))?;
    Ok(secret)
}

/// A new recovery code: sixteen letters and digits in four groups, 80 random bits.
pub fn new_recovery_code() -> Result<String> {
    let secret = new_secret()?;
    let letters = written(secret.get(..10).unwrap_or_default()).to_lowercase();
    let groups: Vec<String> =
        letters.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    Ok(groups.join("-"))
}

/// The one form of a recovery code, however it was typed.
pub fn plain_recovery_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The secret as people type it into their app.
pub fn written(secret: &[u8]) -> String {
    let bits = secret.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1));
    let bits: Vec<u8> = bits.collect();
    let letters = bits.chunks(5).map(|chunk| {
        let padded =
            (0..5).fold(0_usize, |number, at| (number << 1) | usize::from(chunk.get(at).copied().unwrap_or(0)));
        BASE32.get(padded).copied().map(char::from).unwrap_or_default()
    });
    letters.collect()
}

/// The step, counted since 1970, whose code this is: the one of now (in seconds), or one beside it, because clocks
/// differ and people type slowly.
pub fn step_of(secret: &[u8], code: &str, now: i64) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let current = now.div_euclid(STEP);
    // All three are made, so that the time tells nothing.
    let steps = [current, current - 1, current + 1].map(|step| (step, same(&code, &code_at(secret, step))));
    steps.into_iter().find(|(_, right)| *right).map(|(step, _)| step)
}

/// The code of a step.
pub fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0x0f);
    let number = bytes
        .get(offset..offset + 4)
        .and_then(|four| <[u8; 4]>::try_from(four).ok())
        .map_or(0, |four| u32::from_be_bytes(four) & 0x7fff_ffff);
    format!("{:06}", number % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, for SHA-1, as six digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn codes_are_those_of_the_standard() {
        for (now, code) in VECTORS {
            assert_eq!(code_at(b"12345678901234567890", now / 30), code);
        }
    }

    #[test]
    fn a_code_works_a_step_too_early_and_too_late_and_no_more() {
        let secret = new_secret().unwrap();
        let code = code_at(&secret, 100);
        let found: Vec<Option<i64>> = (97..=103).map(|step| step_of(&secret, &code, step * 30)).collect();
        assert_eq!(found, [None, None, Some(100), Some(100), Some(100), None, None]);
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert_eq!(step_of(&secret, &spaced, 3000), Some(100));
        assert_eq!(step_of(&secret, "", 3000), None);
    }

    #[test]
    fn secrets_are_written_in_base32() {
        assert_eq!(written(b"Hello!\xde\xad\xbe\xef"), "JBSWY3DPEHPK3PXP");
        assert_eq!(written(&[0; 20]), "A".repeat(32));
    }
}
