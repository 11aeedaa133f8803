//! What goes wrong in the house itself: certificate, clock, disk, files, database, work that waits.

use std::{os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use bytes::Bytes;
use diesel::prelude::*;
use futures_util::future::BoxFuture;
use guildhall::{
    db::{
        Timestamp, Tx,
        schema::{activities, deliveries, jobs, servers},
    },
    doctor::{Options, Verdict},
    domain::{
        actors, org,
        servers::{self as known_servers, Pause},
    },
    error::Result,
    net::{Answer, Fetched, Get, Transport},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::front::{Front, Plan, found, troubles};
use crate::support::ports;

/// Other servers, whose clocks go after ours.
struct Behind(Duration);

impl Transport for Behind {
    fn get<'a>(&'a self, url: &'a Url, _: Get<'a>) -> BoxFuture<'a, Result<Fetched>> {
        Box::pin(async move {
            let then = Timestamp::wall_clock().minus(self.0).0 / 1_000_000;
            let date = std::time::UNIX_EPOCH + Duration::from_secs(u64::try_from(then).unwrap());
            let date = HeaderValue::from_str(&httpdate::fmt_http_date(date)).unwrap();
            let headers = HeaderMap::from_iter([(header::DATE, date)]);
            Ok(Fetched { url: url.clone(), status: StatusCode::OK, headers, body: Bytes::new() })
        })
    }

    fn post<'a>(&'a self, _: &'a Url, _: HeaderMap, _: Bytes) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async { Ok(Answer { status: StatusCode::ACCEPTED, retry_after: None, body: Bytes::new() }) })
    }
}

