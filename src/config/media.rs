//! Where uploaded files are kept, and how much of them.

use super::{
    origin,
    section::{optional, section, text, whole},
};
use crate::config::Hidden;
use std::path::PathBuf;
use toml::Value;
use url::Url;

section! {
    /// Where uploaded files are kept, and how much of them.
    Media {
        /// The folder of uploaded files. Not set: `media` in the data folder. Several processes on several machines share it, or use S3.
        folder: Option<PathBuf> = None, "a folder", optional(folder);
        /// The S3 service that keeps uploaded files instead of a folder, by its address without the bucket.
        s3_endpoint: Option<Url> = None, "an http:// or https:// address without path, such as https://s3.company.com", optional(origin);
        /// The bucket there. Nobody else needs to read it: files are handed on by this server.
        s3_bucket: Option<String> = None, "the name of a bucket", optional(text);
        /// The region that the service wants to be named.
        s3_region: String = "us-east-1".to_owned(), "the name of a region", text;
        /// The name of the key for it.
        s3_access_key: Option<Hidden> = None, "an access key", optional(hidden);
        /// The secret of the key for it.
        s3_secret_key: Option<Hidden> = None, "a secret access key", optional(hidden);
        /// How many bytes an uploaded picture may have.
        image_bytes: usize = 16_777_216, "a whole number from 65536 to 104857600", whole(65_536..=104_857_600);
        /// How many bytes an uploaded film or sound may have.
        video_bytes: usize = 103_809_024, "a whole number from 65536 to 1073741824", whole(65_536..=1_073_741_824);
        /// How many megabytes all uploads of one account may have together.
        account_megabytes: i64 = 10_000, "a whole number from 1 to 10000000", whole(1..=10_000_000);
        /// How many files one account may upload in an hour.
        uploads_per_hour: i64 = 100, "a whole number from 1 to 100000", whole(1..=100_000);
        /// How many megabytes of other servers' pictures, films and sounds are kept, so that readers need not ask those servers.
        elsewhere_megabytes: i64 = 2_000, "a whole number from 1 to 10000000", whole(1..=10_000_000);
        /// The program that makes previews of films: ffmpeg, with ffprobe beside it. Where it is not there films have no preview.
        ffmpeg: String = "ffmpeg".to_owned(), "a name or the path of a program", text;
    }
}

fn folder(value: &Value) -> Option<PathBuf> {
    text(value).map(PathBuf::from)
}

fn hidden(value: &Value) -> Option<Hidden> {
    text(value).map(Hidden::from)
}
