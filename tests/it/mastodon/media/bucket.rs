//! Files with an S3 service: moto from PyPI, in `tests/clients/bucket.py`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::json;

use super::{House, url};
use crate::{oauth::clients::python, support::database::TestDatabase};

/// A running service with a bucket, which ends when this is dropped.
struct Bucket {
    address: String,
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Bucket {
    fn open() -> Self {
        let mut child = Command::new(python())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/bucket.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        let mut address = String::new();
        answers.read_line(&mut address).unwrap();
        Self { address: address.trim().to_owned(), child, answers }
    }

    /// The names of what is in the bucket.
    fn keys(&mut self) -> Vec<String> {
        self.child.stdin.as_mut().unwrap().write_all(b"keys\n").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn end(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.end();
    }
}

async fn with_bucket(database: TestDatabase, bucket: &Bucket) -> House {
    let address = bucket.address.parse().unwrap();
    House::open_with(database, |config| {
        config.limits.enabled = false;
        config.media.s3_endpoint = Some(address);
        config.media.s3_bucket = Some("guild".to_owned());
        config.media.s3_access_key = Some("key".into());
        config.media.s3_secret_key = Some("secret".into());
    })
    .await
}

on_both! {
    async fn files_are_kept_in_a_bucket_and_go_from_there(database: TestDatabase) {
        let mut bucket = Bucket::open();
        let house = with_bucket(database, &bucket).await;
        let (ana, ben) = (house.employee("ana").await, house.employee("ben").await);
        let media = house.uploaded(&ana).await;
        let (whole, small) = (url(&media["url"]).to_owned(), url(&media["preview_url"]).to_owned());
        let mut expected: Vec<String> =
            [&whole, &small].map(|url| url.split("/media/").nth(1).unwrap().to_owned()).into();
        expected.sort();
        assert_eq!((bucket.keys(), house.kept(), house.leftovers()), (expected, 0, 0), "nothing is left on the disk");
        let file = house.file(&whole, &[]).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "image/png"));
        assert_eq!(file.header("content-length"), file.content.len().to_string());
        let part = house.file(&whole, &[("range", "bytes=8-15")]).await;
        assert_eq!((part.status.as_u16(), &part.content[..]), (206, &file.content[8..16]));
        assert_eq!(house.file_for(&small, None).await, 200);
        // What is internal is handed to its readers alone, wherever it is kept.
        let inside = house.uploaded(&ana).await;
        house.says(&ana, json!({ "status": "Look", "media_ids": [inside["id"]], "local_only": true })).await;
        let inside = url(&inside["url"]);
        assert_eq!((house.file_for(inside, None).await, house.file_for(inside, Some(&ben)).await), (404, 200));
        // It goes with its post.
        let id = house.says(&ana, json!({ "status": "Look", "media_ids": [media["id"]] })).await;
        house.delete(&ana, &format!("/api/v1/statuses/{id}?delete_media=true")).await.ok();
        house.work().await;
        assert_eq!(bucket.keys().len(), 2);
        assert_eq!(house.file_for(&whole, None).await, 404);
    }

    async fn a_bucket_that_does_not_answer_loses_nothing(database: TestDatabase) {
        let mut bucket = Bucket::open();
        let house = with_bucket(database, &bucket).await;
        let ana = house.employee("ana").await;
        let media = house.uploaded(&ana).await;
        bucket.end();
        let refused = house.uploads(&ana, &super::picture(9, 9, image::ImageFormat::Png)).await;
        assert_eq!((refused.status.as_u16(), house.leftovers()), (503, 0), "{}", refused.body);
        assert_eq!(house.file_for(url(&media["url"]), None).await, 503);
        let id = house.says(&ana, json!({ "status": "Look", "media_ids": [media["id"]] })).await;
        assert_eq!(house.get(None, &format!("/api/v1/statuses/{id}")).await.ok()["media_attachments"][0]["id"], media["id"]);
    }
}
