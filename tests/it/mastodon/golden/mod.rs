//! Each entity that we answer has the fields that Mastodon documents, by their names and types, and is null only where
//! that is documented. What Mastodon documents, and where and why we differ, stands in `entities`.

mod app;
mod approval;
mod kept;
mod people;
mod posts;
mod server;
mod sight;
mod table;
mod told;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sight::Sight;
use table::{ENTITIES, Remark};

/// What each of these tests shows whole.
const SHOWN: [&[&str]; 12] = [
    app::APPS,
    kept::FILTERS,
    kept::KEPT,
    kept::TAGS,
    people::ACCOUNTS,
    people::RELATIONS,
    posts::POSTS,
    posts::WAITING,
    server::SERVER,
    told::PUSH,
    told::REPORTS,
    told::TOLD,
];

#[test]
fn every_entity_of_the_table_is_shown_whole() {
    let shown: BTreeSet<&str> = SHOWN.concat().into_iter().collect();
    let known: BTreeSet<&str> = ENTITIES.keys().copied().collect();
    assert_eq!(shown, known);
}

#[test]
fn every_type_of_the_table_is_known() {
    for (name, entity) in ENTITIES.iter() {
        assert!(entity.like.is_none_or(|like| ENTITIES.contains_key(like)), "{name}");
        for field in &entity.fields {
            let inner = field.shape().trim_matches(['[', ']', '{', '}']);
            let unseen = field.is(&Remark::Lacking) || field.is(&Remark::Empty);
            assert!(unseen || ENTITIES.contains_key(inner) || sight::is_plain(inner), "{name}.{}: {inner}", field.name);
        }
    }
}

#[test]
fn whatever_differs_from_the_table_is_found() {
    let faults = |entity: &str, right: &Value, key: &str, wrong: Option<Value>| {
        let mut shown = right.clone();
        match wrong {
            Some(value) => shown[key] = value,
            None => assert!(shown.as_object_mut().unwrap().remove(key).is_some()),
        }
        let mut sight = Sight::default();
        sight.see(entity, &shown);
        sight.faults().len()
    };
    let list = json!({"id": "1", "title": "Press", "replies_policy": "list", "exclusive": false});
    for (key, wrong, expected) in [
        ("title", Some(json!("Friends")), 0),
        ("id", Some(json!(1)), 1),
        ("id", Some(json!("")), 1),
        ("id", None, 1),
        ("title", Some(Value::Null), 1),
        ("replies_policy", Some(json!("some")), 1),
        ("exclusive", Some(json!("false")), 1),
        ("more", Some(json!(1)), 1),
    ] {
        assert_eq!(faults("List", &list, key, wrong.clone()), expected, "{key} {wrong:?}");
    }
    let tag =
        json!({"id": "1", "name": "tea", "url": "https://a.example/", "statuses_count": "2", "last_status_at": null});
    for (key, wrong, expected) in [
        ("last_status_at", Some(json!("2026-11-01")), 0),
        ("last_status_at", Some(json!("2026-11-01T12:00:00.000Z")), 1),
        ("statuses_count", Some(json!("two")), 1),
        ("url", Some(json!("/tags/tea")), 1),
    ] {
        assert_eq!(faults("FeaturedTag", &tag, key, wrong.clone()), expected, "{key} {wrong:?}");
    }
    let rule = json!({"id": "1", "text": "Be kind", "hint": "", "translations": {}});
    assert_eq!(faults("Rule", &rule, "hint", Some(json!("Always"))), 1, "it is said to be empty");
    let thumbnail = json!({"url": "https://a.example/"});
    assert_eq!(faults("Instance::thumbnail", &thumbnail, "blurhash", Some(json!("x"))), 1, "it is said to be lacking");
    let told = json!({"updated_at": null, "content": ""});
    assert_eq!(faults("PrivacyPolicy", &told, "content", Some(json!("<p>x</p>"))), 0, "null is said to be");
    assert_eq!(faults("PrivacyPolicy", &told, "content", Some(Value::Null)), 1);
    let mut sight = Sight::default();
    sight.see("[List]", &json!([list, {}]));
    assert_eq!(sight.faults().len(), 4);
}
