//! `GET /api/v1/instance` and `/api/v2/instance`: what this server is and can do.

use std::time::Duration;

use axum::{Router, extract::State, routing::get};

use super::{
    assets,
    entities::{
        AccountLimits, ApiVersions, Configuration, Contact, Feeds, Icon, Instance, InstanceV1, MediaLimits, PollLimits,
        Registrations, Rule, Stats, StatusLimits, Thumbnail, TimelinesAccess, Translation, Urls, UrlsV1, Usage,
        UsageUsers, Vapid,
    },
    look::{Look, look},
};
use crate::{
    app::App,
    domain::{Site, actors, media, org, posts, servers, tags},
    error::Result,
    files,
    http::extract::{Json, Paths},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new().at("/api/v2/instance", get(v2)).at("/api/v1/instance", get(v1))
}

/// `GET /api/v2/instance`
async fn v2(State(app): State<App>) -> Result<Json<Instance>> {
    let facts = look(&app, None, facts).await?;
    let site = &app.site;
    let configuration = Configuration {
        urls: Some(Urls {
            streaming: streaming(site),
            status: None,
            about: Some(format!("{}/about", site.base_url)),
            privacy_policy: Some(format!("{}/legal/privacy", site.base_url)),
            terms_of_service: None,
        }),
        vapid: Some(Vapid { public_key: app.vapid.public_key() }),
        translation: Some(Translation { enabled: false }),
        timelines_access: Some(TimelinesAccess {
            live_feeds: Feeds { local: "public", remote: "public" },
            hashtag_feeds: Feeds { local: "public", remote: "public" },
            // Links are not counted, so none trend.
            trending_link_feeds: Feeds { local: "disabled", remote: "disabled" },
        }),
        limited_federation: Some(false),
        ..limits(&app)
    };
    Ok(Json(Instance {
        domain: site.domain.clone(),
        title: facts.title,
        version: version(),
        source_url: app.config.source().to_owned(),
        description: facts.description,
        usage: Usage { users: UsageUsers { active_month: facts.active } },
        thumbnail: Thumbnail { url: assets::header(&site.base_url) },
        icon: vec![Icon { src: assets::avatar(&site.base_url), size: "400x400" }],
        languages: Vec::new(),
        configuration,
        registrations: Registrations {
            enabled: facts.registrations != org::Registrations::Closed,
            approval_required: facts.registrations == org::Registrations::Approval,
            reason_required: facts.registrations == org::Registrations::Approval,
            message: None,
            min_age: None,
            url: None,
        },
        // 7 promises quotes, and what came before: grouped notifications, blurring filters, endorsements.
        api_versions: ApiVersions { mastodon: 7 },
        contact: Contact { email: String::new(), account: None },
        rules: facts.rules,
    }))
}

/// `GET /api/v1/instance`
async fn v1(State(app): State<App>) -> Result<Json<InstanceV1>> {
    let facts = look(&app, None, facts).await?;
    let site = &app.site;
    Ok(Json(InstanceV1 {
        uri: site.domain.clone(),
        title: facts.title,
        short_description: facts.description.clone(),
        description: facts.description,
        email: String::new(),
        version: version(),
        urls: UrlsV1 { streaming_api: streaming(site) },
        stats: facts.stats,
        thumbnail: assets::header(&site.base_url),
        languages: Vec::new(),
        registrations: facts.registrations != org::Registrations::Closed,
        approval_required: facts.registrations == org::Registrations::Approval,
        invites_enabled: false,
        configuration: limits(&app),
        contact_account: None,
        rules: facts.rules,
    }))
}

struct Facts {
    title: String,
    /// HTML.
    description: String,
    active: i64,
    stats: Stats,
    rules: Vec<Rule>,
    registrations: org::Registrations,
}

fn facts(look: &mut Look<'_>) -> Result<Facts> {
    let month = look.now.minus(Duration::from_secs(30 * 24 * 3600));
    let (user_count, active) = actors::count_local(look.conn, month)?;
    let company = org::company(look.conn, &look.site.domain)?;
    Ok(Facts {
        title: company.name,
        description: html_escape::encode_text(&company.description.unwrap_or_default()).into_owned(),
        active,
        registrations: company.registrations,
        stats: Stats {
            user_count,
            status_count: posts::count_local(look.conn)?,
            domain_count: servers::count(look.conn)?,
        },
        rules: Rule::list(org::rules(look.conn)?),
    })
}

/// The version that clients read: that of the Mastodon with whose API this is compatible, before our own.
fn version() -> String {
    format!("4.5.0 (compatible; Guildhall {})", env!("CARGO_PKG_VERSION"))
}

/// The root of the WebSocket address; clients add the path.
fn streaming(site: &Site) -> String {
    match site.base_url.split_once("://") {
        Some(("http", rest)) => format!("ws://{rest}"),
        Some((_, rest)) => format!("wss://{rest}"),
        None => site.base_url.clone(),
    }
}

fn limits(app: &App) -> Configuration {
    let settings = &app.config.media;
    Configuration {
        urls: None,
        vapid: None,
        accounts: AccountLimits {
            max_featured_tags: tags::FEATURED,
            max_pinned_statuses: posts::PINS,
            max_display_name_length: actors::NAME_LENGTH,
            max_note_length: actors::NOTE_LENGTH,
            max_profile_fields: actors::FIELDS,
            profile_field_name_limit: actors::FIELD_LENGTH,
            profile_field_value_limit: actors::FIELD_LENGTH,
        },
        statuses: StatusLimits {
            max_characters: app.site.post_characters,
            max_media_attachments: media::FILES,
            characters_reserved_per_url: 23,
            supported_mime_types: vec!["text/plain", "text/markdown"],
        },
        media_attachments: MediaLimits {
            description_limit: media::DESCRIPTION,
            supported_mime_types: files::SUPPORTED.to_vec(),
            image_size_limit: settings.image_bytes,
            image_matrix_limit: usize::try_from(files::PIXELS).unwrap_or(usize::MAX),
            video_size_limit: settings.video_bytes,
            video_frame_rate_limit: 120,
            video_matrix_limit: 8_294_400,
        },
        polls: PollLimits {
            max_options: posts::CHOICES,
            max_characters_per_option: posts::CHOICE_LENGTH,
            min_expiration: posts::SHORTEST,
            max_expiration: posts::LONGEST,
        },
        translation: None,
        timelines_access: None,
        limited_federation: None,
    }
}
