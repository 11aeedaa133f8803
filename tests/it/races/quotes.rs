//! Quotes: who takes one out of a post, and who deletes the post that quotes.

use guildhall::{
    db::Tx,
    domain::posts::{self, Audience, Draft, Quoting},
};

use super::{ROUNDS, by};
use crate::races;

races! {
    async fn a_quote_that_is_taken_back_while_its_post_goes_counts_once(race: Race) {
        let (author, reader) = (race.ours[0].1.clone(), race.ours[1].1.clone());
        for round in 0..ROUNDS {
            let quoted = race.post(&author, None).await;
            let (site, who) = (race.site.clone(), by(&reader));
            let quoting = race
                .write(move |tx| {
                    let draft = Draft {
                        quote: Some(Quoting { post: Some(quoted), ..Quoting::default() }),
                        ..Draft::note(Audience::Public, "<p>see</p>".to_owned())
                    };
                    posts::create(tx, &site, &who, &draft)
                })
                .await;
            let counted = format!("SELECT quotes_count AS count FROM posts WHERE id = {quoted}");
            assert_eq!(race.number(&counted).await, 1);
            let (site, whose, who) = (race.site.clone(), by(&author), by(&reader));
            let revoke = move |tx: &mut Tx<'_>| posts::revoke_quote(tx, &site, &whose, quoted, quoting);
            let delete = move |tx: &mut Tx<'_>| posts::delete(tx, &who, quoting);
            if round % 2 == 0 {
                race.held(revoke, delete).await.1.unwrap();
            } else {
                race.held(delete, revoke).await.0.unwrap();
            }
            assert_eq!(race.number(&counted).await, 0, "round {round}");
        }
        race.assert_sound().await;
    }
}
