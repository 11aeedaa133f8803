//! Films and sounds, by ffmpeg where it is there: how long they are, and a picture of them.
//!
//! What is read was uploaded by somebody, so ffmpeg is told what it is and may open nothing else: no address and no
//! file that the film names.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use tokio::process::Command;

use super::{Kind, Sort};
use crate::error::{Error, Result};

/// How long one look at a film may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is known of a film or a sound.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Film {
    /// How long it plays.
    pub seconds: Option<f64>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
}

/// The programs that read films.
#[derive(Debug, Clone, Copy)]
pub struct Tools<'a> {
    ffmpeg: &'a str,
}

impl<'a> Tools<'a> {
    pub(super) fn new(ffmpeg: &'a str) -> Self {
        Self { ffmpeg }
    }

    /// Whether both are there.
    pub async fn are_there(self) -> bool {
        run(Command::new(self.ffmpeg).arg("-version")).await.is_ok()
            && run(Command::new(self.ffprobe()).arg("-version")).await.is_ok()
    }

    fn ffprobe(self) -> PathBuf {
        let path = Path::new(self.ffmpeg);
        path.with_file_name("ffprobe")
    }

    /// How long and how large it is.
    pub async fn look(self, path: &Path, kind: Kind) -> Result<Film> {
        let mut probe = Command::new(self.ffprobe());
        probe.args(["-v", "error", "-protocol_whitelist", "file", "-f", demuxer(kind)]);
        probe.args(["-show_entries", "format=duration:stream=width,height", "-of", "json"]).arg(path);
        let found: Value = serde_json::from_slice(&run(&mut probe).await?).map_err(unreadable)?;
        let seconds = found.pointer("/format/duration").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let side = |stream: &Value, name: &str| stream[name].as_u64().and_then(|side| u32::try_from(side).ok());
        let streams = found.get("streams").and_then(Value::as_array).into_iter().flatten();
        let size = streams.filter_map(|stream| Some((side(stream, "width")?, side(stream, "height")?))).next();
        Ok(Film { seconds, size })
    }

    /// Writes its first picture as PNG; nothing for a sound.
    pub async fn still(self, path: &Path, kind: Kind, to: &Path) -> Result<bool> {
        if kind.sort != Sort::Film {
            return Ok(false);
        }
        let mut paint = Command::new(self.ffmpeg);
        paint.args(["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", demuxer(kind), "-i"]).arg(path);
        paint.args(["-frames:v", "1", "-vf", "scale='min(1280,iw)':-2", "-f", "image2", "-c:v", "png", "-y"]).arg(to);
        run(&mut paint).await.map(|_| true)
    }

    /// Writes the same film without what it says of place and camera.
    pub async fn clean(self, path: &Path, kind: Kind, to: &Path) -> Result<()> {
        let mut copy = Command::new(self.ffmpeg);
        copy.args(["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", demuxer(kind), "-i"]).arg(path);
        copy.args(["-map", "0:v:0?", "-map", "0:a:0?", "-map_metadata", "-1", "-c", "copy"]);
        copy.args(["-f", muxer(kind), "-y"]).arg(to);
        run(&mut copy).await.map(|_| ())
    }
}

/// What ffmpeg is told to read it as: it must not find out by itself.
fn demuxer(kind: Kind) -> &'static str {
    match kind.extension {
        "webm" => "matroska",
        "mp3" => "mp3",
        "ogg" | "opus" => "ogg",
        "flac" => "flac",
        "wav" => "wav",
        "aac" => "aac",
        _ => "mov",
    }
}

fn muxer(kind: Kind) -> &'static str {
    match kind.extension {
        "webm" => "webm",
        "mov" => "mov",
        "mp3" => "mp3",
        "ogg" | "opus" => "ogg",
        "flac" => "flac",
        "wav" => "wav",
        "aac" => "adts",
        _ => "mp4",
    }
}

fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::invalid("media.broken", "This film or sound cannot be read.").because(cause)
}

async fn run(command: &mut Command) -> Result<Vec<u8>> {
    let command = command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).env_clear();
    let command = command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = tokio::time::timeout(PATIENCE, command.output()).await.map_err(unreadable)?.map_err(unreadable)?;
    if output.status.success() { Ok(output.stdout) } else { Err(unreadable(output.status.to_string())) }
}
