//! Who may read a post: the word that posts, feeds and jobs share.

crate::text_enum! {
    /// Who may read a post.
    Audience {
        /// Everybody, and shown on public timelines.
        Public = "public",
        /// Everybody who has the link.
        Unlisted = "unlisted",
        /// Those who follow the author.
        Followers = "followers",
        /// Those who are mentioned.
        Direct = "direct",
        /// The members of a space.
        Space = "space",
        /// Employees; never leaves the company.
        Company = "company",
        /// The members of a team; never leaves the company.
        Team = "team",
    }
}

impl Audience {
    /// Whether posts of this audience may leave the company.
    pub const fn federates(self) -> bool {
        !matches!(self, Self::Company | Self::Team)
    }

    /// Whether anybody may read it without signing in.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }

    /// Whether a post of this audience is counted in a figure that the readers of `shown` see: what an author wrote
    /// ([`Audience::Public`]), what was answered to a post (its audience). A figure tells nobody of what they may
    /// not read; an answer to an internal post has the same readers as that.
    pub const fn counts_for(self, shown: Self) -> bool {
        self.is_open() || (!self.federates() && !shown.federates())
    }
}
