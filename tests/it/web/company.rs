//! The company's own name, colour, logo and texts.

use guildhall::domain::org::{self, Edit, LegalText};
use http::StatusCode;

use super::pages::{attributes, loaded, settle, tags, visit};

const LOGO: &[u8] =
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><circle cx=\"5\" cy=\"5\" r=\"5\"/></svg>";

on_both! {
    async fn the_colour_comes_as_a_sheet_of_plain_colours(database: TestDatabase) {
        let (house, _) = settle(database).await;
        let (_, _, page) = visit(&house, "/").await;
        let sheet = loaded(&page).into_iter().find(|file| file.contains("colour-f2572b-")).unwrap();
        let (_, headers, css) = house.get(&sheet, &[]).await;
        assert_eq!(headers["content-type"], "text/css; charset=utf-8");
        assert!(css.contains("--brand:#f2572b") && css.contains("--facade:#f2572b") && css.contains("prefers-color-scheme:dark"), "{css}");
        assert!(!css.contains("oklch") && !css.contains("color("), "{css}");
        house.write(|tx| org::edit_company(tx, &Edit { colour: Some("#005566".to_owned()), ..Edit::default() })).await;
        let (_, _, page) = visit(&house, "/").await;
        assert!(loaded(&page).iter().any(|file| file.contains("colour-005566-")) && page.contains("content=\"#005566\""));
        assert_eq!(house.get(&sheet, &[]).await.0, StatusCode::OK, "who has the old page can still show it");
        let refused = house.app.db.write(|tx| org::edit_company(tx, &Edit { colour: Some("orange".to_owned()), ..Edit::default() })).await;
        assert_eq!(refused.unwrap_err().code(), "company.colour");
    }

    async fn a_logo_stands_on_every_page_and_runs_nothing(database: TestDatabase) {
        let (house, _) = settle(database).await;
        house.write(|tx| org::set_logo(tx, LOGO).map(drop)).await;
        let (_, _, page) = visit(&house, "/@company").await;
        let icon = tags(&page, "link").into_iter().find(|tag| tag.contains("rel=\"icon\"")).map(|tag| attributes(tag, "href")[0]).unwrap();
        assert!(icon.starts_with("/assets/logo-") && icon.ends_with(".svg"));
        assert!(page.contains(&format!("<img src=\"{icon}\" alt=\"\"")));
        let (status, headers, picture) = house.get(icon, &[]).await;
        assert_eq!((status, picture.as_bytes()), (StatusCode::OK, LOGO));
        assert_eq!((headers["content-type"].to_str().unwrap(), headers["x-content-type-options"].to_str().unwrap()), ("image/svg+xml", "nosniff"));
        assert_eq!(headers["content-security-policy"], "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        assert_eq!(house.get("/favicon.ico", &[]).await.1["location"], icon);
        for bad in [&b"<svg onload=\"x\"/>"[..], b"#!/bin/sh", &vec![b'a'; 70 * 1024]] {
            let bad = bad.to_vec();
            assert!(house.app.db.write(move |tx| org::set_logo(tx, &bad).map(drop)).await.is_err());
        }
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 100]].concat();
        house.write(move |tx| org::set_logo(tx, &png).map(drop)).await;
        assert_eq!(house.get(icon, &[]).await.0, StatusCode::NOT_FOUND, "the logo before is gone");
        let (_, _, page) = visit(&house, "/@company").await;
        assert!(page.contains("<meta property=\"og:image\" content=\"https://social.company.example/assets/logo-"));
        house.write(org::remove_logo).await;
        assert!(visit(&house, "/").await.2.contains("/assets/house-f2572b-"));
    }

    async fn legal_texts_are_the_companys_own_or_what_is_true_of_all(database: TestDatabase) {
        let (house, _) = settle(database).await;
        let (_, _, page) = visit(&house, "/legal/imprint").await;
        assert!(page.contains("Larkfield Bicycle Works runs this server") && page.contains("@company@company.example"));
        house.write(|tx| org::edit_company(tx, &Edit { legal: vec![(LegalText::Imprint, "# Larkfield ApS\n\nHavnegade 4, *Aarhus*\n\n<script>alert(1)</script>".to_owned())], ..Edit::default() })).await;
        let (_, _, page) = visit(&house, "/legal/imprint").await;
        assert!(page.contains("<h1 class=\"title\">Imprint</h1>") && page.contains("<em>Aarhus</em>"));
        assert!(page.contains("&lt;script&gt;") && page.matches("<script").count() == 1, "{page}");
        let long = "a".repeat(33 * 1024);
        let refused = house.app.db.write(move |tx| org::edit_company(tx, &Edit { legal: vec![(LegalText::Rules, long.clone())], ..Edit::default() })).await;
        assert_eq!(refused.unwrap_err().code(), "company.legal");
        assert!(visit(&house, "/legal/rules").await.2.contains("Speak as you would"));
    }
}
