//! Letters to people about certificates that end.

use crate::{
    app::App,
    domain::{
        AccountId, CertificateId, accounts,
        org::{self, Shades},
    },
    error::Result,
    mail::{CertificateLetter, Ending},
};

/// Tells somebody that certificates end, or that they have; nothing where none of them is left of which they hear.
pub(super) async fn tell(app: &App, account: AccountId, certificates: &[CertificateId], ended: bool) -> Result<()> {
    let (site, now, certificates) = (app.site.clone(), app.db.now(), certificates.to_vec());
    let read = app.db.read(move |conn| {
        let Some(found) = accounts::endings_for(conn, account, &certificates, ended, now)? else { return Ok(None) };
        let company = org::company(conn, &site.domain)?;
        let shades = Shades::from(company.colour);
        let letter = CertificateLetter {
            colours: (shades.brand.to_string(), shades.on_brand.to_string()),
            company: company.name,
            link: format!("{}/home/company/certificates", site.base_url),
            own: found.own,
            ended,
            answers: found.certificates.iter().any(|one| one.role.lets_answer()),
            approves: found.certificates.iter().any(|one| one.role.lets_approve()),
            certificates: found
                .certificates
                .iter()
                .map(|one| Ending {
                    role: one.role.to_string(),
                    ends: one.valid_until.rfc3339().chars().take(10).collect(),
                    counts_until: one.counts_until().rfc3339().chars().take(10).collect(),
                })
                .collect(),
        };
        Ok(Some((found.address, letter)))
    });
    let Some((address, letter)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &letter.company, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}
