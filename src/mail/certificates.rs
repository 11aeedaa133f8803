//! What is written to people about certificates that end: for what they are, the days, and where they are given anew;
//! never whose they are or what was passed.

use askama::Template;

use super::Letter;
use crate::error::{Error, Result};

/// A letter about certificates that end.
#[derive(Debug, Clone)]
pub struct CertificateLetter {
    /// What the company is called.
    pub company: String,
    /// The colour of the company, as `#rrggbb`, and one that can be read on it.
    pub colours: (String, String),
    /// Where certificates are seen and given.
    pub link: String,
    /// Whoever reads it holds them; else they may give them anew.
    pub own: bool,
    /// They have ended, and count for some days more.
    pub ended: bool,
    /// Some of them let somebody answer where rules ask for a certificate.
    pub answers: bool,
    /// Some of them let somebody approve there.
    pub approves: bool,
    /// Which.
    pub certificates: Vec<Ending>,
}

/// A certificate that ends.
#[derive(Debug, Clone)]
pub struct Ending {
    /// For what.
    pub role: String,
    /// The day on which it ends.
    pub ends: String,
    /// The day until which it counts.
    pub counts_until: String,
}

impl CertificateLetter {
    /// What comes of it where rules of a brand ask for a certificate.
    fn consequence(&self) -> &'static str {
        match (self.answers, self.approves) {
            (_, true) => {
                "After that, for brands whose rules ask for a certificate, approvals count no more and answers wait \
                 for approval."
            }
            (true, false) => {
                "After that, for brands whose rules ask for a certificate, answers go out at once no more: they wait \
                 for approval."
            }
            (false, false) => "After that it says nothing any more; no rule of a brand asks for it.",
        }
    }

    /// Who does something about it.
    fn remedy(&self) -> &'static str {
        if self.own {
            "Owners and admins of the server give you a new one: ask one of them. It is done in the workroom, at \
             Company, Certificates."
        } else {
            "You may give a new one, in the workroom at Company, Certificates. There stands whose it is."
        }
    }
}

#[derive(Template)]
#[template(path = "mail/certificates.txt")]
struct CertificatesText<'a>(&'a CertificateLetter);

#[derive(Template)]
#[template(path = "mail/certificates.html")]
struct CertificatesHtml<'a>(&'a CertificateLetter);

impl Letter for CertificateLetter {
    fn subject(&self) -> String {
        let whose = if self.own { "Your" } else { "A" };
        match (self.certificates.as_slice(), self.ended) {
            ([one], false) => format!("{whose} certificate as {} at {} ends on {}", one.role, self.company, one.ends),
            ([one], true) => format!("{whose} certificate as {} at {} has ended", one.role, self.company),
            (several, false) => format!("{} certificates at {} end soon", several.len(), self.company),
            (several, true) => format!("{} certificates at {} have ended", several.len(), self.company),
        }
    }

    fn plain(&self) -> Result<String> {
        CertificatesText(self).render().map_err(Error::internal)
    }

    fn html(&self) -> Result<String> {
        CertificatesHtml(self).render().map_err(Error::internal)
    }
}
