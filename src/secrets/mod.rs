//! The key that protects secrets in the database, password hashes, access tokens, and what is made of them.
//!
//! Nothing here prints a secret, and every type that holds one wipes it when dropped.

pub mod passkey;
pub mod totp;

use crate::error::{Error, Result};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    constant_time, digest, hmac, rand,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};
use zeroize::Zeroizing;

const KEY_LEN: usize = 32;
/// First byte of everything sealed, so that the format can change.
const VERSION: u8 = 1;
/// Longer passwords would only keep the processor busy.
const PASSWORD_LIMIT: usize = 1024;

/// The key that encrypts private keys and other secrets in the database.
pub struct SecretKey {
    bytes: Zeroizing<[u8; KEY_LEN]>,
    cipher: RandomizedNonceKey,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey([hidden])")
    }
}

impl SecretKey {
    /// The key that was given as a setting, or else the one in `secret.key` of the data folder, which is made when
    /// it is missing.
    pub fn load(given: Option<&str>, folder: &Path) -> Result<Self> {
        match Self::find(given, folder)? {
            Some(key) => Ok(key),
            None => {
                let path = folder.join("secret.key");
                create(folder, &path).map_err(|error| unusable(&path, &error))?;
                Self::read_file(&path)
            }
        }
    }

    /// As [`load`](Self::load), but nothing when there is no key yet.
    pub fn find(given: Option<&str>, folder: &Path) -> Result<Option<Self>> {
        if let Some(text) = given {
            let wrong = "secret_key must be 32 bytes as base64 or hex.";
            return Self::parse(text).map(Some).ok_or_else(|| Error::invalid("secret_key.wrong", wrong));
        }
        let path = folder.join("secret.key");
        match path.try_exists() {
            Ok(false) => Ok(None),
            Ok(true) => Self::read_file(&path).map(Some),
            Err(error) => Err(unusable(&path, &error)),
        }
    }

    fn read_file(path: &Path) -> Result<Self> {
        let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| unusable(path, &error))?);
        Self::parse(&text).ok_or_else(|| {
            let sentence = format!(
                "{} does not hold a key: it must be 32 bytes as base64 or hex. Put back the file from your backup; \
                 without it the secrets in the database cannot be read.",
                path.display()
            );
            Error::invalid("secret_key.wrong", sentence)
        })
    }

    /// Reads 32 bytes written as hex or base64; nothing when they are not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let decoded = if text.len() == 2 * KEY_LEN {
            hex::decode(text).ok()
        } else {
            [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|engine| engine.decode(text).ok())
        };
        let bytes = Zeroizing::new(decoded?);
        let bytes = Zeroizing::new(<[u8; KEY_LEN]>::try_from(bytes.as_slice()).ok()?);
        Self::new(bytes).ok()
    }

    /// Makes a new random key.
    pub fn generate() -> Result<Self> {
        Self::new(random())
    }

    fn new(bytes: Zeroizing<[u8; KEY_LEN]>) -> Result<Self> {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, bytes.as_slice()).map_err(Error::internal)?;
        Ok(Self { bytes, cipher })
    }

    /// Names the key without telling it, so that a database can notice that it was opened with another one.
    pub fn fingerprint(&self) -> String {
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(b"guildhall secret key fingerprint\0");
        hash.update(self.bytes.as_slice());
        hash.finish().as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// A key for one purpose, such as `push:0`: the same as long as this key is.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; KEY_LEN]> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.bytes.as_slice());
        let mut derived = Zeroizing::new([0; KEY_LEN]);
        let tag = hmac::sign(&key, format!("guildhall derived key\0{purpose}").as_bytes());
        derived.iter_mut().zip(tag.as_ref()).for_each(|(byte, from)| *byte = *from);
        derived
    }

    /// Encrypts a secret for one purpose, such as `actor.private_key:42`; only the same purpose opens it.
    #[expect(clippy::expect_used, reason = "AES-GCM refuses only texts of 64 GiB and more")]
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        let nonce = self
            .cipher
            .seal_in_place_append_tag(associated(purpose), &mut body)
            .expect("a secret is shorter than 64 GiB");
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Decrypts what [`seal`](Self::seal) made with this key and for this purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let closed = || {
            Error::internal(format!(
                "a secret for {} cannot be decrypted: the secret key is another one, or the data was changed",
                purpose.split(':').next().unwrap_or(purpose)
            ))
        };
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(closed()) };
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(closed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain_len = self.cipher.open_in_place(nonce, associated(purpose), &mut body).map_err(|_| closed())?.len();
        body.truncate(plain_len);
        Ok(body)
    }
}

fn unusable(path: &Path, error: &io::Error) -> Error {
    let told = format!(
        "The key file {} cannot be used: {error}. Run this as the user of the service, who must own the data folder \
         (data_dir).",
        path.display()
    );
    Error::invalid("secret_key.unreadable", told)
}

fn associated(purpose: &str) -> Aad<Vec<u8>> {
    let mut data = vec![VERSION];
    data.extend_from_slice(purpose.as_bytes());
    Aad::from(data)
}

/// Writes a new key where none is. Two processes that start together end with one key: the file
/// appears complete or not at all, and the second finds the first one's.
fn create(folder: &Path, path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o750);
    builder.recursive(true).create(folder)?;
    let key = SecretKey::generate().map_err(io::Error::other)?;
    let line = Zeroizing::new(format!("{}\n", *Zeroizing::new(STANDARD.encode(key.bytes.as_slice()))));
    let draft = folder.join(format!(".secret.key.{}", new_token()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(line.as_bytes())?;
        file.sync_all()
    });
    // A link, unlike a rename, never replaces a key that is already there.
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    fs::remove_file(&draft)?;
    linked?;
    fs::File::open(folder)?.sync_all()
}

