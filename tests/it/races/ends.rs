//! What ends together with its author.

use guildhall::{db::Tx, domain::posts};

use super::{ROUNDS, by};
use crate::races;

races! {
    async fn a_delete_and_the_end_of_its_author_agree(race: Race) {
        for round in 0..ROUNDS {
            let (author, other) = (race.ours[round % 4].1.clone(), race.ours[4 + round % 4].1.clone());
            let parent = race.post(&other, None).await;
            let reply = race.post(&author, Some(parent)).await;
            race.post(&author, None).await;
            let who = by(&author);
            let delete = move |tx: &mut Tx<'_>| posts::delete(tx, &who, reply);
            let author = author.id;
            let all = move |tx: &mut Tx<'_>| posts::delete_all_of(tx, author, 100);
            if round % 2 == 0 {
                let (one, two) = race.held(delete, all).await;
                one.unwrap();
                two.unwrap();
            } else {
                let (one, two) = race.held(all, delete).await;
                one.unwrap();
                two.unwrap();
            }
            assert_eq!(race.count("posts", &format!("author_id = {author}")).await, 0);
        }
        race.assert_sound().await;
    }
}
