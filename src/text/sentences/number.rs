//! Numbers and moments as each language writes them, and the form of a word that follows a number.

use jiff::civil::DateTime;

use super::super::Language;

/// The form of a word behind a number (CLDR, cardinal plurals). English and German have `One` and `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in CLDR")]
pub enum Form {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

const GERMAN: [&str; 12] =
    ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
const ARABIC: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];

impl Language {
    /// The form of a word behind so many.
    pub const fn form(self, count: i64) -> Form {
        match (self, count, count.rem_euclid(100)) {
            (Self::Arabic, 0, _) => Form::Zero,
            (_, 1, _) => Form::One,
            (Self::Arabic, 2, _) => Form::Two,
            (Self::Arabic, _, 3..=10) => Form::Few,
            (Self::Arabic, _, 11..=99) => Form::Many,
            _ => Form::Other,
        }
    }

    /// A number, with a sign between thousands. There is none below nought.
    pub fn number(self, number: i64) -> String {
        let sign = match self {
            Self::English | Self::Arabic => ',',
            Self::German => '.',
        };
        let digits = number.max(0).to_string();
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(sign);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A day, with its year.
    pub fn day(self, at: DateTime) -> String {
        let month = |names: &[&'static str; 12]| {
            let number = usize::try_from(at.month()).unwrap_or(1).saturating_sub(1);
            names.get(number).copied().unwrap_or_default()
        };
        match self {
            Self::English => at.strftime("%-d %b %Y").to_string(),
            Self::German => format!("{}. {} {}", at.day(), month(&GERMAN), at.year()),
            Self::Arabic => format!("{} {} {}", at.day(), month(&ARABIC), at.year()),
        }
    }

    /// A day and the time of it, in UTC.
    pub fn moment(self, at: DateTime) -> String {
        let comma = if self == Self::Arabic { '،' } else { ',' };
        format!("{}{comma} {} UTC", self.day(at), at.strftime("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_has_six_forms() {
        let forms =
            |language: Language| [0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 111, 200, 1000].map(|n| language.form(n));
        use Form::{Few, Many, One, Other, Two, Zero};
        let expected = [Zero, One, Two, Few, Few, Many, Many, Other, Other, Other, Few, Many, Other, Other];
        assert_eq!(forms(Language::Arabic), expected);
        let two = forms(Language::German);
        assert_eq!(two, forms(Language::English));
        assert!(two.iter().enumerate().all(|(at, form)| *form == if at == 1 { One } else { Other }));
    }

    #[test]
    fn numbers_read_well() {
        let written = |language: Language| [0, 999, 1000, 1_234_567, -4].map(|number| language.number(number));
        assert_eq!(written(Language::English), ["0", "999", "1,000", "1,234,567", "0"]);
        assert_eq!(written(Language::German), ["0", "999", "1.000", "1.234.567", "0"]);
        assert_eq!(written(Language::Arabic), written(Language::English));
    }
}
