//! A draft as it is shown to colleagues.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    db::{Conn, Timestamp},
    domain::{
        AccountId, ActorId, Audience, DraftId, MediaId, PostId, accounts,
        drafts::{self, Draft, DraftState, DraftView, Review, Verdict},
        media::Media,
        scheduled::Wish,
    },
    error::Result,
};

/// A draft.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub id: DraftId,
    actor: Brand,
    author: Somebody,
    state: DraftState,
    /// How often it was saved: what `If-Match` names.
    pub version: i64,
    content_hash: String,
    #[serde(flatten)]
    said: Said,
    media: Vec<Upload>,
    /// Who looks after the answers.
    reply_owner: Somebody,
    approvals: Approvals,
    reviews: Vec<Reviewed>,
    /// Who writes in it at this moment.
    writing: Vec<Somebody>,
    scheduled_at: Option<String>,
    scheduled_by: Option<Somebody>,
    /// Why it was not published when its time had come.
    held: Option<String>,
    post: Option<Published>,
    /// The published post that it changes.
    of_post: Option<PostId>,
    created_at: String,
    updated_at: String,
}

/// The brand of a draft.
#[derive(Debug, Serialize)]
struct Brand {
    id: ActorId,
    username: Option<String>,
}

/// A colleague.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Somebody {
    account: AccountId,
    username: String,
    display_name: String,
}

/// What a draft says.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    body: String,
    format: &'static str,
    content_warning: String,
    sensitive: bool,
    language: Option<String>,
    audience: String,
    reply_to: Option<PostId>,
    quote_of: Option<PostId>,
}

impl From<Wish> for Said {
    fn from(wish: Wish) -> Self {
        Self {
            body: wish.text,
            format: if wish.markdown { "markdown" } else { "plain" },
            content_warning: wish.summary,
            sensitive: wish.sensitive,
            language: wish.language,
            audience: match (wish.audience, wish.team) {
                (Audience::Team, Some(team)) => format!("team:{team}"),
                (audience, _) => audience.as_str().to_owned(),
            },
            reply_to: wish.reply_to,
            quote_of: wish.quote,
        }
    }
}

/// A file of a draft.
#[derive(Debug, Serialize)]
struct Upload {
    id: MediaId,
    #[serde(rename = "type")]
    kind: String,
    url: String,
    preview_url: Option<String>,
    description: String,
}

/// How it stands.
#[derive(Debug, Serialize)]
struct Approvals {
    needed: usize,
    /// Whose approval counts for what is there now.
    by: Vec<Somebody>,
    /// Who asked for changes of what is there now.
    objections: Vec<Somebody>,
}

/// What somebody said of it.
#[derive(Debug, Serialize)]
struct Reviewed {
    by: Somebody,
    verdict: Verdict,
    comment: Option<String>,
    /// Whether it was said of what is there now.
    current: bool,
    at: String,
}

/// The post that came of it.
#[derive(Debug, Serialize)]
struct Published {
    id: PostId,
    url: Option<String>,
    by: Option<Somebody>,
    /// Why it was published without the approvals that it needs.
    override_reason: Option<String>,
}

/// What people are called.
pub(super) struct Names(HashMap<AccountId, Somebody>);

impl Names {
    /// What these people are called, in one query.
    pub(super) fn of(conn: &mut Conn, mut people: Vec<AccountId>) -> Result<Self> {
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

    fn all(&self, accounts: &[AccountId]) -> Vec<Somebody> {
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
    }
}

fn shown(view: DraftView, names: &Names, base_url: &str) -> Shown {
    let DraftView { draft, brand, reviews, standing, media, writing, post_url } = view;
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
        state: draft.state,
        version: draft.version,
        media: media.iter().map(|one| upload(one, base_url)).collect(),
        reply_owner: names.one(draft.reply_owner_id),
        approvals: Approvals {
            needed: standing.needed,
            by: names.all(&standing.approved_by),
            objections: names.all(&standing.objected_by),
        },
        reviews: reviews.into_iter().map(|review| reviewed(review, &standing.hash, names)).collect(),
        content_hash: standing.hash,
        writing: names.all(&writing),
        scheduled_at: draft.scheduled_at.map(Timestamp::rfc3339),
        scheduled_by: draft.scheduled_by.map(|account| names.one(account)),
        held: draft.held,
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
    let names = Names::of(conn, views.iter().flat_map(DraftView::people).collect())?;
    Ok(views.into_iter().map(|view| shown(view, &names, base_url)).collect())
}
