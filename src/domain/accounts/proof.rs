//! That whoever is signed in is the person still: a browser that was left open is not enough to give or take away a way in.

use super::{UsedPasskey, same_password, use_passkey};
use crate::{
    db::{Key, Tx},
    domain::AccountId,
    error::{Error, Result},
};

/// What shows it, once it was checked by who knows its language. One is as good as the other: a passkey stands for password
/// and code.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The right password, by the hash under which it was checked.
    Password(String),
    /// A passkey that answered rightly.
    Passkey(UsedPasskey),
}

/// Takes a proof of this person, once: refuses a password that was changed since, a challenge that was answered before, a
/// passkey that was removed or used since, and that of somebody else.
pub fn take_proof(tx: &mut Tx<'_>, account: AccountId, proof: &Proof) -> Result<()> {
    match proof {
        Proof::Password(checked) => same_password(tx, account, checked),
        Proof::Passkey(used) if used.passkey.account_id == account => {
            // The same that a new password takes, which ends every passkey.
            tx.lock(Key("account.password", &[account.0]))?;
            use_passkey(tx, used)
        }
        Proof::Passkey(_) => Err(not_your_passkey()),
    }
}

/// What is said to who answers with a passkey that is not theirs, or is no more: whose it is is not told.
pub fn not_your_passkey() -> Error {
    Error::invalid("passkey.not_yours", "This is no passkey of yours. Choose one that you added here.")
}
