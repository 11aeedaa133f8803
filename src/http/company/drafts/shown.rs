//! A draft as it is shown to colleagues.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::super::teams::Named;
use crate::{
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId, DraftId, MediaId, PostId, accounts,
        drafts::{self, Draft, DraftState, DraftView, Review, Verdict},
        media::Media,
        posts::{InternalReason, NewPoll, QuotePolicy, Quoters},
        scheduled::Wish,
    },
    error::Result,
    text,
};

/// A draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
pub(super) struct Shown {
    pub id: DraftId,
    actor: Brand,
    author: Somebody,
    /// Who changed what the author wrote; they approve it as little as its author does.
    changed_by: Vec<Somebody>,
    state: DraftState,
    /// Whether nobody's approval is missing, and yet only a colleague of whoever wrote it may publish it.
    waits_for_publisher: bool,
    /// How often it was saved: what `If-Match` names.
    pub version: i64,
    content_hash: String,
    #[serde(flatten)]
    said: Said,
    media: Vec<Upload>,
    /// The last line, which says who wrote it, as it would be published now.
    signature: Option<String>,
    /// Who looks after the answers.
    reply_owner: Somebody,
    /// The team that does, in their place.
    reply_team: Option<Named>,
    approvals: Approvals,
    reviews: Vec<Reviewed>,
    /// Who writes in it at this moment.
    writing: Vec<Somebody>,
    scheduled_at: Option<String>,
    scheduled_by: Option<Somebody>,
    /// Why it was not published when its time had come.
    held: Option<String>,
    /// The code of that, such as `draft.rights`.
    held_code: Option<String>,
    post: Option<Published>,
    /// The published post that it changes.
    of_post: Option<PostId>,
    created_at: String,
    updated_at: String,
}

impl Shown {
    /// Its text as it was typed.
    pub(super) fn body(&self) -> &str {
        &self.said.body
    }
}

/// The brand of a draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftBrand)]
struct Brand {
    id: ActorId,
    username: Option<String>,
}

/// A colleague.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Colleague)]
pub struct Somebody {
    account: AccountId,
    username: String,
    display_name: String,
}

/// What a draft says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftText)]
pub(super) struct Said {
    body: String,
    format: &'static str,
    content_warning: String,
    sensitive: bool,
    language: Option<String>,
    audience: String,
    reply_to: Option<PostId>,
    quote_of: Option<PostId>,
    poll: Option<Asked>,
    /// Who may quote it; nothing where it will be as the brand's posts usually are.
    quotable_by: Option<Quotable>,
    /// What is said of the same inside, where something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    also_internal: Option<AlsoInternal>,
    /// Why it stays inside, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<InternalReason>,
    /// When it is looked at again, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    review_at: Option<String>,
}

/// What is said inside with it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftInside)]
struct AlsoInternal {
    /// `company` or `team:ID`.
    audience: String,
    /// What only colleagues read, below the text.
    text: String,
}

/// What readers are asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftPoll)]
struct Asked {
    options: Vec<String>,
    /// Seconds from when it is published.
    expires_in: u64,
    multiple: bool,
    hide_totals: bool,
}

/// Who may quote.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftQuotable)]
struct Quotable {
    automatic: Vec<&'static str>,
    /// For whom somebody is asked each time.
    manual: Vec<&'static str>,
}

impl From<Wish> for Said {
    /// Each part is named here, so that none is forgotten that is approved: uploads are shown apart, with their files.
    fn from(wish: Wish) -> Self {
        let readers = wish.readers();
        let Wish {
            text,
            markdown,
            summary,
            sensitive,
            language,
            audience: _,
            team: _,
            reply_to,
            poll,
            media: _,
            quote,
            quoting,
            inside,
            twin,
        } = wish;
        let names = |quoters: Vec<Quoters>| quoters.into_iter().map(Quoters::as_str).collect();
        Self {
            body: text,
            format: if markdown { "markdown" } else { "plain" },
            content_warning: summary,
            sensitive,
            language,
            audience: readers,
            reply_to,
            quote_of: quote,
            poll: poll.map(|NewPoll { choices, seconds, multiple, hide_totals }| Asked {
                options: choices,
                expires_in: seconds,
                multiple,
                hide_totals,
            }),
            also_internal: twin.map(|twin| AlsoInternal { audience: twin.readers(), text: twin.text }),
            reason: inside.reason,
            review_at: inside.review_at.map(Timestamp::rfc3339),
            quotable_by: quoting.map(|QuotePolicy { automatic, manual }| Quotable {
                automatic: names(automatic),
                manual: names(manual),
            }),
        }
    }
}

/// A file of a draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftUpload)]
struct Upload {
    id: MediaId,
    #[serde(rename = "type")]
    kind: String,
    url: String,
    preview_url: Option<String>,
    description: String,
    /// What matters most in it, from -1 to 1 each way.
    focus: Option<(f32, f32)>,
}

