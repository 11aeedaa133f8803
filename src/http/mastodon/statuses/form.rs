//! What a client sends to write or edit a post.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    poll::{PollChange, PollField},
    quote::policy,
    scheduled::moment,
};
use crate::{
    db::Timestamp,
    domain::{
        MediaId, PostId, TeamId, media,
        posts::{Addressees, Audience, Inside, NewPost, Post, QuotePolicy, Readers, Twin},
        scheduled::Wish,
    },
    error::{Error, Result},
    http::{extract::Given, mastodon::media::focus},
    text::Format,
};

/// A new post, or the new text of one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = StatusWish)]
pub struct Writing {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    status: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    spoiler_text: Given,
    sensitive: Option<bool>,
    language: Option<String>,
    content_type: Option<String>,
    visibility: Option<String>,
    in_reply_to_id: Option<PostId>,
    local_only: Option<bool>,
    guildhall_audience: Option<String>,
    media_ids: Option<Vec<String>>,
    #[serde(default)]
    media_attributes: Vec<MediaChange>,
    /// `options`, `expires_in` in seconds, `multiple` and `hide_totals`.
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    poll: PollField,
    scheduled_at: Option<String>,
    quoted_status_id: Option<PostId>,
    quote_approval_policy: Option<String>,
    guildhall_reason: Option<String>,
    guildhall_review_at: Option<String>,
    guildhall_also_internal: Option<AlsoInternal>,
}

/// For whom the same is said inside, and what is said there beside.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = StatusInsideWish)]
struct AlsoInternal {
    /// `company` or `team:ID`.
    audience: Option<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    text: Given,
}

/// What is said anew about an upload when its post is edited.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = StatusMediaWish)]
struct MediaChange {
    #[serde(default)]
    id: String,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    description: Given,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    focus: Given,
}

impl Writing {
    /// Who may quote it, where the client says so.
    pub(super) fn quoting(&self) -> Result<Option<QuotePolicy>> {
        self.quote_approval_policy.as_deref().filter(|name| !name.is_empty()).map(policy).transpose()
    }

    /// Why it stays inside, and when it is looked at again.
    fn inside(&self) -> Result<Inside> {
        Inside::typed(self.guildhall_reason.as_deref(), self.guildhall_review_at.as_deref())
    }

    /// What is said of the same inside, with it.
    fn twin(&self) -> Result<Option<Twin>> {
        let Some(also) = &self.guildhall_also_internal else { return Ok(None) };
        let Some(audience) = also.audience.as_deref().filter(|name| !name.is_empty()) else { return Ok(None) };
        Twin::for_readers(audience, also.text.0.clone().unwrap_or_default()).map(Some)
    }

    /// What is said anew about uploads.
    pub(super) fn media_words(&self) -> Result<Vec<(MediaId, media::Words)>> {
        let read = |change: &MediaChange| {
            let focus = focus(change.focus.0.as_deref().unwrap_or_default())?;
            Ok((media_id(&change.id)?, media::Words { description: change.description.0.clone(), focus }))
        };
        self.media_attributes.iter().filter(|change| !change.id.is_empty()).take(media::FILES).map(read).collect()
    }

    /// Who is to read it: `usual`, where the client does not say.
    pub(super) fn readers(&self, usual: Audience) -> Result<Readers> {
        let open = |audience, follows_parent| Ok(Readers { audience, team: None, follows_parent });
        let visibility = self.visibility.as_deref().map(visibility).transpose()?;
        // Inside, a post goes to the whole company or team: more than the few whom "direct" promises.
        let direct = visibility == Some(Audience::Direct);
        let refuse_direct = || {
            Err(Error::invalid(
                "post.audience",
                "A direct message cannot be for the company as well. Choose one of both.",
            ))
        };
        if let Some(wanted) = &self.guildhall_audience {
            return match wanted.strip_prefix("team:") {
                Some(_) if direct => refuse_direct(),
                Some(team) => {
                    let team = team.parse().map_err(|_| unknown_audience(wanted))?;
                    Ok(Readers { audience: Audience::Team, team: Some(team), follows_parent: false })
                }
                None => match wanted.parse::<Audience>() {
                    Ok(Audience::Team | Audience::Space) | Err(_) => Err(unknown_audience(wanted)),
                    Ok(Audience::Company) if direct => refuse_direct(),
                    Ok(audience) => open(audience, false),
                },
            };
        }
        if self.local_only.unwrap_or(false) {
            return if direct { refuse_direct() } else { open(Audience::Company, false) };
        }
        match visibility {
            None => open(usual, true),
            Some(Audience::Followers) => open(Audience::Followers, true),
            Some(audience) => open(audience, false),
        }
    }

