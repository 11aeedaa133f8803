//! Profiles that are changed from several sides at once.

use guildhall::domain::{
    Site,
    actors::{self, Field, Profile},
    setup::{self, Company, WayIn},
};

on_both! {
    async fn what_is_found_out_about_links_at_once_is_all_kept(database: TestDatabase) {
        let site = Site {
            base_url: "https://acme.example".to_owned(),
            domain: "acme.example".to_owned(),
            post_characters: 500,
            federates: true,
        };
        let company = Company {
            name: "Acme".to_owned(),
            handle: "acme".to_owned(),
            owner: "olga".to_owned(),
            email: "olga@acme.example".to_owned(),
            way_in: WayIn::Password("none".to_owned()),
        };
        let (brand, _) = database.db.write(move |tx| setup::establish(tx, &site, &company)).await.unwrap();
        let brand = brand.id;
        let value = |number: usize| format!("https://{number}.example");
        let fields: Vec<Field> = (0..8)
            .map(|number| Field { name: number.to_string(), value: value(number), verified_at: None })
            .collect();
        let profile = Profile { fields: Some(fields.clone()), ..Profile::default() };
        database.db.write(move |tx| actors::edit_profile(tx, brand, &profile)).await.unwrap();

        let mut tasks = Vec::new();
        for number in 0..8 {
            let (db, value) = (database.db.clone(), value(number));
            tasks.push(tokio::spawn(async move {
                db.write(move |tx| actors::mark_field_verified(tx, brand, &value, true)).await
            }));
            // Somebody saves the same fields again meanwhile: marks of links that stay are kept.
            let (db, profile) = (database.db.clone(), Profile { fields: Some(fields.clone()), ..Profile::default() });
            tasks.push(tokio::spawn(async move {
                db.write(move |tx| actors::edit_profile(tx, brand, &profile)).await
            }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let kept = database.db.read(move |conn| actors::get(conn, brand)).await.unwrap().fields.0;
        let unmarked: Vec<&Field> = kept.iter().filter(|field| field.verified_at.is_none()).collect();
        assert!(kept.len() == 8 && unmarked.is_empty(), "{unmarked:#?}");
    }
}
