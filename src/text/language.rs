//! Codes of languages.

/// Whether this is the code of a language, such as `en` or `pt-BR`; which languages there are is not checked.
pub fn is_language(code: &str) -> bool {
    (2..=35).contains(&code.len())
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
