//! Drafts as they are shown, in a fixed number of queries however many they are.

use super::{
    Draft, DraftState, Review, Standing, hash::content_hash, presence::present, queries::reviews_of, standing::unsigned,
};
use crate::{
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId, DraftId, MediaId, PostId,
        accounts::{self, Certified, Right},
        actors::{self, Actor},
        brands::{self, Answers, Policy, Rules, Speech, WithUploads},
        media::{self, Media},
        org::{self, Team},
        posts::{self, Post, Unsigned},
    },
    error::Result,
};

/// A draft with all that is shown of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftView {
    /// The draft.
    pub draft: Draft,
    /// The brand.
    pub brand: Option<Actor>,
    /// What was said of it, oldest first.
    pub reviews: Vec<Review>,
    /// How it stands.
    pub standing: Standing,
    /// Its uploads.
    pub media: Vec<Media>,
    /// Who writes in it at this moment.
    pub writing: Vec<AccountId>,
    /// The address of the post that came of it.
    pub post_url: Option<String>,
    /// The paragraph with which it would be published now, which says who wrote it. Clean HTML.
    pub signature: Option<String>,
    /// The post that it changes, where it changes one.
    pub changes: Option<Post>,
    /// The team that looks after the answers, where one does.
    pub reply_team: Option<Team>,
    /// Whom it answers.
    pub answers: Option<ActorId>,
    /// Whether whoever wrote it may publish it themselves, once nobody is missing.
    pub author_sends: bool,
}

impl DraftView {
    /// How far it is by what counts at this moment: approvals end, and rules and roles change, while nobody touches it.
    pub fn state(&self) -> DraftState {
        self.draft.state.with(self.standing.is_met())
    }

    /// Whether nobody's approval is missing, and yet it goes out only when a colleague of whoever wrote it publishes it.
    pub fn waits_for_publisher(&self) -> bool {
        self.state() == DraftState::Approved && !self.author_sends
    }

    /// Everybody who is named in it.
    pub fn people(&self) -> Vec<AccountId> {
        let draft = &self.draft;
        let named = [Some(draft.author_id), Some(draft.reply_owner_id), draft.scheduled_by, draft.published_by];
        let agreed = self.standing.approved_by.iter().copied();
        let reviewers = self.reviews.iter().map(|review| review.account_id);
        let all = named.into_iter().flatten().chain(reviewers).chain(agreed).chain(self.writing.iter().copied());
        all.chain(draft.changed_by()).collect()
    }
}

/// These drafts as they are shown, in their order.
pub fn view(conn: &mut Conn, drafts: Vec<Draft>, now: Timestamp) -> Result<Vec<DraftView>> {
    let ids: Vec<DraftId> = drafts.iter().map(|draft| draft.id).collect();
    let mut ids_of_brands: Vec<ActorId> = drafts.iter().map(|draft| draft.actor_id).collect();
    ids_of_brands.sort();
    ids_of_brands.dedup();
    let uploads: Vec<MediaId> = drafts.iter().flat_map(|draft| draft.wish.0.media.clone()).collect();
    let related: Vec<PostId> =
        drafts.iter().flat_map(|draft| [draft.post_id, draft.of_post, draft.wish.0.reply_to]).flatten().collect();
    let (policies, actors) = (brands::all_rules_of(conn, &ids_of_brands)?, actors::get_many(conn, &ids_of_brands)?);
    let roles = accounts::roles_on(conn, &ids_of_brands)?;
    let (reviews, media) = (reviews_of(conn, &ids)?, media::find_many(conn, &uploads)?);
    let (writing, posts) = (present(conn, &ids, now)?, posts::get_many(conn, &related)?);
    let post = |id: Option<PostId>| posts.iter().find(|post| Some(post.id) == id);
    let answered: Vec<Option<ActorId>> = drafts
        .iter()
        .map(|draft| match post(draft.of_post) {
            Some(changed) => changed.reply_to_author_id,
            None => post(draft.wish.0.reply_to).map(|answered| answered.author_id),
        })
        .collect();
    let answers = brands::all_answers(conn, &answered)?;
    let policy_of = |draft: &Draft| {
        let policy = policies.iter().find(|policy| policy.actor_id == draft.actor_id);
        policy.cloned().unwrap_or_else(|| Rules::of(Policy::usual(draft.actor_id), None, Certified::default()))
    };
    let to_sign: Vec<Unsigned> = drafts.iter().map(|draft| unsigned(draft, &policy_of(draft))).collect();
    let signatures = posts::signatures(conn, &to_sign)?;
    let teams = org::teams_among(conn, drafts.iter().filter_map(|draft| draft.reply_team_id).collect())?;
    let shown = |(draft, answers, answered, signature): (Draft, Answers, Option<ActorId>, Option<String>)| {
        let policy = policy_of(&draft);
        let signature = signature.filter(|_| draft.state.is_open());
        let roles = || roles.iter().filter(|(brand, ..)| *brand == draft.actor_id).map(|(_, who, role)| (*who, *role));
        let approvers: Vec<AccountId> =
            roles().filter(|(_, role)| role.may(Right::Approve)).map(|(account, _)| account).collect();
        let author = roles().find(|(account, _)| *account == draft.author_id).map(|(_, role)| role);
        let reviews: Vec<Review> = reviews.iter().filter(|review| review.draft_id == draft.id).cloned().collect();
        let media: Vec<Media> =
            draft.wish.0.media.iter().filter_map(|id| media.iter().find(|one| one.id == *id).cloned()).collect();
        // What is published is what was approved, whatever became of the post since.
        let hash = match draft.state {
            DraftState::Published => draft.content_hash.clone(),
            _ => content_hash(&draft.wish.0, &media, post(draft.of_post), signature.as_deref())?,
        };
        let standing = Standing::of(&draft, &policy, answers, (hash, &media), &reviews, &approvers, (None, now));
        let (hands, said) = (draft.hands(), WithUploads(&draft.wish.0, media::descriptions(&media)));
        let speech = Speech { said: &said, by: &hands, sender: Some(draft.author_id), at: now };
        let author_sends = author.is_some_and(|role| draft.is_sent_by(role, policy.lets_go(answers, &speech)));
        Ok(DraftView {
            author_sends,
            brand: actors.iter().find(|actor| actor.id == draft.actor_id).cloned(),
            writing: writing.iter().filter(|(id, _)| *id == draft.id).map(|(_, account)| *account).collect(),
            post_url: post(draft.post_id.or(draft.of_post)).and_then(|post| post.url.clone()),
            changes: post(draft.of_post).cloned(),
            reply_team: teams.iter().find(|team| Some(team.id) == draft.reply_team_id).cloned(),
            answers: answered,
            signature,
            reviews,
            standing,
            media,
            draft,
        })
    };
    let all = drafts.into_iter().zip(answers).zip(answered).zip(signatures);
    all.map(|(((draft, answers), answered), signature)| shown((draft, answers, answered, signature))).collect()
}
