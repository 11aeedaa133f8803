//! The street on the front page: each lit window is an answer. The drawing cannot lie.

use crate::http::extract::Language;

/// The upper left corners of the windows, of the left and of the right half of the street.
const WINDOWS: [&[(u16, u16)]; 2] = [
    &[
        (19, 120),
        (19, 150),
        (52, 120),
        (52, 150),
        (84, 120),
        (84, 150),
        (117, 120),
        (117, 150),
        (174, 86),
        (174, 116),
        (174, 146),
        (208, 86),
        (208, 116),
        (208, 146),
        (242, 86),
        (242, 116),
        (242, 146),
        (276, 86),
        (276, 116),
        (276, 146),
        (310, 86),
        (310, 116),
        (310, 146),
        (368, 134),
        (401, 134),
        (434, 134),
        (494, 103),
        (494, 133),
        (530, 103),
        (530, 133),
        (566, 103),
        (566, 133),
        (627, 114),
        (627, 144),
        (662, 114),
        (662, 144),
        (696, 114),
        (696, 144),
        (731, 114),
        (731, 144),
    ],
    &[
        (21, 148),
        (55, 148),
        (111, 100),
        (111, 130),
        (141, 100),
        (141, 130),
        (172, 100),
        (172, 130),
        (203, 100),
        (203, 130),
        (233, 100),
        (233, 130),
        (287, 127),
        (287, 157),
        (320, 127),
        (320, 157),
        (352, 127),
        (352, 157),
        (385, 127),
        (385, 157),
        (439, 107),
        (439, 137),
        (470, 107),
        (470, 137),
        (500, 107),
        (500, 137),
        (531, 107),
        (531, 137),
        (583, 137),
        (614, 137),
        (645, 137),
    ],
];
/// How many windows there are.
const ALL: usize = WINDOWS[0].len() + WINDOWS[1].len();
/// From one window to the one that is lit next. It has no divisor in common with their number, which is a prime.
const STEP: usize = 29;

/// The street as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Street {
    /// The lit windows of both halves, as paths.
    pub lit: [String; 2],
    /// The others.
    pub dark: [String; 2],
    /// What it says, in words.
    pub sentence: String,
}

impl Street {
    /// A street for so many answers in 28 days.
    pub fn of(answers: i64, say: Language) -> Self {
        let each = answers_per_window(answers);
        let lit = usize::try_from(answers.max(0) / each).unwrap_or(ALL).min(ALL);
        let mut glows = [false; ALL];
        for number in 0..lit {
            if let Some(window) = glows.get_mut(number * STEP % ALL) {
                *window = true;
            }
        }
        let mut street =
            Self { lit: Default::default(), dark: Default::default(), sentence: sentence(say, answers, each) };
        let corners = WINDOWS.iter().enumerate().flat_map(|(half, windows)| windows.iter().map(move |at| (half, at)));
        for ((half, (x, y)), glows) in corners.zip(glows) {
            let path = if glows { &mut street.lit } else { &mut street.dark };
            if let Some(path) = path.get_mut(half) {
                path.push_str(&format!("M{x} {y}h14v17h-14z"));
            }
        }
        street
    }
}

/// One, until there are more answers than windows; then ten, a hundred, and so on.
fn answers_per_window(answers: i64) -> i64 {
    let windows = i64::try_from(ALL).unwrap_or(i64::MAX);
    let mut each: i64 = 1;
    while answers / each > windows && each < i64::MAX / 10 {
        each *= 10;
    }
    each
}

fn sentence(say: Language, answers: i64, each: i64) -> String {
    match (answers, each) {
        (0, _) => say.no_window_is_lit().to_owned(),
        (1, _) => say.one_window_is_lit().to_owned(),
        (_, 1) => say.windows_are_lit(answers),
        _ => say.windows_stand_for(say.number(each), say.number(answers)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_windows_are_lit_as_answers_were_given() {
        for (answers, expected) in
            [(0, 0), (1, 1), (41, 41), (71, 71), (72, 7), (250, 25), (710, 71), (711, 71), (720, 7), (-1, 0)]
        {
            let street = Street::of(answers, Language::English);
            let windows = |paths: &[String; 2]| paths.iter().map(|path| path.matches('M').count()).sum::<usize>();
            assert_eq!((windows(&street.lit), windows(&street.dark)), (expected, ALL - expected), "{answers}");
        }
        assert!(Street::of(41, Language::English).sentence.ends_with("41 are lit."));
        assert!(Street::of(250, Language::English).sentence.contains("10 of the 250 answers"));
    }
}
