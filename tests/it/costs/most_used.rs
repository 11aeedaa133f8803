//! What apps ask most often costs the same however much there is to show.

use http::Method;
use serde_json::{Value, json};

use super::{
    alone, asked,
    statements::{LIKING, READ_BY_APPS, UPLOADING, WRITING},
};
use crate::{
    mastodon::{House, Person, follow},
    support::database::TestDatabase,
};

/// How many rows a page has at first, and at last: as many as apps ask for at once.
const ROWS: [usize; 2] = [20, 40];

/// A company in which everybody talks with ana.
struct Company {
    house: House,
    ana: Person,
    /// What all others answer.
    post: String,
    /// The others.
    people: Vec<Person>,
}

impl Company {
    async fn open(database: TestDatabase) -> Self {
        let house = House::open(database).await;
        house.emoji("cup").await;
        let ana = house.employee("ana").await;
        let post = house.says(&ana, json!({"status": "Who has tea?"})).await;
        Self { house, ana, post, people: Vec::new() }
    }

    async fn does(&self, who: &Person, path: &str, body: Value) {
        let reply = self.house.post(who, path, body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    }

    /// Somebody more comes, of whom there is something on every page.
    async fn welcome(&mut self, number: usize) {
        let (house, ana) = (&self.house, &self.ana);
        let other = house.employee(&format!("tea{number}")).await;
        follow(house, ana, &other.id()).await;
        follow(house, &other, &ana.id()).await;
        let named = format!("<title>Tea</title><meta name=fediverse:creator content=@tea{number}@company.example>");
        house.documents.put(&format!("https://tea.example/{number}"), "text/html", named);
        let agrees = json!({"attribution_domains": ["tea.example"]});
        house.call(Some(&other), Method::PATCH, "/api/v1/accounts/update_credentials", agrees).await.ok();
        let (post, own) = (&self.post, house.says(ana, json!({"status": format!("Tea number {number} :cup:")})).await);
        // Of each kind there are some on either page.
        let more = match number % 5 {
            0 => json!({"poll": {"options": ["Green", "Black"], "expires_in": 3600}}),
            1 => json!({"media_ids": [house.uploaded(&other).await["id"]]}),
            2 => json!({"quoted_status_id": own}),
            3 => json!({"in_reply_to_id": own, "spoiler_text": "Tea"}),
            _ => json!({"language": "de"}),
        };
        let mut says = json!({"status": format!("Some :cup: of #tea #tea{number}: https://tea.example/{number}")});
        says.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let said = house.says(&other, says).await;
        house.says(&other, json!({"status": "@ana I have some", "in_reply_to_id": post})).await;
        house.says(&other, json!({"status": "@ana Between us", "visibility": "direct"})).await;
        for (who, path, body) in [
            (&other, format!("/api/v1/statuses/{own}/favourite"), json!({})),
            (&other, format!("/api/v1/statuses/{own}/reblog"), json!({})),
            (ana, format!("/api/v1/statuses/{said}/bookmark"), json!({})),
            (ana, format!("/api/v1/tags/tea{number}/follow"), json!({})),
            (ana, format!("/api/v1/accounts/{}/note", other.id()), json!({"comment": "Has tea"})),
            (ana, "/api/v1/lists".to_owned(), json!({"title": format!("List {number}")})),
            (ana, "/api/v1/markers".to_owned(), json!({"home": {"last_read_id": said}})),
            (
                ana,
                "/api/v2/filters".to_owned(),
                json!({"title": format!("Filter {number}"), "context": ["home", "notifications", "account", "public", "thread"],
                    "keywords_attributes": [{"keyword": format!("tea{number}")}]}),
            ),
        ] {
            self.does(who, &path, body).await;
        }
        self.people.push(other);
    }

    /// What each call takes that reads; one that lists something lists so many rows.
    async fn read(&self, rows: usize) -> Vec<Vec<String>> {
        let people = self.people.iter().map(|person| format!("id[]={}", person.id())).collect::<Vec<_>>().join("&");
        let names = [("ACCOUNT", self.ana.id()), ("POST", self.post.clone()), ("PEOPLE", people)];
        let names = names
            .into_iter()
            .chain([("NAME", "tea1"), ("TAG", "tea"), ("WORD", "tea")].map(|(name, value)| (name, value.to_owned())));
        let names: Vec<(&str, String)> = names.collect();
        let mut read = Vec::new();
        for (name, path, _) in READ_BY_APPS {
            let path = names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
            let path = format!("{path}{}limit={rows}", if path.contains('?') { "&" } else { "?" });
            let mut shown = None;
            let taken = asked(async {
                let body = self.house.get(&self.ana, &path).await.ok();
                let list = ["notification_groups", "descendants", "statuses"].iter().find_map(|name| body.get(name));
                shown = list.unwrap_or(&body).as_array().map(Vec::len);
            });
            read.push(taken.await);
            assert!(shown.is_none_or(|shown| shown == rows || name == "custom emojis"), "{name}: {shown:?} rows");
        }
        read
    }

    /// What is written: a post, a like that is given and taken back, a picture.
    async fn write(&self, number: usize) -> Vec<Vec<String>> {
        let (house, ana) = (&self.house, &self.ana);
        // A page that nobody named before.
        let post = json!({"status": format!("Good morning :cup:, #office: https://tea.example/morning{number}")});
        let likes = format!("/api/v1/statuses/{}", self.post);
        let mut written = Vec::new();
        for (path, body) in [
            ("/api/v1/statuses".to_owned(), post),
            (format!("{likes}/favourite"), json!({})),
            (format!("{likes}/unfavourite"), json!({})),
        ] {
            written.push(asked(self.does(ana, &path, body)).await);
        }
        written.push(asked(async { drop(house.uploaded(ana).await) }).await);
        written
    }
}

pub(super) async fn costs(database: TestDatabase) {
    let mut company = Company::open(database).await;
    let mut taken = [Vec::new(), Vec::new()];
    for (rows, taken) in ROWS.into_iter().zip(&mut taken) {
        for number in company.people.len()..rows {
            company.welcome(number).await;
        }
        company.house.work().await;
        taken.extend(company.read(rows).await);
        taken.extend(company.write(rows).await);
    }
    let names = READ_BY_APPS.iter().map(|(name, ..)| *name).chain(["a post", "a like", "no like", "a picture"]);
    let most = READ_BY_APPS.iter().map(|(.., most)| *most).chain([WRITING, LIKING[0], LIKING[1], UPLOADING]);
    let [few, many] = taken;
    let mut wrong = Vec::new();
    for ((name, most), (few, many)) in names.zip(most).zip(few.iter().zip(&many)) {
        let beginnings =
            |asked: &[String]| asked.iter().map(|one| one.chars().take(90).collect()).collect::<Vec<String>>();
        if few.len() != many.len() {
            wrong.push(format!("{name} grows: {:#?} {:#?}", beginnings(few), beginnings(many)));
        } else if many.len() > most {
            wrong.push(format!("{name} takes {} statements, and may take {most}", many.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_apps_ask_most_costs_the_same_however_much_is_shown_sqlite() {
    alone("most_used_on_sqlite");
}

#[test]
fn what_apps_ask_most_costs_the_same_however_much_is_shown_postgres() {
    alone("most_used_on_postgres");
}
