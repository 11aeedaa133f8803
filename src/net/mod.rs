//! The network floor: keys, signatures, addresses, and the one guarded way out. Knows nothing of the product.

mod keys;
mod origin;
pub mod signatures;

pub use keys::{Algorithm, PublicKey, SigningKey};
pub use origin::{host_of, same_origin};
pub use signatures::Signer;
