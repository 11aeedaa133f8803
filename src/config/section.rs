//! How a group of settings is declared: field, default, what is allowed, and how it is read.
//!
//! To add a setting, add one line to its section. Its name, its environment variable, its place in
//! the error messages and its row in the operator's guide all follow from that line.

use serde::de::DeserializeOwned;
use std::ops::RangeInclusive;
use toml::Value;

/// One setting, as the operator knows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// The name inside its section, such as `allow_http`.
    pub name: &'static str,
    /// What it means, in a sentence or two.
    pub about: &'static str,
    /// Which values it takes, continuing the words "it must be".
    pub allowed: &'static str,
}

/// Why a value was not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There is no such setting.
    Unknown,
    /// The setting exists and does not take this value.
    Bad(&'static Key),
}

/// Declares a section: a struct with its defaults, its list of keys and a setter by name.
macro_rules! section {
    (
        $(#[$doc:meta])* $name:ident {
            $($(#[doc = $about:literal])+ $key:ident: $type:ty = $default:expr, $allowed:literal, $read:expr;)*
            $(section $(#[$part_doc:meta])* $part:ident: $part_type:ty;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize)]
        pub struct $name {
            $($(#[doc = $about])+ pub $key: $type,)*
            $($(#[$part_doc])* pub $part: $part_type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* $($part: Default::default(),)* }
            }
        }

        impl $name {
            const KEYS: &'static [$crate::config::section::Key] = &[$($crate::config::section::Key {
                name: stringify!($key),
                about: concat!($($about),+),
                allowed: $allowed,
            },)*];

            /// Lists the full names below `prefix`, with their keys, in the order of declaration.
            pub(in crate::config) fn list_keys(prefix: &str, into: &mut Vec<(String, &'static $crate::config::section::Key)>) {
                into.extend(Self::KEYS.iter().map(|key| (format!("{prefix}{}", key.name), key)));
                $(<$part_type>::list_keys(&format!("{prefix}{}.", stringify!($part)), into);)*
            }

            /// Sets the value that is found along the path.
            pub(in crate::config) fn assign(
                &mut self,
                path: &[&str],
                value: &::toml::Value,
            ) -> Result<(), $crate::config::section::Refusal> {
                use $crate::config::section::Refusal;
                let Some((first, rest)) = path.split_first() else { return Err(Refusal::Unknown) };
                let key = Self::KEYS.iter().find(|key| key.name == *first && rest.is_empty());
                $(if let Some(key) = key && key.name == stringify!($key) {
                    self.$key = ($read)(value).ok_or(Refusal::Bad(key))?;
                    return Ok(());
                })*
                $(if *first == stringify!($part) {
                    return self.$part.assign(rest, value);
                })*
                Err(Refusal::Unknown)
            }
        }
    };
}
pub(super) use section;

/// Reads a value as serde understands the type.
pub(super) fn plain<T: DeserializeOwned>(value: &Value) -> Option<T> {
    // The caller answers with what is allowed, which says more than serde's sentence.
    value.clone().try_into().ok()
}

/// Reads text that is not empty.
pub(super) fn text(value: &Value) -> Option<String> {
    plain::<String>(value).filter(|text| !text.trim().is_empty())
}

/// Reads a whole number within a range.
pub(super) fn whole<T: TryFrom<i64> + PartialOrd>(range: RangeInclusive<T>) -> impl Fn(&Value) -> Option<T> {
    move |value| value.as_integer().and_then(|number| T::try_from(number).ok()).filter(|number| range.contains(number))
}

/// Reads a setting that may be left out.
pub(super) fn optional<T>(read: impl Fn(&Value) -> Option<T>) -> impl Fn(&Value) -> Option<Option<T>> {
    move |value| read(value).map(Some)
}
