//! What we write into `to` and `cc` is what peers read from it, and what they write is what we read.

use guildhall::{
    domain::posts::{Audience, Draft},
    federation::{
        incoming::note,
        objects::{addressing::Addressing, context::PUBLIC},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

const AUTHOR: &str = "https://far.example/users/alice";
const FOLLOWERS: &str = "https://far.example/users/alice/followers";
const FEDERATING: [Audience; 4] = [Audience::Public, Audience::Unlisted, Audience::Followers, Audience::Direct];

fn actors() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-z]{1,6}".prop_map(|name| format!("https://{name}.example/users/{name}")), 0..5)
}

/// What we make of a note with these lists.
fn read(to: &Value, cc: &Value) -> Audience {
    let document = json!({"id": format!("{AUTHOR}/1"), "type": "Note", "attributedTo": AUTHOR, "content": "x", "to": to, "cc": cc});
    draft(&document).audience
}

fn draft(document: &Value) -> Draft {
    note::read(document, Some(FOLLOWERS)).unwrap().draft().clone()
}

/// A list as peers may write it: in any order, with things twice, and one thing without a list.
fn disguised(list: &[String], order: &[usize], twice: bool, spelling: &str) -> Value {
    let mut list: Vec<String> =
        list.iter().map(|uri| if uri == PUBLIC { spelling.to_owned() } else { uri.clone() }).collect();
    if twice {
        list.extend(list.clone());
    }
    for (place, other) in order.iter().enumerate() {
        if !list.is_empty() {
            let length = list.len();
            list.swap(place % length, other % length);
        }
    }
    match list.as_slice() {
        [] => Value::Null,
        [one] => json!(one),
        many => json!(many),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_audience_is_read_back_from_how_it_is_addressed(
        audience in prop::sample::select(FEDERATING.to_vec()),
        named in actors(),
        order in proptest::collection::vec(any::<usize>(), 0..6),
        twice in any::<bool>(),
        spelling in prop::sample::select(vec![PUBLIC, "as:Public", "Public"]),
    ) {
        let addressing = Addressing::of(audience, FOLLOWERS, named);
        let to = disguised(&addressing.to, &order, twice, spelling);
        let cc = disguised(&addressing.cc, &order, twice, spelling);
        prop_assert_eq!(read(&to, &cc), audience, "to {} cc {}", to, cc);
    }

    #[test]
    fn what_is_internal_is_addressed_to_nobody(audience in prop::sample::select(vec![Audience::Company, Audience::Team]), named in actors()) {
        prop_assert_eq!(Addressing::of(audience, FOLLOWERS, named), Addressing::default());
    }

    #[test]
    fn nothing_becomes_more_open_than_its_lists_say(to in actors(), cc in actors(), followers in any::<bool>(), odd in prop::sample::select(vec![
        "https://www.w3.org/ns/activitystreams#public", "https://www.w3.org/ns/activitystreams", "as:public", "PUBLIC", "http://www.w3.org/ns/activitystreams#Public",
        "https://other.example/users/bob/followers", "", "null",
    ])) {
        let mut to = to;
        to.push(odd.to_owned());
        if followers {
            to.push(FOLLOWERS.to_owned());
        }
        let expected = if followers { Audience::Followers } else { Audience::Direct };
        prop_assert_eq!(read(&json!(to), &json!(cc)), expected);
    }
}

#[test]
fn lists_that_are_no_lists_are_nobody() {
    for (to, cc) in [
        (Value::Null, Value::Null),
        (json!([]), json!({})),
        (json!(1), json!(true)),
        (json!([null, 1, [PUBLIC]]), json!([{"type": "Collection"}])),
        (json!({"type": "Person"}), json!("")),
    ] {
        assert_eq!(read(&to, &cc), Audience::Direct, "{to} {cc}");
    }
    // An object is named by its id.
    assert_eq!(read(&json!({"id": PUBLIC}), &Value::Null), Audience::Public);
    assert_eq!(read(&json!([{"id": FOLLOWERS, "type": "Collection"}]), &Value::Null), Audience::Followers);
}
