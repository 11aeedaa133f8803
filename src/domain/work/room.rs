//! Who does which jobs.

/// Where a job is done. Each room has workers of its own, so that none waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// What leaves, and what concerns nobody else.
    Own,
    /// What has no effect before something arrives for it that other servers have.
    Arrived,
    /// What is looked up to know more. Anybody can make us do that, so it delays nothing that arrived.
    LookedUp,
    /// What waits for the mail server.
    Letters,
    /// What waits for push services, which people's apps choose.
    Pushes,
}

impl Room {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Own, Self::Arrived, Self::LookedUp, Self::Letters, Self::Pushes];
    /// Those in which other servers are waited for: one that does not answer delays nothing that leaves.
    pub const FETCHING: &'static [Self] = &[Self::Arrived, Self::LookedUp, Self::Letters, Self::Pushes];

    /// The name under which it is stored with a job.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Arrived => "arrived",
            Self::LookedUp => "looked_up",
            Self::Letters => "letters",
            Self::Pushes => "pushes",
        }
    }
}
