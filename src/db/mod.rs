//! The floor: one interface to SQLite and PostgreSQL that knows nothing of the product.

mod conn;
mod ids;
mod lock;
mod queue;
pub mod schema;
mod tx;
mod types;

pub use conn::{Conn, MultiBackend};
pub use ids::{IdSource, SLOTS, first_id_at, time_of};
pub use lock::Key;
pub use tx::{Later, Signal, Tx};
pub use types::{Json, Timestamp};
