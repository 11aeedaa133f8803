//! Files that people upload: kept in a folder or with S3, judged by what they are, made small.
//!
//! A file is named by a folder that nobody can guess and a name in it. Nothing here knows whose it is.

mod film;
mod kind;
mod picture;
mod s3;

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, local::LocalFileSystem,
    path::Path as Key,
};
use tokio::{
    io::AsyncReadExt,
    sync::{OwnedSemaphorePermit, Semaphore},
};

pub use film::{Film, Tools};
pub use kind::{Kind, START, SUPPORTED, Sort, judge};
pub use picture::{PIXELS, Picture, Shape, Small};
pub use tempfile::NamedTempFile;

use crate::{
    config,
    error::{Error, Result},
};

/// How many pictures are read at the same time: each may take some 200 MB.
const PICTURES: usize = 2;

/// How many requests may bring files at the same time: what arrives is on the disk twice for a moment.
const ARRIVING: usize = 16;

/// The store of files.
pub struct Files {
    settings: config::Media,
    folder: PathBuf,
    temporary: PathBuf,
    store: OnceLock<Arc<dyn ObjectStore>>,
    pictures: Arc<Semaphore>,
    arriving: Arc<Semaphore>,
}

/// A file that is being read.
pub struct Opened {
    /// How large the whole file is.
    pub size: u64,
    /// Which part of it this is.
    pub range: Range<u64>,
    /// The part.
    pub content: BoxStream<'static, Result<Bytes>>,
}

/// Which part of a file is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// From the first to before the second byte.
    Between(u64, u64),
    /// Everything from here on.
    From(u64),
    /// So many bytes of its end.
    Last(u64),
}

impl Files {
    /// The store as the settings say. Nothing is touched before the first file.
    pub fn new(settings: &config::Media, data_dir: &Path) -> Self {
        Self {
            settings: settings.clone(),
            folder: settings.folder.clone().unwrap_or_else(|| data_dir.join("media")),
            temporary: data_dir.join("uploads"),
            store: OnceLock::new(),
            pictures: Arc::new(Semaphore::new(PICTURES)),
            arriving: Arc::new(Semaphore::new(ARRIVING)),
        }
    }

    fn store(&self) -> Result<Arc<dyn ObjectStore>> {
        if let Some(store) = self.store.get() {
            return Ok(store.clone());
        }
        let store: Arc<dyn ObjectStore> = match &self.settings.s3_endpoint {
            Some(endpoint) => Arc::new(s3::open(endpoint, &self.settings)?),
            None => {
                make_folder(&self.folder)?;
                Arc::new(LocalFileSystem::new_with_prefix(&self.folder).map_err(away)?.with_automatic_cleanup(true))
            }
        };
        Ok(self.store.get_or_init(|| store).clone())
    }

    /// Waits for a place among the requests that bring files.
    pub async fn arrive(&self) -> Result<OwnedSemaphorePermit> {
        self.arriving.clone().acquire_owned().await.map_err(Error::internal)
    }

    /// An empty file for what arrives; it goes when it is dropped.
    pub fn temporary(&self) -> Result<NamedTempFile> {
        make_folder(&self.temporary)?;
        NamedTempFile::new_in(&self.temporary).map_err(full)
    }

    /// Keeps these bytes.
    pub async fn keep(&self, folder: &str, name: &str, content: Bytes) -> Result<()> {
        let store = self.store()?;
        store.put(&key(folder, name)?, PutPayload::from_bytes(content)).await.map_err(away)?;
        Ok(())
    }

