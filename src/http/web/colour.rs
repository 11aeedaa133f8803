//! A company's colour as a style sheet and as a picture.

use crate::domain::org::{Colour, Shades, Tint};

/// Everything that is coloured by the company, as plain colours.
pub(super) fn sheet(colour: Colour) -> String {
    let shades = Shades::from(colour);
    format!(
        ":root{{--brand:{};--on-brand:{};{}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n:root[data-theme=dark]{{{dark}}}\n",
        shades.brand,
        shades.on_brand,
        tint(&shades.light),
        dark = tint(&shades.dark)
    )
}

fn tint(tint: &Tint) -> String {
    let [wall, back, pane] = tint.street;
    format!(
        "--facade:{};--on-facade:{};--accent:{};--accent-edge:{};--accent-wash:{};--wall:{wall};--back:{back};--pane:{pane}",
        tint.facade, tint.on_facade, tint.accent, tint.accent_edge, tint.accent_wash
    )
}

/// The house that stands for a company without a logo.
pub(super) fn house(colour: Colour) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"><path fill=\"{colour}\" \
         d=\"M0 100V46H13V30H26V15H39V0H61V15H74V30H87V46H100V100z\"/><path fill=\"{}\" d=\"M39 100V66H61V100z\"/></svg>",
        Shades::from(colour).on_brand
    )
}