    /// What becomes of the poll.
    pub(super) fn poll(&self) -> Result<PollChange> {
        self.poll.read()
    }

    /// When it is to be published, when that is not now.
    pub(super) fn time(&self) -> Result<Option<Timestamp>> {
        self.scheduled_at.as_deref().map(moment).transpose()
    }

    /// The same with attachments hidden, or not, where the client does not say.
    pub(super) fn sensitive_by_habit(mut self, usual: bool) -> Self {
        self.sensitive = self.sensitive.or(Some(usual));
        self
    }

    /// The post that it answers.
    pub(super) fn reply_to(&self) -> Option<PostId> {
        self.in_reply_to_id
    }

    /// The new text of what waits; what is left out stays as it was. To whom it goes and what it answers or quotes stays.
    pub(super) fn into_wish(self, old: &Wish) -> Result<Wish> {
        let poll = match self.poll()? {
            PollChange::Kept => old.poll.clone(),
            PollChange::Removed => None,
            PollChange::Asked(poll) => Some(poll),
        };
        let quoting = self.quoting()?.or_else(|| old.quoting.clone());
        let markdown = match self.content_type.as_deref().map(format).transpose()? {
            Some(format) => format == Format::Markdown,
            None => old.markdown,
        };
        let media = self.media_ids.as_deref().map(media_ids).transpose()?.unwrap_or_else(|| old.media.clone());
        Ok(Wish {
            sensitive: self.sensitive.unwrap_or(self.spoiler_text.0.is_none() && old.sensitive),
            text: self.status.0.unwrap_or_else(|| old.text.clone()),
            summary: self.spoiler_text.0.unwrap_or_else(|| old.summary.clone()),
            language: self.language.or_else(|| old.language.clone()),
            markdown,
            media,
            poll,
            quoting,
            ..old.clone()
        })
    }

    /// A new post for this audience, in `language` where it does not say.
    pub(super) fn into_post(
        self,
        (audience, team): (Audience, Option<TeamId>),
        language: Option<&String>,
    ) -> Result<NewPost> {
        let poll = self.poll()?.asked();
        let quoting = self.quoting()?;
        let (inside, twin) = (self.inside()?, self.twin()?);
        let media = media_ids(self.media_ids.as_deref().unwrap_or_default())?;
        Ok(NewPost {
            media,
            edited: None,
            text: self.status.0.unwrap_or_default(),
            format: self.content_type.as_deref().map_or(Ok(Format::Plain), format)?,
            summary: self.spoiler_text.0.unwrap_or_default(),
            sensitive: self.sensitive.unwrap_or(false),
            language: self.language.filter(|code| !code.is_empty()).or_else(|| language.cloned()),
            audience,
            team,
            reply_to: self.in_reply_to_id,
            title: None,
            addressees: Addressees::default(),
            hashtags: Vec::new(),
            poll,
            quote: self.quoted_status_id,
            quoting,
            inside,
            twin,
        })
    }

