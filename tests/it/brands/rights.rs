//! The table of rights: each cell is looked at.

use guildhall::domain::accounts::{self, GrantRole, Right};

use super::{brand, give, with_role};
use crate::mastodon::House;

/// What each role may do: `x` where it may.
const TABLE: &str = "
                         owner manager approver publisher contributor responder analyst auditor
write_draft              x     x       x        x         x           x         .       .
edit_others_draft        x     x       x        x         .           .         .       .
submit                   x     x       x        x         x           x         .       .
approve                  x     x       x        .         .           .         .       .
request_changes          x     x       x        .         .           .         .       .
publish                  x     x       x        x         .           .         .       .
schedule                 x     x       x        x         .           .         .       .
override                 x     x       .        .         .           .         .       .
reply_without_approval   x     x       x        x         .           x         .       .
edit_published           x     x       x        x         .           .         .       .
delete_published         x     x       x        x         .           .         .       .
change_policy            x     x       .        .         .           .         .       .
manage_grants            x     x       .        .         .           .         .       .
read_drafts              x     x       x        x         x           x         .       x
read_audit               x     .       .        .         .           .         .       x
read_figures             x     x       x        x         .           .         x       x
handle_crisis            x     x       .        .         .           .         .       .
";

#[test]
fn every_role_has_the_rights_of_the_table_and_no_other() {
    let mut lines = TABLE.trim_start_matches('\n').lines();
    let roles: Vec<GrantRole> = lines.next().unwrap().split_whitespace().map(|name| name.parse().unwrap()).collect();
    assert_eq!(roles, GrantRole::ALL);
    let mut seen = Vec::new();
    for line in lines {
        let mut cells = line.split_whitespace();
        let right: Right = cells.next().unwrap().parse().unwrap();
        let cells: Vec<&str> = cells.collect();
        assert_eq!(cells.len(), roles.len(), "{right}");
        for (role, cell) in roles.iter().zip(cells) {
            assert_eq!(role.may(right), cell == "x", "{role} {right}");
        }
        seen.push(right);
    }
    assert_eq!(seen, Right::ALL, "every right has a row");
}

on_both! {
    async fn a_right_lasts_as_long_as_the_role_the_job_and_the_brand(database: TestDatabase) {
        let house = House::open(database).await;
        let acme = brand(&house, "acme").await;
        let other = brand(&house, "other").await;
        let ana = with_role(&house, acme, GrantRole::Contributor).await;
        let account = ana.account;
        let role = async || house.app.db.read(move |conn| accounts::role_on(conn, account, acme)).await.unwrap();
        let refused = async |actor, right| {
            let asked = house.app.db.read(move |conn| accounts::need_right(conn, account, actor, right)).await;
            asked.err().map(|error| error.code())
        };
        assert_eq!(role().await, Some(GrantRole::Contributor));
        assert_eq!(refused(acme, Right::Submit).await, None);
        assert_eq!(refused(acme, Right::Publish).await, Some("role.right"));
        assert_eq!(refused(other, Right::Submit).await, Some("brand.not_found"), "who has no role learns nothing");
        assert_eq!(refused(ana.actor, Right::Submit).await, Some("brand.not_found"));
        give(&house, &ana, acme, GrantRole::Publisher).await.unwrap();
        assert_eq!((role().await, refused(acme, Right::Publish).await), (Some(GrantRole::Publisher), None));
        let suspend = async |on| house.app.db.write(move |tx| accounts::set_suspended(tx, account, on)).await.unwrap();
        suspend(true).await;
        assert_eq!(role().await, None);
        suspend(false).await;
        assert!(role().await.is_some());
        house.app.db.write(move |tx| guildhall::domain::actors::set_suspended(tx, acme, true)).await.unwrap();
        assert_eq!(role().await, None, "the brand is not there");
        house.app.db.write(move |tx| guildhall::domain::actors::set_suspended(tx, acme, false)).await.unwrap();
        house.app.db.write(move |tx| accounts::set_role(tx, account, accounts::AccountKind::Partner, accounts::Role::Member)).await.unwrap();
        assert_eq!(role().await, None, "who works here no more");
    }
}
