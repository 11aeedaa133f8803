//! Passkeys (WebAuthn, level 3): what a browser is asked, and whether what its device answers is right.
//!
//! Only such as need no name, and whose device knows its owner by a finger, a face or a PIN: one of them is two proofs,
//! and stands for password and code together. Nothing is asked about the maker of the device. That a challenge was given
//! to whom it comes from, and is answered once, is up to the caller.

use std::num::NonZeroU32;

use url::Url;
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode, Encode},
    request::{
        AsciiDomain, PublicKeyCredentialDescriptor, RpId,
        auth::AuthenticationVerificationOptions,
        register::{
            CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle, Username,
        },
    },
    response::{
        AuthTransports, CredentialId,
        register::{CompressedPubKey, DynamicState, StaticState},
    },
};

use crate::error::{Error, Result};

/// How many bytes name an account to a device: those of its number.
const HANDLE: usize = 8;
/// How many bytes of an answer are read: one has some hundreds.
const LONGEST: usize = 16 * 1024;

type PublicKey = StaticState<CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>>;

/// The site for which passkeys are: a device uses one nowhere else.
#[derive(Debug, Clone)]
pub struct Party {
    id: RpId,
    origin: String,
    patience: NonZeroU32,
}

/// Somebody for whom a device makes a passkey.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The number of their account.
    pub account: i64,
    /// What the device calls them.
    pub handle: &'a str,
    /// What they are called.
    pub display_name: &'a str,
}

/// A question for a browser.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is needed to check the answer; the random challenge is in it.
    pub state: Vec<u8>,
    /// What the browser is told, as JSON.
    pub options: String,
}

/// A passkey as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// By which the device names it.
    pub credential_id: Vec<u8>,
    /// By which its signatures are checked.
    pub public_key: Vec<u8>,
    /// What changes with each use, such as the count of signatures.
    pub state: Vec<u8>,
}

/// What a device says of itself when somebody signs in; nothing of it is checked yet.
#[derive(Debug)]
pub struct Answer(DiscoverableAuthentication<HANDLE>);

impl Party {
    /// The server that answers at this address. Questions of it may be answered for so many minutes.
    pub fn new(base_url: &str, minutes: u32) -> Result<Self> {
        let url = Url::parse(base_url).map_err(Error::internal)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        Ok(Self {
            id: RpId::Domain(AsciiDomain::try_from(host).map_err(Error::internal)?),
            origin: url.origin().ascii_serialization(),
            patience: NonZeroU32::new(minutes.saturating_mul(60_000)).unwrap_or(NonZeroU32::MAX),
        })
    }

    /// Asks a device for a new passkey; it makes none when it has one of `known` already.
    pub fn ask_for_new(&self, owner: Owner<'_>, known: Vec<Vec<u8>>) -> Result<Question> {
        let Ok(id) = UserHandle::<HANDLE>::decode(owner.account.to_be_bytes());
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(owner.handle).map_err(Error::internal)?,
            id: &id,
            // Some names are none by RFC 8266. The handle is enough to know an account again.
            display_name: Nickname::try_from(owner.display_name).ok(),
        };
        // How a device can be reached is not kept: browsers find out.
        let transports = AuthTransports::decode(0).map_err(Error::internal)?;
        let described = known.into_iter().map(|id| {
            let id = CredentialId::<Vec<u8>>::decode(id).map_err(Error::internal)?;
            Ok(PublicKeyCredentialDescriptor { id, transports })
        });
        let mut options =
            PublicKeyCredentialCreationOptions::passkey(&self.id, user, described.collect::<Result<Vec<_>>>()?);
        options.timeout = self.patience;
        // Devices that do not know it would make none; the owner is verified with each use all the same.
        options.extensions.cred_protect = CredProtect::None;
        let (server, client) = options.start_ceremony().map_err(|error| Error::internal(error.to_string()))?;
        let state = server.encode().map_err(|error| Error::internal(error.to_string()))?;
        Ok(Question { state, options: serde_json::to_string(&client).map_err(Error::internal)? })
    }

    /// Checks what a device answered that was asked for a new passkey.
    pub fn check_new(&self, state: &[u8], answer: &str) -> Result<Made> {
        let asked =
            RegistrationServerState::<HANDLE>::decode(state).map_err(|error| Error::internal(error.to_string()))?;
        let answer = Registration::from_json_relaxed(read(answer)?).map_err(|error| wrong(&error))?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[self.origin.as_str()],
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = asked.verify(&self.id, &answer, &options).map_err(|error| wrong(&error))?;
        let (Ok(public_key), Ok(state)) = (made.static_state().encode(), made.dynamic_state().encode());
        Ok(Made { credential_id: made.id().into_inner().to_vec(), public_key, state: state.to_vec() })
    }

    /// Asks any device for a passkey that it has for this site.
    pub fn ask(&self) -> Result<Question> {
        let mut options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        options.0.timeout = self.patience;
        let (server, client) = options.start_ceremony().map_err(|error| Error::internal(error.to_string()))?;
        let state = server.encode().map_err(|error| Error::internal(error.to_string()))?;
        Ok(Question { state, options: serde_json::to_string(&client).map_err(Error::internal)? })
    }

    /// Checks an answer by the passkey that it names, which is this account's. Answers what becomes of its state. A
    /// passkey whose count of signatures does not go up is a copy, and refused.
    pub fn check(&self, state: &[u8], answer: &Answer, account: i64, kept: (&[u8], &[u8])) -> Result<Vec<u8>> {
        let asked = DiscoverableAuthenticationServerState::decode(state).map_err(Error::internal)?;
        let Ok(owner) = UserHandle::<HANDLE>::decode(account.to_be_bytes());
        let (public_key, counted) = kept;
        let public_key = PublicKey::decode(public_key).map_err(Error::internal)?;
        let counted = DynamicState::decode(counted.try_into().map_err(Error::internal)?).map_err(Error::internal)?;
        let mut passkey = AuthenticatedCredential::new(answer.0.raw_id(), &owner, public_key, counted)
            .map_err(|error| Error::internal(error.to_string()))?;
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[self.origin.as_str()],
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        asked.verify(&self.id, &answer.0, &mut passkey, &options).map_err(|error| wrong(&error))?;
        let Ok(counted) = passkey.dynamic_state().encode();
        Ok(counted.to_vec())
    }
}

impl Answer {
    /// Reads what the script of our page sends.
    pub fn parse(text: &str) -> Result<Self> {
        DiscoverableAuthentication::from_json_relaxed(read(text)?).map(Self).map_err(|error| wrong(&error))
    }

    /// Which passkey it is about.
    pub fn credential_id(&self) -> &[u8] {
        self.0.raw_id().into_inner()
    }
}

fn read(text: &str) -> Result<&[u8]> {
    if text.len() > LONGEST { Err(wrong(&"it is too long")) } else { Ok(text.as_bytes()) }
}

/// What people are told; the log has the reason.
fn wrong(reason: &impl std::fmt::Display) -> Error {
    Error::invalid("passkey.wrong", "This passkey did not answer rightly. Please try once more.")
        .because(reason.to_string())
}
