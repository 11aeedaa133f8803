//! What a client writes into a draft.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    db::Conn,
    domain::{
        AccountId, ActorId, Audience, MediaId, PostId, TeamId, accounts,
        drafts::{self, Content, Draft, Hand, ReplyOwner},
        posts::{Inside, InternalReason, NewPoll, Twin},
        scheduled::Wish,
    },
    error::{Error, Result},
    http::extract::Given,
};

/// The parts of a draft. What is left out stays; what is given empty goes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = DraftWish)]
pub(super) struct Writing {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    body: Given,
    /// `markdown` or `plain`.
    format: Option<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    content_warning: Given,
    sensitive: Option<bool>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    language: Given,
    /// `public`, `unlisted`, `followers`, `direct`, `company`, or `team:` and the id of a team.
    audience: Option<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    reply_to: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    quote_of: Given,
    /// The ids of uploads, in order.
    media: Option<Vec<String>>,
    /// What readers are asked, all of it in place of what was asked before; nothing, where there are no options.
    poll: Option<Asked>,
    /// By which name somebody signs in who looks after the answers, or `team:` and the id of a team.
    reply_owner: Option<String>,
    /// The post of the brand that it changes; only for a new draft.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    of_post: Given,
    /// Why it stays inside.
    #[schema(value_type = Option<InternalReason>)]
    #[serde(default)]
    reason: Given,
    /// When it is looked at again.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    review_at: Given,
    also_internal: Option<AlsoInternal>,
}

/// For whom the same is said inside, and what is said there beside; for nobody, where the audience is empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = DraftInsideWish)]
struct AlsoInternal {
    /// `company` or `team:ID`.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    audience: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    text: Given,
}

/// What readers are asked. It may be unfinished until the draft is handed in.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = DraftPollWish)]
struct Asked {
    options: Vec<String>,
    /// For how many seconds votes are taken once it is published.
    expires_in: u64,
    #[serde(default)]
    multiple: bool,
    /// Votes are shown only when it has ended.
    #[serde(default)]
    hide_totals: bool,
}

impl Writing {
    /// The text, where there is one.
    pub(super) fn body(&self) -> Option<&String> {
        self.body.0.as_ref()
    }

    /// What a new draft says, and which post of the brand it changes, if it changes one; `language` where the client
    /// names none.
    pub(super) fn begin(
        &self,
        conn: &mut Conn,
        hand: &Hand,
        brand: ActorId,
        language: Option<&String>,
    ) -> Result<(Content, Option<PostId>)> {
        let of_post = post(&self.of_post, None)?;
        let wish = match of_post {
            Some(post) => drafts::begin_edit(conn, hand, brand, post)?,
            None => Wish { language: language.cloned(), ..Wish::note(Audience::Public, "") },
        };
        Ok((self.content(conn, wish)?, of_post))
    }

    /// What a draft says after this.
    pub(super) fn change(&self, conn: &mut Conn, old: &Draft) -> Result<Content> {
        self.content(conn, old.wish.0.clone())
    }

    fn content(&self, conn: &mut Conn, mut wish: Wish) -> Result<Content> {
        if let Some(body) = &self.body.0 {
            wish.text.clone_from(body);
        }
        wish.markdown = match self.format.as_deref() {
            None => wish.markdown,
            Some("markdown") => true,
            Some("plain") => false,
            Some(_) => return Err(Error::invalid("draft.format", "The format is markdown or plain.")),
        };
        if let Some(warning) = &self.content_warning.0 {
            warning.trim().clone_into(&mut wish.summary);
        }
        wish.sensitive = self.sensitive.unwrap_or(wish.sensitive);
        if let Some(language) = &self.language.0 {
            wish.language = Some(language.clone()).filter(|language| !language.is_empty());
        }
        if let Some(name) = &self.audience {
            (wish.audience, wish.team) = audience(name)?;
        }
        wish.reply_to = post(&self.reply_to, wish.reply_to)?;
        wish.quote = post(&self.quote_of, wish.quote)?;
        if let Some(ids) = &self.media {
            wish.media = media(ids)?;
        }
        if let Some(Asked { options, expires_in, multiple, hide_totals }) = self.poll.clone() {
            let poll = NewPoll { choices: options, seconds: expires_in, multiple, hide_totals };
            wish.poll = Some(poll).filter(|poll| !poll.choices.is_empty());
        }
        let said = Inside::typed(self.reason.0.as_deref(), self.review_at.0.as_deref())?;
        if self.reason.0.is_some() {
            wish.inside.reason = said.reason;
        }
        if self.review_at.0.is_some() {
            wish.inside.review_at = said.review_at;
        }
        if let Some(also) = &self.also_internal {
            let name = also.audience.0.clone().or_else(|| wish.twin.as_ref().map(Twin::readers)).unwrap_or_default();
            let text = also.text.0.clone().or_else(|| wish.twin.as_ref().map(|twin| twin.text.clone()));
            let twin = || Twin::for_readers(&name, text.unwrap_or_default());
            wish.twin = if name.is_empty() { None } else { Some(twin()?) };
        }
        let reply_owner = self.reply_owner.as_deref().map(|name| reply_owner(conn, name)).transpose()?;
        Ok(Content { wish, reply_owner })
    }
}

fn audience(name: &str) -> Result<(Audience, Option<TeamId>)> {
    let unknown = || {
        let told = format!(
            "“{name:.40}” is no audience. Known: public, unlisted, followers, direct, company, and team:ID such as team:42."
        );
        Error::invalid("post.audience", told)
    };
    if let Some(team) = name.strip_prefix("team:") {
        return Ok((Audience::Team, Some(team.parse().map_err(|_| unknown())?)));
    }
    match name.parse() {
        Ok(Audience::Team | Audience::Space) | Err(_) => Err(unknown()),
        Ok(audience) => Ok((audience, None)),
    }
}

/// A post that is answered or quoted: another one, none, or the one before.
fn post(given: &Given, before: Option<PostId>) -> Result<Option<PostId>> {
    match given.0.as_deref() {
        None => Ok(before),
        Some("") => Ok(None),
        Some(id) => {
            let id = id.parse().map_err(|_| Error::invalid("draft.post", format!("“{id:.40}” is no id of a post.")))?;
            Ok(Some(id))
        }
    }
}

fn media(ids: &[String]) -> Result<Vec<MediaId>> {
    let mut media: Vec<MediaId> = Vec::new();
    for id in ids.iter().filter(|id| !id.is_empty()) {
        let unknown = || Error::invalid("media.unknown", format!("“{id:.40}” is no id of an upload."));
        let id = id.parse().map_err(|_| unknown())?;
        if !media.contains(&id) {
            media.push(id);
        }
    }
    Ok(media)
}

/// A person by their username, or a team as `team:ID`.
fn reply_owner(conn: &mut Conn, name: &str) -> Result<ReplyOwner> {
    let Some(team) = name.strip_prefix("team:") else { return person(conn, name).map(ReplyOwner::Person) };
    let wrong = || Error::invalid("draft.reply_owner", format!("“{name:.40}” is no team such as team:42."));
    team.parse().map(ReplyOwner::Team).map_err(|_| wrong())
}

fn person(conn: &mut Conn, username: &str) -> Result<AccountId> {
    let found = accounts::find_by_username(conn, username)?.filter(|(account, _)| account.deleted_at.is_none());
    let missing = || Error::invalid("draft.reply_owner", format!("There is nobody here called “{username:.40}”."));
    found.map(|(account, _)| account.id).ok_or_else(missing)
}
