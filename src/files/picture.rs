//! Pictures: read within bounds, turned upright, and written anew, so that nothing but the picture is left of the file:
//! no place, no camera, no script behind its end.

use std::{
    fs::File,
    io::{BufReader, Cursor},
    path::Path,
};

use bytes::Bytes;
use image::{
    AnimationDecoder, DynamicImage, ImageDecoder, ImageReader, Limits, RgbaImage,
    codecs::{gif::GifDecoder, gif::GifEncoder, gif::Repeat, jpeg::JpegEncoder},
    imageops::{self, FilterType},
};

use super::Kind;
use crate::error::{Error, Result};

/// How many pixels a picture may have that is uploaded.
pub const PIXELS: u64 = 33_177_600;
/// How many of them are kept.
const KEPT: u64 = 8_294_400;
/// How many pixels the small picture has at most.
const SMALL: u64 = 230_400;
/// The longest side of a picture.
const SIDE: u32 = 16_384;
/// The most memory that reading one picture may take.
const MEMORY: u64 = 256 * 1024 * 1024;
/// How many frames an animation may have, and how many pixels they may have together.
const FRAMES: usize = 300;
const FRAME_PIXELS: u64 = 60_000_000;
/// How well JPEG is written, of 100.
const QUALITY: u8 = 88;

/// What a picture is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As it is, but not too large.
    Own,
    /// The same, and never a JPEG: what is drawn, small and of few colours, also where other servers take no
    /// photographs for it.
    Drawn,
    /// Filled by its middle, so wide and high.
    Filled(u32, u32),
    /// The whole of it in a square with such a side, on what it has in its corner: a logo is not cut off.
    Whole(u32),
    /// Filled by its middle as a square, and as few bytes as will do: pages show many.
    Face(u32),
}

/// A picture, written anew.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What it is now.
    pub kind: Kind,
    /// Width and height.
    pub size: (u32, u32),
    /// The file.
    pub content: Bytes,
    /// The small picture that stands for it.
    pub small: Small,
    /// A blur to show before it is loaded.
    pub blurhash: Option<String>,
}

/// A small picture.
#[derive(Debug, Clone)]
pub struct Small {
    /// What it is.
    pub kind: Kind,
    /// Width and height.
    pub size: (u32, u32),
    /// The file.
    pub content: Bytes,
}

fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::invalid("media.broken", "This picture cannot be read: it is damaged or not what it seems to be.")
        .because(cause)
}

fn too_large() -> Error {
    Error::invalid("media.too_many_pixels", "This picture has too many pixels. Please make it smaller.")
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    limits
}

/// Reads the picture in a file. Blocks, and takes up to 256 MiB.
pub(super) fn read(path: &Path, kind: Kind, shape: Shape) -> Result<Picture> {
    let image = first_frame(path, kind)?;
    let image = match shape {
        Shape::Own | Shape::Drawn => within(image, KEPT),
        Shape::Filled(width, height) => image.resize_to_fill(width, height, FilterType::Triangle),
        Shape::Whole(side) => whole(&image, side),
        Shape::Face(side) => image.resize_to_fill(side, side, FilterType::Triangle),
    };
    // What can be seen through stays so; of the rest JPEG takes a tenth of the bytes.
    let kind = match shape {
        Shape::Face(_) if is_solid(&image) => Kind::JPEG,
        Shape::Face(_) => Kind::PNG,
        _ => kind,
    };
    let animated =
        if kind.extension == "gif" && matches!(shape, Shape::Own | Shape::Drawn) { animation(path)? } else { None };
    let (kind, content) = match animated {
        Some(content) => (kind, content),
        None => write(&image, kind, shape)?,
    };
    let little = within(image.clone(), SMALL);
    let (small_kind, small) = write(&little, kind, shape)?;
    Ok(Picture {
        kind,
        size: (image.width(), image.height()),
        content,
        blurhash: blurhash(&little),
        small: Small { kind: small_kind, size: (little.width(), little.height()), content: small },
    })
}

