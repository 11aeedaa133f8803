//! Posts that quote others, with the consent of whoever is quoted (FEP-044f): who may, how each quote stands, and what
//! readers see of it.
//!
//! Whoever is quoted decides. For our own posts we decide here, by what their authors allowed; for posts of other
//! servers those servers do, and a quote waits until they said yes. Only open posts are quoted by others; internal ones
//! are quoted by nobody.

mod answer;
mod attach;
mod counted;
mod policy;
mod refusals;
mod view;

use diesel::prelude::*;

pub use answer::{
    accepted_elsewhere, asked, checked, find_quote, find_quote_of, find_quote_to_answer, rejected_elsewhere,
    revoke_quote, revoked_elsewhere, set_quote_policy,
};
pub use policy::{QuotePolicy, Quoters, Standing, quote_standing};
pub use view::{QuoteShown, list_quotes, quotes_among, quotes_shown};

pub(super) use attach::{adopt, attach, attach_again, is_quoting, orphan, quotable, quoted_in, tell_of_edit};
pub(super) use counted::take_out;
pub(super) use policy::standings;

use crate::{
    db::{Timestamp, schema::quotes},
    domain::{PostId, QuoteId},
};

crate::text_enum! {
    /// How a quote stands.
    QuoteState {
        /// Whoever is quoted did not answer yet, or what is quoted is not here yet.
        Pending = "pending",
        /// They agree.
        Accepted = "accepted",
        /// They do not.
        Rejected = "rejected",
        /// They did, and do not any more.
        Revoked = "revoked",
        /// What was quoted is gone.
        Deleted = "deleted",
    }
}

/// That a post quotes another.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = quotes)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Quote {
    pub id: QuoteId,
    /// The post that quotes.
    pub post_id: PostId,
    /// What it quotes, when that is here.
    pub quoted_id: Option<PostId>,
    /// The ActivityPub id of what it quotes.
    pub quoted_uri: Option<String>,
    pub state: QuoteState,
    /// It was said in a way that asks nobody.
    pub legacy: bool,
    /// Everybody may read the post that quotes.
    pub open: bool,
    /// The id of the QuoteRequest.
    pub request_uri: Option<String>,
    /// Where the other server says that it agrees.
    pub approval_uri: Option<String>,
    pub created_at: Timestamp,
}

/// What a draft says of the post that it quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quoting {
    /// The post, when it is known to be here.
    pub post: Option<PostId>,
    /// Its ActivityPub id, when it has one.
    pub uri: Option<String>,
    /// Where its author's server says that it agrees.
    pub approval: Option<String>,
    /// It is said in a way that asks nobody, as before FEP-044f.
    pub legacy: bool,
    /// How many quotes lead to this one: a chain without end is not followed.
    pub depth: u8,
}
