//! What somebody takes into their app: a handle, an address, a text, in a field that can be read and copied.

/// Something to copy. A template shows it with `parts/to_copy.html`.
#[derive(Debug, Clone)]
pub(super) struct ToCopy {
    /// The id of its field.
    pub id: &'static str,
    /// What stands above it.
    pub label: &'static str,
    /// Itself.
    pub value: String,
}

impl ToCopy {
    /// How many lines it has on a narrow screen.
    pub(super) fn rows(&self) -> usize {
        self.value.chars().count().div_ceil(34).clamp(1, 6)
    }
}