/// How it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftApprovals)]
struct Approvals {
    needed: usize,
    /// Whose approval counts for what is there now.
    by: Vec<Somebody>,
    /// Who asked for changes of what is there now.
    objections: Vec<Somebody>,
    /// From when on those that count are too few.
    until: Option<String>,
    /// The names of the topics about which whoever wrote it asks first; empty for none.
    topics: String,
}

/// What somebody said of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftReview)]
struct Reviewed {
    by: Somebody,
    #[schema(inline)]
    verdict: Verdict,
    comment: Option<String>,
    /// Whether it was said of what is there now.
    current: bool,
    at: String,
}

/// The post that came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftPost)]
struct Published {
    id: PostId,
    url: Option<String>,
    by: Option<Somebody>,
    /// Why it was published without the approvals that it needs.
    override_reason: Option<String>,
}

/// What people are called.
pub struct Names(HashMap<AccountId, Somebody>);

impl Names {
    /// What these people are called, in one query.
    pub fn of(conn: &mut Conn, mut people: Vec<AccountId>) -> Result<Self> {
        people.sort();
        people.dedup();
        let known = accounts::names_of(conn, &people)?;
        let named = |(account, username, display_name)| (account, Somebody { account, username, display_name });
        Ok(Self(known.into_iter().map(named).collect()))
    }

    /// What one of them is called.
    pub(super) fn one(&self, account: AccountId) -> Somebody {
        let nobody = || Somebody { account, username: String::new(), display_name: String::new() };
        self.0.get(&account).cloned().unwrap_or_else(nobody)
    }

    /// What these are called, in their order.
    pub fn all(&self, accounts: &[AccountId]) -> Vec<Somebody> {
        accounts.iter().map(|account| self.one(*account)).collect()
    }
}

fn reviewed(review: Review, hash: &str, names: &Names) -> Reviewed {
    Reviewed {
        by: names.one(review.account_id),
        verdict: review.verdict,
        current: review.content_hash == hash,
        comment: review.comment,
        at: review.created_at.rfc3339(),
    }
}

fn upload(media: &Media, base_url: &str) -> Upload {
    Upload {
        id: media.id,
        kind: media.kind.clone(),
        url: media.url(base_url),
        preview_url: media.preview_url(base_url),
        description: media.description.clone(),
        focus: media.details.0.focus,
    }
}

fn shown(view: DraftView, names: &Names, base_url: &str) -> Shown {
    let (state, waits_for_publisher) = (view.state(), view.waits_for_publisher());
    let DraftView {
        draft,
        brand,
        reviews,
        standing,
        media,
        writing,
        post_url,
        signature,
        changes: _,
        answers: _,
        author_sends: _,
        reply_team,
    } = view;
    let changed = draft.of_post.filter(|_| draft.state == DraftState::Published);
    let published = draft.post_id.or(changed).map(|id| Published {
        id,
        url: post_url,
        by: draft.published_by.map(|account| names.one(account)),
        override_reason: draft.override_reason.clone(),
    });
    Shown {
        id: draft.id,
        actor: Brand { id: draft.actor_id, username: brand.map(|brand| brand.username) },
        author: names.one(draft.author_id),
        changed_by: names.all(&draft.changed_by()),
        state,
        waits_for_publisher,
        version: draft.version,
        media: media.iter().map(|one| upload(one, base_url)).collect(),
        signature: signature.map(|html| text::plain(&html)),
        reply_owner: names.one(draft.reply_owner_id),
        reply_team: reply_team.as_ref().map(Named::of),
        approvals: Approvals {
            needed: standing.needed,
            by: names.all(&standing.approved_by),
            objections: names.all(&standing.objected_by),
            until: standing.until.map(Timestamp::rfc3339),
            topics: standing.topics.clone(),
        },
        reviews: reviews.into_iter().map(|review| reviewed(review, &standing.hash, names)).collect(),
        content_hash: standing.hash,
        writing: names.all(&writing),
        scheduled_at: draft.scheduled_at.map(Timestamp::rfc3339),
        scheduled_by: draft.scheduled_by.map(|account| names.one(account)),
        held: draft.held,
        held_code: draft.held_code,
        post: published,
        of_post: draft.of_post,
        created_at: draft.created_at.rfc3339(),
        updated_at: draft.updated_at.rfc3339(),
        said: draft.wish.0.into(),
    }
}

/// These drafts as they are shown, in a fixed number of queries.
pub(super) fn shown_all(conn: &mut Conn, found: Vec<Draft>, base_url: &str, now: Timestamp) -> Result<Vec<Shown>> {
    let views = drafts::view(conn, found, now)?;
    shown_views(conn, views, base_url)
}

/// The same of drafts that were read with all that is shown of them.
pub(super) fn shown_views(conn: &mut Conn, views: Vec<DraftView>, base_url: &str) -> Result<Vec<Shown>> {
    let names = Names::of(conn, views.iter().flat_map(DraftView::people).collect())?;
    Ok(views.into_iter().map(|view| shown(view, &names, base_url)).collect())
}
