//! The table of what Mastodon documents, as it is written in `entities`.

use std::{collections::BTreeMap, sync::LazyLock};

static WRITTEN: [&str; 5] = [
    include_str!("entities/kept.txt"),
    include_str!("entities/people.txt"),
    include_str!("entities/posts.txt"),
    include_str!("entities/server.txt"),
    include_str!("entities/told.txt"),
];

/// Every entity by its name.
pub static ENTITIES: LazyLock<BTreeMap<&'static str, Entity>> = LazyLock::new(|| {
    let mut entities = BTreeMap::new();
    let mut name = "";
    for line in WRITTEN.iter().flat_map(|text| text.lines()).filter(|line| !line.is_empty()) {
        if let Some(heading) = line.strip_prefix('[') {
            let heading = heading.strip_suffix(']').unwrap();
            let (entity, like) = heading.split_once(": ").map_or((heading, None), |(one, other)| (one, Some(other)));
            name = entity;
            assert!(entities.insert(name, Entity { like, fields: Vec::new() }).is_none(), "{name} is there twice");
        } else {
            entities.get_mut(name).unwrap().fields.push(Field::read(line));
        }
    }
    entities
});

/// An entity, or a part of one.
pub struct Entity {
    /// The one whose fields it has as well.
    pub like: Option<&'static str>,
    pub fields: Vec<Field>,
}

/// A field as it is documented, and where we differ.
pub struct Field {
    pub name: &'static str,
    documented: &'static str,
    optional: bool,
    nullable: bool,
    remarks: Vec<Remark>,
}

/// How we differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    Lacking,
    Empty,
    Absent,
    Null,
    As(&'static str),
    Ours,
}

impl Remark {
    fn read(text: &'static str) -> Self {
        let (word, reason) = text.split_once(": ").unwrap_or_else(|| panic!("{text} has no reason"));
        assert!(!reason.trim().is_empty(), "{text} has no reason");
        match word {
            "lacking" => Self::Lacking,
            "empty" => Self::Empty,
            "absent" => Self::Absent,
            "null" => Self::Null,
            "ours" => Self::Ours,
            other => Self::As(other.strip_prefix("as ").unwrap_or_else(|| panic!("{text} is no remark"))),
        }
    }
}

impl Field {
    fn read(line: &'static str) -> Self {
        let mut parts = line.split(" -- ").map(str::trim);
        let field = parts.next().and_then(|part| part.split_once(' '));
        let (name, shape) = field.unwrap_or_else(|| panic!("{line} has no type"));
        let shape = shape.trim();
        Self {
            name: name.trim_end_matches('?'),
            documented: shape.trim_end_matches('?'),
            optional: name.ends_with('?'),
            nullable: shape.ends_with('?'),
            remarks: parts.map(Remark::read).collect(),
        }
    }

    pub fn is(&self, remark: &Remark) -> bool {
        self.remarks.contains(remark)
    }

    /// The type that we answer.
    pub fn shape(&self) -> &'static str {
        let other = self.remarks.iter().find_map(|remark| match remark {
            Remark::As(shape) => Some(*shape),
            _ => None,
        });
        other.unwrap_or(self.documented)
    }

    pub fn may_be_left_out(&self) -> bool {
        self.optional || self.is(&Remark::Absent) || self.is(&Remark::Lacking)
    }

    pub fn may_be_null(&self) -> bool {
        self.nullable || self.is(&Remark::Null)
    }

    /// Whether a rich example has a value here.
    pub fn is_promised(&self) -> bool {
        ![Remark::Lacking, Remark::Empty, Remark::Ours].iter().any(|remark| self.is(remark))
    }
}

/// The fields of an entity, each with the entity that has it: this one, or one that it is like.
pub fn fields(name: &str) -> Vec<(&'static str, &'static Field)> {
    let mut fields = Vec::new();
    let mut next = Some(name);
    while let Some((name, entity)) = next.and_then(|name| ENTITIES.get_key_value(name)) {
        fields.extend(entity.fields.iter().map(|field| (*name, field)));
        next = entity.like;
    }
    fields
}
