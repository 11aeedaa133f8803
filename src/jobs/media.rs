//! What happens to uploads after the request: films are read, and files of what is gone are deleted.

use bytes::Bytes;

use crate::{
    app::App,
    domain::{
        MediaId,
        media::{self, Facts, Made, Media, MediaState},
    },
    error::{Error, Kind as Fault, Result},
    files::{Kind, Shape},
};

/// How many uploads are let go at a time.
const PORTION: i64 = 100;

/// Deletes the files of what is gone, and then its rows. Running it again does no harm.
pub(super) async fn drop_files(app: &App) -> Result<()> {
    loop {
        let gone = app.db.read(|conn| media::gone(conn, PORTION)).await?;
        if gone.is_empty() {
            return Ok(());
        }
        for one in &gone {
            app.files.forget(&one.name).await?;
        }
        let ids: Vec<MediaId> = gone.iter().map(|one| one.id).collect();
        app.db.write(move |tx| media::drop_rows(tx, &ids)).await?;
    }
}

/// Finds out how long and how large a film is, takes out what it says of its place, and paints a picture of it.
pub(super) async fn read_film(app: &App, id: MediaId) -> Result<()> {
    let found = app.db.read(move |conn| media::find(conn, id)).await?;
    let Some(found) = found.filter(|found| found.state == MediaState::Working) else { return Ok(()) };
    let name = found.name.clone();
    match read(app, &found).await {
        Ok(made) => {
            if !app.db.write(move |tx| media::finish(tx, id, &made)).await? {
                app.files.forget(&name).await?;
            }
            Ok(())
        }
        Err(error) if error.kind() == Fault::Invalid => {
            tracing::info!(media.id = id.0, %error, "Upload {id} could not be read");
            app.db.write(move |tx| media::fail(tx, id)).await
        }
        Err(error) => Err(error),
    }
}

async fn read(app: &App, found: &Media) -> Result<Made> {
    let kind = Kind::of(&found.media_type).ok_or_else(|| Error::internal("a kind that we do not take"))?;
    let (files, tools, file) = (&app.files, app.files.tools(), &found.details.0.file);
    let (arrived, cleaned, still) = (files.temporary()?, files.temporary()?, files.temporary()?);
    files.fetch(&found.name, file, arrived.path()).await?;
    let film = tools.look(arrived.path(), kind).await?;
    tools.clean(arrived.path(), kind, cleaned.path()).await?;
    let mut facts = Facts { size: film.size, seconds: film.seconds, ..found.details.0.clone() };
    let mut bytes = std::fs::metadata(cleaned.path()).map_err(Error::internal)?.len();
    if tools.still(cleaned.path(), kind, still.path()).await? {
        let png = Kind::of("image/png").ok_or_else(|| Error::internal("a kind that we do not take"))?;
        let picture = files.picture(still.path().to_owned(), png, Shape::Own).await?;
        let preview = format!("small.{}", picture.small.kind.extension);
        let content: Bytes = picture.small.content;
        bytes += content.len() as u64;
        files.keep(&found.name, &preview, content).await?;
        facts.small = Some(picture.small.size);
        facts.blurhash = picture.blurhash;
        facts.preview = Some(preview);
    }
    files.keep_file(&found.name, file, cleaned.path()).await?;
    let bytes = i32::try_from(bytes).unwrap_or(i32::MAX);
    Ok(Made { media_type: found.media_type.clone(), bytes, facts })
}
