//! How long what others wrote is kept.

use super::section::{section, whole};

section! {
    /// How long what others wrote is kept.
    Retention {
        /// After how many days posts of other servers are forgotten that nobody here liked, boosted, answered or was mentioned in. 0: never.
        remote_posts_days: u32 = 90, "a whole number from 0 to 3650", whole(0..=3650);
        /// After how many days people of other servers are forgotten with whom nobody here has anything to do. 0: never.
        remote_actors_days: u32 = 90, "a whole number from 0 to 3650", whole(0..=3650);
    }
}