/// The picture itself, upright; of an animation how it begins.
fn first_frame(path: &Path, kind: Kind) -> Result<DynamicImage> {
    let format = image::ImageFormat::from_mime_type(kind.media_type).ok_or_else(|| broken("no picture"))?;
    let mut reader = ImageReader::with_format(BufReader::new(File::open(path).map_err(Error::internal)?), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || width == 0 || height == 0 {
        return Err(too_large());
    }
    let orientation = decoder.orientation().map_err(refusal)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn refusal(error: image::ImageError) -> Error {
    match error {
        image::ImageError::Limits(_) => too_large().because(error),
        _ => broken(error),
    }
}

/// An animation, frame by frame; nothing when it has only one.
fn animation(path: &Path) -> Result<Option<Bytes>> {
    let mut decoder = GifDecoder::new(BufReader::new(File::open(path).map_err(Error::internal)?)).map_err(refusal)?;
    decoder.set_limits(limits()).map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    let each = u64::from(width) * u64::from(height);
    let mut frames = Vec::new();
    for frame in decoder.into_frames() {
        frames.push(frame.map_err(refusal)?);
        if frames.len() > FRAMES || each * frames.len() as u64 > FRAME_PIXELS {
            return Err(Error::invalid(
                "media.too_long",
                format!("This animation is too long or too large: it may have {FRAMES} frames. A film is smaller."),
            ));
        }
    }
    if frames.len() < 2 {
        return Ok(None);
    }
    let mut written = Vec::new();
    {
        let mut encoder = GifEncoder::new_with_speed(&mut written, 20);
        encoder.set_repeat(Repeat::Infinite).map_err(Error::internal)?;
        encoder.encode_frames(frames).map_err(Error::internal)?;
    }
    Ok(Some(written.into()))
}

/// The picture with at most so many pixels.
fn within(image: DynamicImage, most: u64) -> DynamicImage {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let scale = (most as f64 / (width * height)).sqrt();
    if scale >= 1.0 {
        return image;
    }
    let side = |length: f64| ((length * scale).round() as u32).max(1);
    image.resize_exact(side(width), side(height), FilterType::Triangle)
}

/// The whole picture in a square.
fn whole(image: &DynamicImage, side: u32) -> DynamicImage {
    let fitted = image.resize(side, side, FilterType::Triangle).to_rgba8();
    let mut square = RgbaImage::from_pixel(side, side, *fitted.get_pixel(0, 0));
    let (x, y) = (side.saturating_sub(fitted.width()) / 2, side.saturating_sub(fitted.height()) / 2);
    imageops::replace(&mut square, &fitted, i64::from(x), i64::from(y));
    let square = DynamicImage::from(square);
    if image.color().has_alpha() { square } else { square.to_rgb8().into() }
}

/// Whether nothing can be seen through it.
fn is_solid(image: &DynamicImage) -> bool {
    !image.color().has_alpha() || image.to_rgba8().pixels().all(|pixel| pixel.0[3] == 255)
}

/// Writes a photograph as JPEG, and what is drawn or can be seen through as PNG.
fn write(image: &DynamicImage, from: Kind, shape: Shape) -> Result<(Kind, Bytes)> {
    let mut written = Cursor::new(Vec::new());
    let opaque = from.extension == "jpg" || from.extension == "webp" && !image.color().has_alpha();
    let photograph = opaque && shape != Shape::Drawn;
    let media_type = if photograph {
        image
            .to_rgb8()
            .write_with_encoder(JpegEncoder::new_with_quality(&mut written, QUALITY))
            .map_err(Error::internal)?;
        "image/jpeg"
    } else {
        let narrow = if image.color().has_alpha() {
            DynamicImage::from(image.to_rgba8())
        } else {
            DynamicImage::from(image.to_rgb8())
        };
        narrow.write_to(&mut written, image::ImageFormat::Png).map_err(Error::internal)?;
        "image/png"
    };
    let kind = Kind::of(media_type).ok_or_else(|| Error::internal("a kind that we do not take"))?;
    Ok((kind, written.into_inner().into()))
}

fn blurhash(little: &DynamicImage) -> Option<String> {
    let tiny = little.thumbnail(32, 32).to_rgba8();
    blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).ok()
}