fn job(tx: &mut Tx<'_>, state: &str, run_at: Timestamp) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id),
            jobs::kind.eq("fetch_post"),
            jobs::payload.eq("{}"),
            jobs::state.eq(state),
            jobs::attempts.eq(10),
            jobs::run_at.eq(run_at),
            jobs::leased_until.eq(Timestamp(0)),
            jobs::last_error.eq(Some("net.unreachable: gone")),
            jobs::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// A delivery of an activity of `actor` to `host`, due at that moment.
fn delivery(tx: &mut Tx<'_>, actor: i64, host: &str, next_at: Timestamp) -> Result<()> {
    let (activity, id, now) = (tx.new_id(), tx.new_id(), tx.now());
    diesel::insert_into(activities::table)
        .values((
            activities::id.eq(activity),
            activities::uri.eq(format!("https://social.company.example/ap/activities/{activity}")),
            activities::kind.eq("Follow"),
            activities::actor_id.eq(actor),
            activities::body.eq("{}"),
            activities::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(id),
            deliveries::activity_id.eq(activity),
            deliveries::actor_id.eq(actor),
            deliveries::host.eq(host),
            deliveries::inbox.eq(format!("https://{host}/inbox")),
            deliveries::state.eq("waiting"),
            deliveries::attempts.eq(0),
            deliveries::next_at.eq(next_at),
            deliveries::leased_until.eq(Timestamp(0)),
            deliveries::created_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

fn mode(path: &std::path::Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

on_both! {
    async fn a_certificate_that_ends_is_told_in_time(database: TestDatabase) {
        let last = Front::at("2099-12-31T00:00:00Z");
        let database = database.with_clock(last.minus(Duration::from_secs(10 * 86_400)));
        let clock = database.clock.clone().unwrap();
        let front = Front::open(database).await;
        let report = front.examine().await;
        assert_eq!(found(&report, "certificate").0, Verdict::Warning, "{report:#?}");
        assert!(found(&report, "certificate").1.contains("10 more days"), "{report:#?}");
        assert_eq!(found(&report, "clock").0, Verdict::Failed, "and a clock that is decades ahead: {report:#?}");
        clock.advance(Duration::from_secs(8 * 86_400));
        assert_eq!(found(&front.examine().await, "certificate").0, Verdict::Failed);
    }

    async fn a_certificate_that_others_refuse_is_refused(database: TestDatabase) {
        let front = Front::planned(database, Plan { certificate: Some("expired"), ..Plan::default() }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["certificate failed", "front_door failed"], "{report:#?}");
        assert!(found(&report, "certificate").1.contains("expired"), "{report:#?}");
        assert_eq!(found(&report, "webfinger").0, Verdict::Skipped);
        let front = Front::open(crate::support::database::TestDatabase::sqlite()).await;
        let unknown = Options { authorities: Vec::new(), ..front.options.clone() };
        assert!(found(&front.examine_with(unknown).await, "certificate").1.contains("UnknownIssuer"));
    }

    async fn letters_that_reach_nobody_are_noticed(database: TestDatabase) {
        let away = Plan { settings: vec![("GUILDHALL_MAIL__SMTP_URL", "smtp://127.0.0.1:9".to_owned())], ..Plan::default() };
        let front = Front::planned(database, away).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["email failed"], "{report:#?}");
        assert!(found(&report, "email").1.contains("it was not reached"), "{report:#?}");
    }

    async fn a_certificate_for_another_name_is_refused(database: TestDatabase) {
        let front = Front::planned(database, Plan { certificate: Some("other"), ..Plan::default() }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["certificate failed", "front_door failed"], "{report:#?}");
        assert!(found(&report, "certificate").1.contains("not valid for"), "{report:#?}");
    }

    async fn without_a_server_the_network_is_not_asked(database: TestDatabase) {
        let mut front = Front::open(database).await;
        let closed = ([127, 0, 0, 1], ports::reserve(1)).into();
        for addresses in front.options.pins.values_mut() {
            *addresses = vec![closed];
        }
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["addresses failed", "front_door failed"], "{report:#?}");
        let (result, why) = found(&report, "certificate");
        assert!(result == Verdict::Skipped && why.contains("addresses failed"), "{report:#?}");
        assert!(!report.healthy);
        assert!(found(&report, "requests_intact").1.contains("front_door failed"), "{report:#?}");
        assert_eq!(found(&report, "database").0, Verdict::Ok, "what needs no network is looked at all the same");
    }

    async fn one_of_two_addresses_that_nobody_answers_is_a_warning(database: TestDatabase) {
        let mut front = Front::open(database).await;
        let closed = ([127, 0, 0, 1], ports::reserve(1)).into();
        front.options.pins.get_mut("company.example:443").unwrap().push(closed);
        assert_eq!(troubles(&front.examine().await), ["addresses warning"]);
    }

    async fn somebody_else_at_our_address_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        // Another Guildhall for the same name, with other keys.
        let other = Front::open(crate::support::database::TestDatabase::sqlite()).await;
        other.examine().await;
        front.examine().await;
        let report = front.examine_with(other.options.clone()).await;
        assert_eq!(troubles(&report), ["front_door failed"], "{report:#?}");
        assert!(found(&report, "front_door").1.contains("not with the server's own actor"), "{report:#?}");
    }

    async fn a_wrong_clock_is_noticed_by_servers_that_we_know(database: TestDatabase) {
        for (behind, expected) in [(2, None), (90, Some("clock warning")), (7200, Some("clock failed"))] {
            let transport: Arc<dyn Transport> = Arc::new(Behind(Duration::from_secs(behind)));
            let own = crate::support::database::TestDatabase::sqlite();
            let front = Front::planned(own, Plan { transport: Some(transport), ..Plan::default() }).await;
            front.write(|tx| known_servers::succeeded(tx, "one.example", "cavage")).await;
            let report = front.examine().await;
            assert_eq!(troubles(&report), expected.into_iter().collect::<Vec<_>>(), "{report:#?}");
            assert!(found(&report, "clock").1.contains("one.example"), "{report:#?}");
        }
        // On PostgreSQL the database has a clock of its own.
        let database = database.with_clock(Timestamp::wall_clock().plus(Duration::from_secs(600)));
        let front = Front::open(database).await;
        assert_eq!(troubles(&front.examine().await), ["clock failed"]);
    }

    async fn a_full_disk_and_open_files_are_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        let full = Options { least_space: u64::MAX, ..front.options.clone() };
        assert_eq!(troubles(&front.examine_with(full).await), ["disk failed"]);
        let (data, key) = (front.data.path().to_path_buf(), front.data.path().join("secret.key"));
        for (path, rights, expected) in [
            (&data, 0o770, vec!["data_folder failed"]),
            (&data, 0o755, vec!["data_folder warning"]),
            (&data, 0o700, vec![]),
            (&key, 0o644, vec!["secret_key failed"]),
        ] {
            mode(path, rights);
            assert_eq!(troubles(&front.examine().await), expected, "{path:?} {rights:o}");
        }
        std::fs::write(&key, "not a key").unwrap();
        assert_eq!(troubles(&front.examine().await), ["secret_key failed"]);
        std::fs::remove_file(&key).unwrap();
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["secret_key failed"]);
        assert!(!key.exists(), "the doctor makes no key");
        std::fs::remove_dir(&data).unwrap();
        assert_eq!(troubles(&front.examine().await), ["data_folder failed", "secret_key failed"]);
    }

    async fn another_secret_key_than_the_databases_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        front.examine().await;
        let mut other = front.app.config.clone();
        other.secret_key = Some("ab".repeat(32).into());
        let secrets = guildhall::secrets::SecretKey::load(other.secret_key.as_deref(), &other.data_dir).unwrap();
        let nobody = Arc::new(guildhall::net::Documents::default());
        let app = guildhall::app::App::new(other, (*front.app.site).clone(), front.app.db.clone(), secrets, nobody).await.unwrap();
        let report = Box::pin(guildhall::doctor::examine(&app, front.options.clone())).await.unwrap();
        let (verdict, told) = found(&report, "secret_key");
        assert_eq!(verdict, Verdict::Failed, "{told}");
    }

    async fn work_that_nobody_does_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        let (now, actor) = (front.app.db.now(), front.brand.id.0);
        let long_ago = now.minus(Duration::from_secs(3600));
        front.write(move |tx| job(tx, "parked", long_ago)).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["jobs warning"]);
        assert!(found(&report, "jobs").1.contains("net.unreachable"), "{report:#?}");
        front.write(move |tx| job(tx, "ready", long_ago)).await;
        assert_eq!(troubles(&front.examine().await), ["jobs failed"]);
        front.write(|tx| { diesel::delete(jobs::table).execute(tx.conn())?; Ok(()) }).await;
        front.write(move |tx| delivery(tx, actor, "one.example", now.plus(Duration::from_secs(3600)))).await;
        front.write(move |tx| delivery(tx, actor, "one.example", long_ago)).await;
        assert_eq!(troubles(&front.examine().await), Vec::<String>::new(), "it waits for the one before it");
        front.write(move |tx| delivery(tx, actor, "two.example", long_ago)).await;
        assert_eq!(troubles(&front.examine().await), ["deliveries failed"]);
        front.write(|tx| known_servers::failed(tx, "two.example", "The server answered 503.", Pause::Ours(Duration::from_secs(600)))).await;
        assert_eq!(troubles(&front.examine().await), ["servers warning"], "a paused server makes nothing late");
    }

    async fn given_up_deliveries_and_a_full_queue_have_a_line_of_their_own(database: TestDatabase) {
        let few = ("GUILDHALL_FEDERATION__DELIVERIES_WAITING_PER_HOST", "100".to_owned());
        let front = Front::planned(database, Plan { settings: vec![few], ..Plan::default() }).await;
        let (now, actor) = (front.app.db.now(), front.brand.id.0);
        let later = now.plus(Duration::from_secs(3600));
        let end = async |host: &'static str, why: &'static str, at: Timestamp| {
            front.write(move |tx| {
                delivery(tx, actor, host, later)?;
                diesel::update(deliveries::table.filter(deliveries::host.eq(host)))
                    .set((deliveries::state.eq("failed"), deliveries::last_error.eq(why), deliveries::done_at.eq(at)))
                    .execute(tx.conn())?;
                Ok(())
            }).await;
        };
        end("old.example", "The server answered 410.", now.minus(Duration::from_secs(2 * 86_400))).await;
        end("none.example", guildhall::federation::delivery::WITHDRAWN, now).await;
        assert_eq!(troubles(&front.examine().await), Vec::<String>::new());
        end("closed.example", "The server answered 403.", now).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["given_up warning"], "{report:#?}");
        let (_, told) = found(&report, "given_up");
        assert!(told.starts_with("1 ") && told.contains("closed.example: The server answered 403."), "{told}");
        front.write(move |tx| (0..99).try_for_each(|_| delivery(tx, actor, "slow.example", later))).await;
        assert_eq!(troubles(&front.examine().await), ["given_up warning"]);
        front.write(move |tx| delivery(tx, actor, "slow.example", later)).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["delivery_room warning", "given_up warning"], "{report:#?}");
        assert!(found(&report, "delivery_room").1.contains("100 deliveries wait for slow.example"), "{report:#?}");
    }

    async fn servers_that_do_not_answer_are_named(database: TestDatabase) {
        let front = Front::open(database).await;
        for host in ["a.example", "b.example", "c.example"] {
            front.write(move |tx| known_servers::succeeded(tx, host, "cavage")).await;
        }
        front.write(|tx| known_servers::failed(tx, "a.example", "The server answered 502.", Pause::Ours(Duration::from_secs(60)))).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["servers warning"]);
        assert!(found(&report, "servers").1.contains("a.example (The server answered 502.)"), "{report:#?}");
        for host in ["b.example", "c.example"] {
            front.write(move |tx| known_servers::failed(tx, host, "No answer.", Pause::Ours(Duration::from_secs(60)))).await;
        }
        assert_eq!(troubles(&front.examine().await), ["servers failed"], "most of them: it is us");
        front.write(|tx| { diesel::delete(servers::table).execute(tx.conn())?; Ok(()) }).await;
        front.write(|tx| known_servers::block(tx, "company.example", None)).await;
        assert_eq!(troubles(&front.examine().await), ["blocks failed"]);
    }

    async fn links_without_proof_are_named(database: TestDatabase) {
        let front = Front::open(database).await;
        let brand = front.brand.id;
        front.write(move |tx| {
            let value = "<a href=\"https://company.example/about\" rel=\"me\">https://company.example/about</a>".to_owned();
            let fields = vec![actors::Field { name: "Site".to_owned(), value, verified_at: None }];
            actors::edit_profile(tx, brand, &actors::Profile { fields: Some(fields), ..actors::Profile::default() })
        }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["rel_me warning"]);
        assert!(found(&report, "rel_me").1.contains("https://company.example/about (@company)"), "{report:#?}");
        front.write(move |tx| {
            actors::mark_field_verified(tx, brand, "<a href=\"https://company.example/about\" rel=\"me\">https://company.example/about</a>", true)
        }).await;
        assert_eq!(troubles(&front.examine().await), Vec::<String>::new());
    }

    async fn an_old_backup_is_noticed_where_we_make_them(database: TestDatabase) {
        let front = Front::open(database).await;
        let now = front.app.db.now();
        let days_ago = |days: u64| now.minus(Duration::from_secs(days * 86_400)).0.to_string();
        let expected = if front.app.db.engine() == guildhall::db::Engine::Postgres { vec![] } else { vec!["backup warning"] };
        let (old, new, brand) = (days_ago(8), days_ago(1), front.brand.id);
        let long_ago = now.minus(Duration::from_secs(3 * 86_400));
        front.write(move |tx| {
            use guildhall::db::schema::actors;
            diesel::update(actors::table.find(brand)).set(actors::published_at.eq(long_ago)).execute(tx.conn())?;
            Ok(())
        }).await;
        assert_eq!(troubles(&front.examine().await), expected, "never");
        front.write(move |tx| org::set_setting(tx, org::LAST_BACKUP, &old)).await;
        assert_eq!(troubles(&front.examine().await), expected);
        front.write(move |tx| org::set_setting(tx, org::LAST_BACKUP, &new)).await;
        assert_eq!(troubles(&front.examine().await), Vec::<String>::new());
    }

    async fn a_database_that_is_behind_is_noticed(database: TestDatabase) {
        let front = Front::open(database).await;
        front.write(|tx| {
            diesel::sql_query("DELETE FROM __diesel_schema_migrations").execute(tx.conn())?;
            Ok(())
        }).await;
        let report = front.examine().await;
        assert_eq!(troubles(&report), ["database failed"], "{report:#?}");
        assert!(found(&report, "database").1.contains("older"), "{report:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_sqlite_file_is_noticed() {
    use std::io::{Seek, SeekFrom, Write};
    let front = Front::open(crate::support::database::TestDatabase::sqlite()).await;
    // An index that does not agree with its table is what a torn write leaves behind.
    front
        .app
        .db
        .read(|conn| {
            diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let path = front.database.url.strip_prefix("sqlite:").unwrap();
    let length = std::fs::metadata(path).unwrap().len();
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(length - 4096)).unwrap();
    file.write_all(&[0xff; 4096]).unwrap();
    file.sync_all().unwrap();
    let report = front.examine().await;
    assert_eq!(found(&report, "database").0, Verdict::Failed, "{report:#?}");
}
