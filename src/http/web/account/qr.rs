//! QR codes, drawn in the page itself.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

use crate::error::{Error, Result};

/// How many modules stay light around it (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// A QR code as the path of an SVG in which each module is one unit wide.
pub(super) struct QrPicture {
    /// How wide and high it is, with the quiet zone.
    pub side: usize,
    /// The dark modules: a square each.
    pub dark: String,
}

impl QrPicture {
    /// The code of a text; none holds more than 2,331 bytes.
    pub fn of(text: &str) -> Result<Self> {
        let code = QrCode::new(text).map_err(|error| Error::internal(format!("no QR code: {error}")))?;
        let width = code.width();
        let mut dark = String::new();
        for (place, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let (x, y) = (place % width + QUIET, place / width + QUIET);
            let _ = write!(dark, "M{x} {y}h1v1h-1z");
        }
        Ok(Self { side: width + 2 * QUIET, dark })
    }
}