    /// The new text of a post; what is left out stays as it was.
    pub(super) fn into_edit(self, old: &Post) -> Result<NewPost> {
        let poll = self.poll()?.asked();
        let kept = self.content_type.or_else(|| old.source_type.clone());
        let (text, format) = match self.status.0.or_else(|| old.source.clone()) {
            Some(text) => (text, kept.as_deref().map_or(Ok(Format::Plain), format)?),
            // Written by a client that sends HTML: what it says is all there is of it.
            None => (old.content.clone(), Format::Html),
        };
        let media = match &self.media_ids {
            Some(ids) => media_ids(ids)?,
            None => old.attachments.0.iter().filter_map(|attachment| attachment.media).collect(),
        };
        // A new warning says whether the post is sensitive, as in Mastodon; a post with one always is.
        let sensitive = self.sensitive.unwrap_or(self.spoiler_text.0.is_none() && old.sensitive);
        Ok(NewPost {
            media,
            edited: Some(old.id),
            text,
            format,
            summary: self.spoiler_text.0.unwrap_or_else(|| old.summary.clone()),
            sensitive,
            language: self.language.or_else(|| old.language.clone()),
            audience: old.audience,
            team: old.team_id,
            reply_to: None,
            title: old.title.clone(),
            addressees: Addressees::default(),
            hashtags: Vec::new(),
            poll,
            quote: None,
            quoting: None,
            inside: Inside::default(),
            twin: None,
        })
    }

    /// The text, to look for mentions in.
    pub(super) fn text(&self) -> &str {
        self.status.0.as_deref().unwrap_or_default()
    }
}

fn media_id(id: &str) -> Result<MediaId> {
    id.parse().map_err(|_| Error::invalid("media.unknown", format!("“{id:.40}” is no id of an upload.")))
}

fn media_ids(ids: &[String]) -> Result<Vec<MediaId>> {
    ids.iter().filter(|id| !id.is_empty()).map(|id| media_id(id)).collect()
}

/// Mastodon's words for audiences.
pub(in crate::http::mastodon) fn visibility(name: &str) -> Result<Audience> {
    match name {
        "public" => Ok(Audience::Public),
        "unlisted" => Ok(Audience::Unlisted),
        "private" => Ok(Audience::Followers),
        "direct" => Ok(Audience::Direct),
        _ => Err(Error::invalid(
            "post.visibility",
            format!("“{name}” is no visibility. Known: public, unlisted, private, direct."),
        )),
    }
}

fn unknown_audience(name: &str) -> Error {
    Error::invalid(
        "post.audience",
        format!(
            "“{name}” is no audience. Known: public, unlisted, followers, direct, company, and team:ID such as team:42."
        ),
    )
}

fn format(name: &str) -> Result<Format> {
    match name {
        "text/plain" => Ok(Format::Plain),
        "text/markdown" => Ok(Format::Markdown),
        _ => Err(Error::invalid(
            "post.content_type",
            format!("“{name}” is no content_type. Known: text/plain, text/markdown."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::extract::from_value;

    fn readers(fields: &serde_json::Value) -> Result<Readers> {
        from_value::<Writing>(fields)?.readers(Audience::Public)
    }

    #[test]
    fn clients_words_become_audiences() {
        for (fields, audience, team, follows_parent) in [
            (serde_json::json!({}), Audience::Public, None, true),
            (serde_json::json!({"visibility": ""}), Audience::Public, None, true),
            (serde_json::json!({"visibility": "unlisted"}), Audience::Unlisted, None, false),
            (serde_json::json!({"visibility": "private"}), Audience::Followers, None, true),
            (serde_json::json!({"visibility": "direct"}), Audience::Direct, None, false),
            (serde_json::json!({"local_only": "true", "visibility": "public"}), Audience::Company, None, false),
            (serde_json::json!({"guildhall_audience": "company"}), Audience::Company, None, false),
            (
                serde_json::json!({"guildhall_audience": "team:42", "visibility": "public"}),
                Audience::Team,
                Some(TeamId(42)),
                false,
            ),
        ] {
            assert_eq!(readers(&fields).unwrap(), Readers { audience, team, follows_parent }, "{fields}");
        }
        for fields in [
            serde_json::json!({"visibility": "everyone"}),
            serde_json::json!({"guildhall_audience": "team"}),
            serde_json::json!({"guildhall_audience": "team:x"}),
            serde_json::json!({"guildhall_audience": "space"}),
            serde_json::json!({"local_only": true, "visibility": "direct"}),
            serde_json::json!({"guildhall_audience": "company", "visibility": "direct"}),
            serde_json::json!({"guildhall_audience": "team:42", "visibility": "direct"}),
        ] {
            assert!(readers(&fields).is_err(), "{fields}");
        }
    }
}
