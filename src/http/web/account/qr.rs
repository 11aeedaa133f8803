//! QR codes, drawn in the page itself.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

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
    /// The code of a text of 2,953 bytes at most. It stands on a screen, where nothing of it is lost, so that it corrects as
    /// little as there is and its modules stay large.
    pub fn of(text: &str) -> Result<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L)
            .map_err(|error| Error::internal(format!("no QR code: {error}")))?;
        let width = code.width();
        let mut dark = String::new();
        for (place, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let (x, y) = (place % width + QUIET, place / width + QUIET);
            let _ = write!(dark, "M{x} {y}h1v1h-1z");
        }
        Ok(Self { side: width + 2 * QUIET, dark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::web::words;

    #[test]
    fn the_longest_name_of_a_company_fits() {
        let issuer = words::parameter(&"🦉".repeat(100));
        let name = words::parameter(&format!("@{}@{}", "a".repeat(30), "b".repeat(253)));
        let link = format!("otpauth://totp/{issuer}:{name}?secret={}&issuer={issuer}", "A".repeat(32));
        assert!(QrPicture::of(&link).is_ok(), "{} characters", link.len());
        assert!(QrPicture::of(&"b".repeat(2_954)).is_err(), "a control");
    }
}
