//! What a file is, by how it begins: what it is called, and what its sender says, counts for nothing.

/// How many bytes of the beginning are looked at.
pub const START: usize = 512;

/// What can be uploaded.
pub const SUPPORTED: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/webm",
    "video/mp4",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/opus",
    "audio/flac",
    "audio/wav",
    "audio/aac",
];

/// Picture, film or sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Something that is looked at.
    Picture,
    /// Something that is watched.
    Film,
    /// Something that is listened to.
    Sound,
}

impl Sort {
    /// The word of it in the Mastodon API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "image",
            Self::Film => "video",
            Self::Sound => "audio",
        }
    }
}

/// What a file was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Picture, film or sound.
    pub sort: Sort,
    /// The media type under which it is handed on.
    pub media_type: &'static str,
    /// How its name ends.
    pub extension: &'static str,
}

impl Kind {
    /// A photograph.
    pub const JPEG: Self = kind(Sort::Picture, "image/jpeg", "jpg");
    /// What is drawn, or can be seen through.
    pub const PNG: Self = kind(Sort::Picture, "image/png", "png");

    /// The kind that has this media type.
    pub fn of(media_type: &str) -> Option<Self> {
        let known = KINDS.iter().find(|(.., kind)| kind.media_type == media_type);
        known.map(|(_, kind)| *kind)
    }
}

const fn kind(sort: Sort, media_type: &'static str, extension: &'static str) -> Kind {
    Kind { sort, media_type, extension }
}

/// What we take, by what the library calls it.
const KINDS: &[(&str, Kind)] = &[
    ("image/jpeg", Kind::JPEG),
    ("image/png", Kind::PNG),
    ("image/gif", kind(Sort::Picture, "image/gif", "gif")),
    ("image/webp", kind(Sort::Picture, "image/webp", "webp")),
    ("video/mp4", kind(Sort::Film, "video/mp4", "mp4")),
    ("video/x-m4v", kind(Sort::Film, "video/mp4", "mp4")),
    ("video/webm", kind(Sort::Film, "video/webm", "webm")),
    ("video/quicktime", kind(Sort::Film, "video/quicktime", "mov")),
    ("audio/mpeg", kind(Sort::Sound, "audio/mpeg", "mp3")),
    ("audio/m4a", kind(Sort::Sound, "audio/mp4", "m4a")),
    ("audio/ogg", kind(Sort::Sound, "audio/ogg", "ogg")),
    ("audio/opus", kind(Sort::Sound, "audio/opus", "opus")),
    ("audio/x-flac", kind(Sort::Sound, "audio/flac", "flac")),
    ("audio/x-wav", kind(Sort::Sound, "audio/wav", "wav")),
    ("audio/aac", kind(Sort::Sound, "audio/aac", "aac")),
];

/// What a file is that begins like this; nothing when it is nothing that we take.
pub fn judge(start: &[u8]) -> Option<Kind> {
    let found = infer::get(start)?;
    KINDS.iter().find(|(known, _)| *known == found.mime_type()).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_like() {
        for (start, media_type) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("image/png")),
            (b"GIF89a\x01\0\x01\0", Some("image/gif")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", Some("video/mp4")),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Some("video/quicktime")),
            (b"ID3\x04\0\0\0\0\0\0", Some("audio/mpeg")),
            (b"fLaC\0\0\0\x22", Some("audio/flac")),
            (b"", None),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", None),
            (b"<!doctype html><script>alert(1)</script>", None),
            (b"%PDF-1.7", None),
            (b"#EXTM3U\nhttp://127.0.0.1/", None),
            (b"push graphic-context\nviewbox 0 0 1 1", None),
            (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", None),
        ] {
            assert_eq!(judge(start).map(|kind| kind.media_type), media_type, "{start:?}");
        }
    }
}
