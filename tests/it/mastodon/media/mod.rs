//! Uploads: pictures, films and sounds, on posts and on profiles.

mod attached;
mod bucket;
mod elsewhere;
mod films;
mod hostile;
mod profiles;
mod readers;
mod real_films;
mod uploads;

use std::io::Cursor;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use serde_json::Value;
use tower::ServiceExt;

use super::{BASE, House, Person, Reply};

/// A picture with colours that differ from corner to corner.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels =
        RgbaImage::from_fn(width, height, |x, y| Rgba([(x * 255 / width) as u8, (y * 255 / height) as u8, 90, 255]));
    let image = DynamicImage::from(pixels);
    let image = if format == ImageFormat::Jpeg { DynamicImage::from(image.to_rgb8()) } else { image };
    let mut written = Cursor::new(Vec::new());
    image.write_to(&mut written, format).unwrap();
    written.into_inner()
}

/// A photograph that lies on its side, says so, and says where it was taken.
pub fn photograph(width: u32, height: u32, place: &str) -> Vec<u8> {
    let plain = picture(width, height, ImageFormat::Jpeg);
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    // Orientation: to be turned right by 90 degrees.
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    // ImageDescription, behind the directory.
    tiff.extend([0x0e, 0x01, 2, 0]);
    tiff.extend((place.len() as u32).to_le_bytes());
    tiff.extend(38_u32.to_le_bytes());
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(place.as_bytes());
    let mut segment = b"\xff\xe1".to_vec();
    segment.extend((tiff.len() as u16 + 8).to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    [&plain[..2], &segment, &plain[2..]].concat()
}

/// A multipart form: fields, and files with the names that their sender gives them.
pub fn form(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, file_name, content) in files {
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    body
}

/// A file as it was handed out.
pub struct Handed {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub content: Bytes,
}

impl Handed {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl House {
    /// Sends a multipart form.
    pub async fn send_form(&self, who: Option<&Person>, method: Method, path: &str, body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(person) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
        }
        request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Tries to upload a file.
    pub async fn uploads(&self, who: &Person, content: &[u8]) -> Reply {
        let body = form(&[], &[("file", "picture.png", content)]);
        self.send_form(Some(who), Method::POST, "/api/v2/media", body).await
    }

    /// Uploads a small picture.
    pub async fn uploaded(&self, who: &Person) -> Value {
        self.uploads(who, &picture(64, 48, ImageFormat::Png)).await.ok()
    }

    /// What is at an address of ours, for whoever these headers say.
    pub async fn file(&self, url: &str, headers: &[(&str, &str)]) -> Handed {
        let path = url.strip_prefix(BASE).unwrap_or(url);
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        Handed { status: parts.status, headers: parts.headers, content: body.collect().await.unwrap().to_bytes() }
    }

    /// The status of a file for somebody with a token, or nobody.
    pub async fn file_for(&self, url: &str, who: Option<&Person>) -> u16 {
        let token = who.map(|person| format!("Bearer {}", person.token));
        let headers: Vec<(&str, &str)> = token.iter().map(|token| ("authorization", token.as_str())).collect();
        self.file(url, &headers).await.status.as_u16()
    }

    /// The files that are kept.
    pub fn kept(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
            entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.folder.path().join("media"))
    }

    /// What is left of files that arrived.
    pub fn leftovers(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("uploads")).map_or(0, Iterator::count)
    }
}

/// An address as text.
pub fn url(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no address: {value}"))
}
