//! Ways to break something, and what must be noticed.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::front::{Front, Manners, troubles};

/// Changes a JSON answer at one path.
pub fn json_at(
    path: impl Fn(&str) -> bool + Send + Sync + 'static,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Manners {
    Manners::answer(move |asked, answer| {
        if !path(asked) {
            return;
        }
        if let Ok(mut value) = serde_json::from_slice::<Value>(answer.body()) {
            change(&mut value);
            *answer.body_mut() = Bytes::from(value.to_string());
        }
    })
}

/// Changes the document of the brand.
pub fn brand(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Manners {
    json_at(|path| path.starts_with("/ap/actors/") && path.matches('/').count() == 3, change)
}

pub fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

pub fn answer(status: StatusCode, body: &str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body.to_owned())).unwrap()
}

/// A way to break something, and every check that must notice.
pub type Case = (&'static str, Manners, &'static [&'static str]);

pub async fn each(front: &Front, cases: Vec<Case>) {
    for (what, manners, expected) in cases {
        front.behave(manners);
        let report = front.examine().await;
        let (mut told, mut expected): (Vec<String>, Vec<String>) =
            (troubles(&report), expected.iter().map(|id| (*id).to_owned()).collect());
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "{what}: {report:#?}");
    }
}
