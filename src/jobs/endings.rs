//! Letters to people about certificates that end.

use super::letters::house_for;
use crate::{
    app::App,
    domain::{
        AccountId, CertificateId,
        accounts::{self, CertificateRole},
    },
    error::Result,
    mail::{CertificateLetter, Ending, Taught},
};

/// For what a certificate is, as letters say it.
const fn taught(role: CertificateRole) -> Taught {
    match role {
        CertificateRole::Responder => Taught::Answer,
        CertificateRole::Approver => Taught::Approve,
        CertificateRole::Publisher => Taught::Publish,
        CertificateRole::Contributor => Taught::Write,
        CertificateRole::Manager => Taught::Manage,
    }
}

/// Tells somebody that certificates end, or that they have; nothing where none of them is left of which they hear.
pub(super) async fn tell(app: &App, account: AccountId, certificates: &[CertificateId], ended: bool) -> Result<()> {
    let (site, now, certificates) = (app.site.clone(), app.db.now(), certificates.to_vec());
    let read = app.db.read(move |conn| {
        let Some(found) = accounts::endings_for(conn, account, &certificates, ended, now)? else { return Ok(None) };
        let letter = CertificateLetter {
            link: format!("{}/home/company/certificates", site.base_url),
            own: found.own,
            ended,
            answers: found.certificates.iter().any(|one| one.role.lets_answer()),
            approves: found.certificates.iter().any(|one| one.role.lets_approve()),
            certificates: found
                .certificates
                .iter()
                .map(|one| Ending { role: taught(one.role), ends: one.valid_until, counts_until: one.counts_until() })
                .collect(),
        };
        Ok(Some((found.address, letter, house_for(conn, &site, account)?)))
    });
    let Some((address, letter, house)) = read.await? else { return Ok(()) };
    match app.mailer.send(&address, &house, &letter).await {
        Err(error) if error.code() == "mail.refused" => {
            tracing::warn!(%error, account = %account, "A letter was refused");
            Ok(())
        }
        sent => sent,
    }
}
