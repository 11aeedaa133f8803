//! From a file that arrived to an upload that can be used.

use bytes::Bytes;

use crate::{
    app::App,
    domain::{
        AccountId, ActorId, MediaId,
        media::{self, Allowance, Facts, Made, Media, Purpose, Upload},
    },
    error::{Error, Result},
    files::{Kind, Shape, Sort},
    http::extract::Received,
    secrets,
};

/// What is said about a file.
#[derive(Debug, Clone, Default)]
pub(in crate::http::mastodon) struct Words {
    /// What it shows.
    pub description: String,
    /// The point that matters.
    pub focus: Option<(f32, f32)>,
}

/// How wide and high the pictures of a profile are.
const AVATAR: Shape = Shape::Filled(400, 400);
/// A logo that becomes the picture of a brand.
const LOGO: Shape = Shape::Whole(400);
const HEADER: Shape = Shape::Filled(1500, 500);

/// Takes a file in. A picture can be used at once; a film is read by a job where ffmpeg is there.
pub(in crate::http::mastodon) async fn take_in(
    app: &App,
    by: (ActorId, AccountId),
    purpose: Purpose,
    received: Received,
    words: Words,
) -> Result<Media> {
    let shape = match purpose {
        Purpose::Post => Shape::Own,
        Purpose::Avatar => AVATAR,
        Purpose::Header => HEADER,
    };
    take_in_as(app, by, purpose, shape, received, words).await
}

async fn take_in_as(
    app: &App,
    (actor, account): (ActorId, AccountId),
    purpose: Purpose,
    shape: Shape,
    received: Received,
    words: Words,
) -> Result<Media> {
    let kind = received.kind;
    if purpose != Purpose::Post && kind.sort != Sort::Picture {
        return Err(Error::invalid("media.kind", "The picture of a profile is a JPEG, PNG, GIF or WebP."));
    }
    let upload = Upload {
        actor,
        account,
        purpose,
        name: secrets::new_file_name(),
        kind: kind.sort.as_str().to_owned(),
        media_type: kind.media_type.to_owned(),
        bytes: i32::try_from(received.bytes).unwrap_or(i32::MAX),
        description: words.description,
        focus: words.focus,
    };
    let settings = &app.config.media;
    let bytes = settings.account_megabytes.saturating_mul(1_000_000);
    let allowance = Allowance { files_per_hour: settings.uploads_per_hour, bytes };
    let name = upload.name.clone();
    let id = app.db.write(move |tx| media::begin(tx, &upload, allowance)).await?;
    let kept = match kind.sort {
        Sort::Picture => picture(app, id, &name, shape, &received).await,
        Sort::Film | Sort::Sound => film(app, id, &name, kind, &received).await,
    };
    let there = match kept {
        Ok(there) => there,
        Err(error) => {
            app.db.write(move |tx| media::discard(tx, id)).await?;
            return Err(error);
        }
    };
    if !there {
        // It was deleted while it was read: what was kept meanwhile goes as well.
        app.files.forget(&name).await?;
    }
    let missing = || Error::not_found("media.not_found", "There is no such upload.");
    app.db.read(move |conn| media::find(conn, id)).await?.ok_or_else(missing)
}

/// Takes in a logo that is to be the picture of an actor, all of it; nothing where it is none that a profile can have.
pub(in crate::http) async fn take_in_avatar(
    app: &App,
    by: (ActorId, AccountId),
    content: &[u8],
) -> Result<Option<MediaId>> {
    let Some(received) = Received::of(app, content).await? else { return Ok(None) };
    let media = take_in_as(app, by, Purpose::Avatar, LOGO, received, Words::default()).await?;
    Ok(Some(media.id))
}

async fn picture(app: &App, id: MediaId, name: &str, shape: Shape, received: &Received) -> Result<bool> {
    let picture = app.files.picture(received.file.path().to_owned(), received.kind, shape).await?;
    let file = format!("original.{}", picture.kind.extension);
    let preview = format!("small.{}", picture.small.kind.extension);
    let length = |content: &Bytes| i32::try_from(content.len()).unwrap_or(i32::MAX);
    let made = Made {
        media_type: picture.kind.media_type.to_owned(),
        bytes: length(&picture.content).saturating_add(length(&picture.small.content)),
        facts: Facts {
            size: Some(picture.size),
            small: Some(picture.small.size),
            blurhash: picture.blurhash.clone(),
            file: file.clone(),
            preview: Some(preview.clone()),
            ..Facts::default()
        },
    };
    app.files.keep(name, &file, picture.content).await?;
    app.files.keep(name, &preview, picture.small.content).await?;
    app.db.write(move |tx| media::finish(tx, id, &made)).await
}

async fn film(app: &App, id: MediaId, name: &str, kind: Kind, received: &Received) -> Result<bool> {
    let file = format!("original.{}", kind.extension);
    app.files.keep_file(name, &file, received.file.path()).await?;
    let made = Made {
        media_type: kind.media_type.to_owned(),
        bytes: i32::try_from(received.bytes).unwrap_or(i32::MAX),
        facts: Facts { file, ..Facts::default() },
    };
    if app.files.tools().are_there().await {
        app.db.write(move |tx| media::await_reading(tx, id, &made)).await
    } else {
        app.db.write(move |tx| media::finish(tx, id, &made)).await
    }
}