/// Refuses a password that is too short to be one.
pub fn check_password(password: &str) -> Result<()> {
    let length = password.chars().count();
    if !(12..=1000).contains(&length) {
        return Err(Error::invalid(
            "password.length",
            "A password has at least 12 characters. A sentence is easy to remember.",
        ));
    }
    Ok(())
}

/// Hashes a password for storing, as argon2id in PHC form. Takes some 20 ms: call it off the async threads.
pub fn hash_password(password: &str) -> Result<String> {
    if password.len() > PASSWORD_LIMIT {
        let sentence = format!("A password has at most {PASSWORD_LIMIT} bytes.");
        return Err(Error::invalid("password.too_long", sentence));
    }
    let hash = argon2id()?.hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. An unreadable hash fits no password.
pub fn verify_password(password: &str, hash: &str) -> bool {
    password.len() <= PASSWORD_LIMIT
        && argon2id().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), hash).is_ok())
}

/// Takes as long as [`verify_password`], so that a sign-in does not tell whether the account exists.
pub fn verify_no_password(password: &str) -> bool {
    // The hash is thrown away: only the time counts.
    drop(hash_password(password));
    false
}

fn argon2id() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a text has the form of a token or a challenge: 256 bits as base64url.
pub fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Makes an access token: 256 random bits as base64url.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random().as_slice())
}

/// Makes a name for files that nobody can guess: 256 random bits as hex.
pub fn new_file_name() -> String {
    hex::encode(random().as_slice())
}

#[expect(clippy::expect_used, reason = "without random numbers there is no safe way to go on")]
fn random() -> Zeroizing<[u8; KEY_LEN]> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    rand::fill(bytes.as_mut_slice()).expect("the system gives random numbers");
    bytes
}

/// What a form of ours holds to show that it was opened where this cookie is: other sites cannot read it, and it tells
/// nothing of the cookie.
pub fn form_token(cookie: &str) -> String {
    fingerprint_of(&format!("guildhall form\0{cookie}"))
}

/// The token with which a browser acts as this actor: whoever has the cookie can make it, and it tells nothing of the
/// cookie.
pub fn browser_token(cookie: &str, actor: i64) -> String {
    fingerprint_of(&format!("guildhall browser token\0{actor}\0{cookie}"))
}

/// The challenge of RFC 7636 (S256) that fits a verifier.
pub fn challenge_of(verifier: &str) -> String {
    fingerprint_of(verifier)
}

fn fingerprint_of(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(token_hash(text))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// What is stored of a token. A token has 256 random bits, so a fast hash is enough.
pub fn token_hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_with_its_purpose_only() {
        let key = SecretKey::generate().unwrap();
        let sealed = key.seal("actor.private_key:42", b"very secret");
        assert!(!sealed.windows(4).any(|window| window == b"very"));
        assert_eq!(key.open("actor.private_key:42", &sealed).unwrap().as_slice(), b"very secret");
        assert!(key.open("actor.private_key:43", &sealed).is_err());
        assert!(SecretKey::generate().unwrap().open("actor.private_key:42", &sealed).is_err());
        assert_ne!(sealed, key.seal("actor.private_key:42", b"very secret"), "each sealing has its own nonce");
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let key = SecretKey::generate().unwrap();
        let sealed = key.seal("totp", b"x");
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(key.open("totp", &changed).is_err(), "byte {position}");
            assert!(key.open("totp", &sealed[..position]).is_err(), "length {position}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_for_the_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        assert!(SecretKey::find(None, &data).unwrap().is_none(), "looking makes none");
        let first = SecretKey::load(None, &data).unwrap();
        let second = SecretKey::find(None, &data).unwrap().unwrap();
        assert_eq!(first.fingerprint(), second.fingerprint());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data.join("secret.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "the draft is gone");
    }

    #[test]
    fn processes_that_start_together_share_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| SecretKey::load(None, folder.path()).unwrap().fingerprint())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(keys.len(), 1);
    }

    #[test]
    fn a_broken_key_file_is_an_error_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for broken in ["", "c2hvcnQ=", "not a key at all"] {
            fs::write(folder.path().join("secret.key"), broken).unwrap();
            let error = SecretKey::load(None, folder.path()).unwrap_err();
            assert_eq!(error.code(), "secret_key.wrong");
            assert_eq!(fs::read_to_string(folder.path().join("secret.key")).unwrap(), broken);
        }
    }

    #[test]
    fn a_key_in_the_settings_may_be_hex_or_base64() {
        let hex = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        let base64 = STANDARD.encode(hex::decode(hex).unwrap());
        let key = |text: &str| SecretKey::parse(text).map(|key| key.fingerprint());
        assert!(key(hex).is_some());
        assert_eq!(key(hex), key(&base64));
        assert_eq!(key(&hex[2..]), None);
        assert_eq!(key("0011"), None);
    }

    #[test]
    fn debug_output_tells_no_key() {
        let key = SecretKey::parse(&"ab".repeat(32)).unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey([hidden])");
    }

    #[test]
    fn passwords_fit_their_own_hash_only() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("Correct horse", &hash));
        assert!(!verify_password("correct horse", "not a hash"));
        assert!(!verify_no_password("correct horse"));
        assert_ne!(hash, hash_password("correct horse").unwrap(), "each hash has its own salt");
        assert_eq!(hash_password(&"x".repeat(1025)).unwrap_err().code(), "password.too_long");
    }

    #[test]
    fn tokens_are_long_and_their_hash_is_stable() {
        let token = new_token();
        assert_eq!(token.len(), 43);
        assert_ne!(token, new_token());
        assert_eq!(token_hash(&token), token_hash(&token));
        assert_eq!(hex::encode(token_hash("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
