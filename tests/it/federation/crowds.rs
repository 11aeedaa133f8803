//! Letters that nobody can check yet, sent by somebody who has the addresses of many: others keep their room.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use diesel::{RunQueryDsl, sql_query};

use super::early::{delete, is_shown, send};
use crate::support::world::{Letter, Stranger, World};

/// How many letters are kept at most that nobody has checked.
const ROOM: i64 = 10_000;

/// How many networks somebody has, and an address in each.
type Crowd = (u16, fn(u16) -> IpAddr);

/// An address in a /48 of somebody who has the whole /32.
fn of_a_whole_provider(number: u16) -> IpAddr {
    Ipv6Addr::new(0x2a01, 0x4f8, number, 0, 0, 0, 0, 1).into()
}

/// A machine that is rented at one provider of many.
fn rented(number: u16) -> IpAddr {
    Ipv4Addr::new(20 + u8::try_from(number % 200).unwrap(), 7, u8::try_from(number / 200).unwrap(), 9).into()
}

/// Sends the Delete of a post that never was, of somebody on a server of this name.
async fn forge(world: &World, host: &str, from: IpAddr) {
    let forger = Stranger::new(&format!("https://{host}.example/users/x"), 2);
    send(world, Letter::signed(&forger, &delete(&forger, "1")).from(SocketAddr::new(from, 1))).await;
}

/// The Delete of a post that never was, with a second signature that nobody checks either.
fn signed_twice(forger: &Stranger) -> Letter {
    let letter = Letter::signed_9421(forger, &delete(forger, "1"));
    let both = |name: &str, other: fn(&str) -> String| {
        let first = letter.headers[name].to_str().unwrap();
        format!("{first}, {}", other(&first.replacen("sig1=", "sig2=", 1)))
    };
    let input = both("signature-input", str::to_owned);
    let signature = both("signature", |text| format!("sig2=:AAAA{}", &text["sig2=:AAAA".len()..]));
    letter.with("signature-input", &input).with("signature", &signature)
}

/// Has `networks` send as much as there is room for, each the same. The first letter of each is real.
async fn fill(world: &World, networks: u16, address: fn(u16) -> IpAddr) {
    for number in 0..networks {
        forge(world, &format!("crowd{number}"), address(number)).await;
    }
    let each = ROOM / i64::from(networks) - 1;
    world
        .app
        .db
        .write(move |tx| {
            sql_query(format!(
                "INSERT INTO taken_back (id, claim, fingerprint, actor, host, letter, created_at, sender, provider)
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {each})
                 SELECT ROW_NUMBER() OVER (ORDER BY t.id, n.i), t.claim || '-' || n.i, t.fingerprint, t.actor,
                        t.host || n.i, t.letter, t.created_at, t.sender, t.provider
                 FROM taken_back t, n"
            ))
            .execute(tx.conn())?;
            Ok(())
        })
        .await
        .unwrap();
}

on_both! {
    async fn whoever_has_many_networks_keeps_no_honest_server_out(database: TestDatabase) {
        let world = World::open(database).await;
        let unchecked = async || world.count("taken_back", "letter IS NOT NULL").await;
        let crowds: [Crowd; 2] = [(20, of_a_whole_provider), (10, rented)];
        for (round, (networks, address)) in crowds.into_iter().enumerate() {
            world.app.db.write(|tx| Ok(sql_query("DELETE FROM taken_back").execute(tx.conn())?)).await.unwrap();
            fill(&world, networks, address).await;
            assert_eq!(unchecked().await, ROOM);
            // Hers comes from elsewhere, a neighbour's from another network of a provider of the crowd.
            let zoe = Stranger::new(&format!("https://far{round}.example/users/zoe"), 1);
            let calm = Stranger::new(&format!("https://calm{round}.example/users/c"), 0);
            world.publish(&zoe);
            world.publish(&calm);
            let (mine, theirs) = (format!("mine{round}"), format!("theirs{round}"));
            let beside = match address(0) {
                IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() + 256).into(),
                IpAddr::V6(_) => address(500),
            };
            for (who, id, from) in [(&zoe, &mine, "203.0.113.2".parse().unwrap()), (&calm, &theirs, beside)] {
                send(&world, Letter::signed(who, &delete(who, id)).from(SocketAddr::new(from, 1))).await;
            }
            assert_eq!(unchecked().await, ROOM, "as much as before, of others");
            // The crowd goes on, from where it was and from more networks: it takes room from itself.
            for number in 0..40 {
                forge(&world, &format!("more{number}"), address(0)).await;
                forge(&world, &format!("other{number}"), address(networks + number % 4)).await;
            }
            assert_eq!(unchecked().await, ROOM);
            assert!(!is_shown(&world, &zoe, &mine).await && !is_shown(&world, &calm, &theirs).await, "round {round}");
            // The control: what nobody took back.
            assert!(is_shown(&world, &calm, &format!("kept{round}")).await);
        }
    }
}

on_both! {
    async fn a_crowd_of_which_each_has_one_gives_way_to_two_at_once(database: TestDatabase) {
        let world = World::open(database).await;
        forge(&world, "first", of_a_whole_provider(0)).await;
        // Each letter has two signatures, and each network of the crowd keeps one.
        world
            .app
            .db
            .write(|tx| {
                sql_query(format!(
                    "INSERT INTO taken_back (id, claim, fingerprint, actor, host, letter, created_at, sender, provider)
                     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROOM} - 1)
                     SELECT n.i, t.claim || '-' || n.i, t.fingerprint, t.actor, t.host || n.i, t.letter, t.created_at,
                            t.sender || n.i, t.provider
                     FROM taken_back t, n"
                ))
                .execute(tx.conn())?;
                Ok(())
            })
            .await
            .unwrap();
        for number in 0..20 {
            let forger = Stranger::new(&format!("https://pair{number}.example/users/x"), 2);
            send(&world, signed_twice(&forger).from(SocketAddr::new(rented(number), 1))).await;
        }
        assert_eq!(world.count("taken_back", "host LIKE 'pair%'").await, 40);
        assert_eq!(world.count("taken_back", "letter IS NOT NULL").await, ROOM);
    }
}
