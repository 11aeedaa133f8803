//! The network floor: keys, signatures, addresses, and the one guarded way out. Knows nothing of the product.

mod addresses;
mod certificate;
mod client;
pub mod content_type;
mod documents;
mod keys;
mod names;
mod origin;
pub mod push;
pub mod signatures;
mod transport;

pub use addresses::{AddressPolicy, is_global};
pub use certificate::Certificate;
pub use client::{Client, ClientOptions, NOT_PUBLIC, TIMEOUT, UNREACHABLE};
pub use documents::Documents;
pub use keys::{Algorithm, PublicKey, SigningKey};
pub use names::{Resolve, SystemNames};
pub use origin::{host_of, same_origin};
pub use signatures::Signer;
pub use transport::{Answer, Fetched, Get, Transport};
