//! Announcements that are put away while they are taken back.

use guildhall::domain::{AnnouncementId, announcements};

use super::{ROUNDS, Race, fine};
use crate::races;

impl Race {
    async fn announcement(&self) -> AnnouncementId {
        let site = self.site.clone();
        self.write(move |tx| announcements::make(tx, &site, "Tea is ready", None)).await
    }
}

races! {
    async fn what_is_taken_back_while_it_is_put_away_is_not_there(race: Race) {
        let reader = race.ours[0].1.id;
        // Whoever comes second waits for the first.
        let id = race.announcement().await;
        let (gone, dismissed) = race.held(move |tx| announcements::remove(tx, id), move |tx| announcements::dismiss(tx, reader, id)).await;
        assert!(gone.is_ok() && fine(dismissed).is_none());
        let id = race.announcement().await;
        let (dismissed, gone) = race.held(move |tx| announcements::dismiss(tx, reader, id), move |tx| announcements::remove(tx, id)).await;
        assert!(dismissed.is_ok() && gone.is_ok());
        for _ in 0..ROUNDS {
            let id = race.announcement().await;
            let people: Vec<_> = race.ours.iter().map(|(_, actor)| actor.id).collect();
            let outcomes = race
                .eight(move |number, tx| match number {
                    0 => announcements::remove(tx, id).map(drop),
                    _ => announcements::dismiss(tx, people[number], id),
                })
                .await;
            for outcome in outcomes {
                fine(outcome);
            }
        }
        assert_eq!(race.count("announcement_reads", "TRUE").await, 0);
    }

    async fn eight_change_one_announcement_and_one_of_them_is_told(race: Race) {
        let (id, site) = (race.announcement().await, race.site.clone());
        let outcomes = race
            .eight(move |number, tx| {
                let change = announcements::Change { source: Some(format!("Tea number {number}")), ends_at: None };
                announcements::change(tx, &site, id, &change)
            })
            .await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(race.count("audit", "act = 'announcement.changed'").await, 8);
        assert_eq!(race.count("announcements", "content LIKE '%' || source || '%'").await, 1, "text and its HTML are of one");
    }
}
