//! The company's one colour, and everything that follows from it.
//!
//! The company gives a hex and gets it back untouched on large areas. Where people have to read, lightness is bounded
//! in OKLCH, and chroma is lowered until the colour exists in sRGB; hue stays. The bounds are chosen so that the
//! contrasts which the tests demand hold for every hex, black, white and mid grey included.

use std::{fmt, str::FromStr};

use palette::{FromColor, Oklch, Srgb, color_difference::Wcag21RelativeContrast, convert::FromColorUnclamped};

use crate::error::{Error, Result};

/// A colour of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(Srgb<u8>);

/// Where black and white have the same contrast, 4.58, with a ground of this luminance.
const FLIP: f64 = 0.179;

impl Colour {
    /// What stands for the colour of a company that has not chosen one.
    pub const DEFAULT: Self = Self(Srgb::new(0x3d, 0x4b, 0x5c));
    const BLACK: Self = Self(Srgb::new(0, 0, 0));
    const WHITE: Self = Self(Srgb::new(255, 255, 255));

    fn exact(self) -> Srgb<f64> {
        self.0.into_format()
    }

    /// How well one can be read on the other, from 1 to 21 (WCAG 2).
    pub fn contrast(self, other: Self) -> f64 {
        self.exact().relative_contrast(other.exact())
    }

    /// Black or white, whichever can be read on this colour.
    fn words(self) -> Self {
        if self.exact().relative_luminance().luma > FLIP { Self::BLACK } else { Self::WHITE }
    }

    /// This hue at another lightness, with at most so much chroma.
    fn toned(self, lightness: impl Fn(f64) -> f64, chroma: f64) -> Self {
        let mut tone = Oklch::from_color(self.exact());
        tone.l = lightness(tone.l);
        tone.chroma = tone.chroma.min(chroma);
        let fits = |tone: Oklch<f64>| {
            let colour = Srgb::from_color_unclamped(tone);
            let inside = |part: f64| (-1e-6..=1.0 + 1e-6).contains(&part);
            inside(colour.red) && inside(colour.green) && inside(colour.blue)
        };
        let (mut least, mut most) = (0.0, tone.chroma);
        if !fits(tone) {
            for _ in 0..24 {
                tone.chroma = f64::midpoint(least, most);
                if fits(tone) { least = tone.chroma } else { most = tone.chroma }
            }
            tone.chroma = least;
        }
        Self(Srgb::<f64>::from_color(tone).into_format())
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0.red, self.0.green, self.0.blue)
    }
}

impl FromStr for Colour {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = text.trim().trim_start_matches('#');
        let sound = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let colour = sound.then(|| digits.parse().ok()).flatten();
        colour.map(Self).ok_or_else(|| {
            Error::invalid("company.colour", "A colour looks like #f2572b: six digits or letters from a to f.")
        })
    }
}

/// The colours of one scheme, dark or light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tint {
    /// Large areas.
    pub facade: Colour,
    /// Words on the façade.
    pub on_facade: Colour,
    /// Links, on every ground.
    pub accent: Colour,
    /// Rules and marks, on every ground.
    pub accent_edge: Colour,
    /// A ground.
    pub accent_wash: Colour,
    /// The houses of the street, the row behind them, and windows without light.
    pub street: [Colour; 3],
}

/// All that follows from a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shades {
    /// The colour as it was given.
    pub brand: Colour,
    /// Words on it.
    pub on_brand: Colour,
    /// By day.
    pub light: Tint,
    /// By night.
    pub dark: Tint,
}

impl From<Colour> for Shades {
    fn from(brand: Colour) -> Self {
        let night = brand.toned(|lightness| lightness.min(0.36), 0.10);
        Self {
            brand,
            on_brand: brand.words(),
            light: Tint {
                facade: brand,
                on_facade: brand.words(),
                accent: brand.toned(|lightness| lightness.min(0.47), 0.14),
                accent_edge: brand.toned(|lightness| lightness.min(0.58), 0.17),
                accent_wash: brand.toned(|_| 0.96, 0.022),
                street: [brand.toned(|_| 0.17, 0.03), brand.toned(|_| 0.30, 0.06), brand.toned(|_| 0.32, 0.06)],
            },
            dark: Tint {
                facade: night,
                on_facade: night.words(),
                accent: brand.toned(|lightness| lightness.max(0.78), 0.13),
                accent_edge: brand.toned(|lightness| lightness.max(0.66), 0.15),
                accent_wash: brand.toned(|_| 0.275, 0.03),
                street: [brand.toned(|_| 0.19, 0.007), brand.toned(|_| 0.27, 0.05), brand.toned(|_| 0.30, 0.05)],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Paper, sheet and what is sunken, as `frontend/css/tokens.css` has them.
    const DAY: [&str; 3] = ["#f9fafb", "#ffffff", "#f0f1f3"];
    const NIGHT: [&str; 3] = ["#111417", "#1a1d20", "#0b0d10"];

    fn check(brand: Colour) {
        let shades = Shades::from(brand);
        assert_eq!(shades.light.facade, brand, "large areas keep the colour as it was given");
        for (words, ground) in [
            (shades.on_brand, shades.brand),
            (shades.light.on_facade, shades.light.facade),
            (shades.dark.on_facade, shades.dark.facade),
        ] {
            assert!(words.contrast(ground) >= 4.5, "{brand}: {words} on {ground}");
        }
        for (grounds, tint, read, seen) in [(DAY, shades.light, 5.1, 3.4), (NIGHT, shades.dark, 7.0, 4.4)] {
            let grounds = grounds.iter().map(|ground| ground.parse().unwrap()).chain([tint.accent_wash]);
            for ground in grounds {
                assert!(tint.accent.contrast(ground) >= read, "{brand}: {} on {ground}", tint.accent);
                assert!(tint.accent_edge.contrast(ground) >= seen, "{brand}: {} on {ground}", tint.accent_edge);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn every_colour_can_be_read(red: u8, green: u8, blue: u8) {
            check(Colour(Srgb::new(red, green, blue)));
        }
    }

    #[test]
    fn black_white_and_mid_grey_are_colours_too() {
        for hex in ["#000000", "#ffffff", "#767676", "#ffff00", "#0000ff", "#ff00ff", "#F2572B"] {
            check(hex.parse().unwrap());
        }
        check(Colour::DEFAULT);
        let tokens = include_str!("../../../frontend/css/tokens.css");
        for ground in DAY.iter().chain(&NIGHT) {
            assert!(tokens.contains(ground), "{ground} is no ground any more");
        }
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "#", "f2572", "#f2572bff", "red", "#f2572g", "#f25\u{e9}2b", "rgb(0,0,0)"] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
        assert_eq!("F2572B".parse::<Colour>().unwrap().to_string(), "#f2572b");
    }
}