    /// Keeps a file that arrived.
    pub async fn keep_file(&self, folder: &str, name: &str, path: &Path) -> Result<()> {
        let store = self.store()?;
        let mut file = tokio::fs::File::open(path).await.map_err(full)?;
        let upload = store.put_multipart(&key(folder, name)?).await.map_err(away)?;
        let mut writer = WriteMultipart::new(upload);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut buffer).await.map_err(full)?;
            let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
            writer.wait_for_capacity(4).await.map_err(away)?;
            writer.write(part);
        }
        writer.finish().await.map_err(away)?;
        Ok(())
    }

    /// Opens a file, or a part of it; nothing when there is none.
    pub async fn open(&self, folder: &str, name: &str, part: Part) -> Result<Option<Opened>> {
        let range = match part {
            Part::Whole => None,
            Part::Between(first, end) => Some(GetRange::Bounded(first..end)),
            Part::From(first) => Some(GetRange::Offset(first)),
            Part::Last(count) => Some(GetRange::Suffix(count)),
        };
        let options = GetOptions { range, ..GetOptions::default() };
        match self.store()?.get_opts(&key(folder, name)?, options).await {
            Ok(found) => Ok(Some(Opened {
                size: found.meta.size,
                range: found.range.clone(),
                content: found.into_stream().map_err(away).boxed(),
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(away(error)),
        }
    }

    /// How large a file is; nothing when there is none.
    pub async fn size(&self, folder: &str, name: &str) -> Result<Option<u64>> {
        match self.store()?.head(&key(folder, name)?).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(away(error)),
        }
    }

    /// Copies a file to one that is read by programs.
    pub async fn fetch(&self, folder: &str, name: &str, to: &Path) -> Result<()> {
        let missing = || Error::not_found("media.file", "The file is not there.");
        let mut opened = self.open(folder, name, Part::Whole).await?.ok_or_else(missing)?;
        let mut file = tokio::fs::File::create(to).await.map_err(full)?;
        while let Some(part) = opened.content.next().await {
            tokio::io::AsyncWriteExt::write_all(&mut file, &part?).await.map_err(full)?;
        }
        tokio::io::AsyncWriteExt::flush(&mut file).await.map_err(full)
    }

    /// Deletes everything in a folder. What is not there is fine.
    pub async fn forget(&self, folder: &str) -> Result<()> {
        let store = self.store()?;
        let prefix = Key::parse(folder).map_err(Error::internal)?;
        let found: Vec<_> =
            store.list(Some(&prefix)).map_ok(|found| found.location).try_collect().await.map_err(away)?;
        for file in found {
            match store.delete(&file).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(away(error)),
            }
        }
        Ok(())
    }

    /// Reads a picture and makes it what it is to be, off the async threads and not too many at once.
    pub async fn picture(&self, path: PathBuf, kind: Kind, shape: Shape) -> Result<Picture> {
        let permit = self.pictures.clone().acquire_owned().await.map_err(Error::internal)?;
        let work = move || {
            let _permit = permit;
            picture::read(&path, kind, shape)
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    /// What films are read with.
    pub fn tools(&self) -> Tools<'_> {
        Tools::new(&self.settings.ffmpeg)
    }

    /// The most bytes that a file of this kind may have.
    pub fn most(&self, kind: Kind) -> usize {
        match kind.sort {
            Sort::Picture => self.settings.image_bytes,
            Sort::Film | Sort::Sound => self.settings.video_bytes,
        }
    }
}

fn key(folder: &str, name: &str) -> Result<Key> {
    let sound = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    if !sound(name) || !folder.split('/').all(sound) || name.starts_with('.') || folder.contains("..") {
        return Err(Error::not_found("media.file", "There is no such file."));
    }
    Key::parse(format!("{folder}/{name}")).map_err(Error::internal)
}

fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(full)
}

fn full(error: std::io::Error) -> Error {
    Error::unavailable("media.store", "Files cannot be written now. Please try again later.").because(error)
}

fn away(error: object_store::Error) -> Error {
    Error::unavailable("media.store", "The store of files does not answer. Please try again later.").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_its_folder() {
        assert!(key("abc", "original.png").is_ok() && key("elsewhere/abc", "file").is_ok());
        for (folder, name) in [
            ("", "a"),
            ("abc", ""),
            ("abc", ".."),
            ("..", "a"),
            ("abc", "../a"),
            ("abc", "a/b"),
            ("/abc", "a"),
            ("a", ".a"),
        ] {
            assert!(key(folder, name).is_err(), "{folder} {name}");
        }
    }
}
