//! Letters to people here: how they look, and how they leave.

mod certificates;
mod house;
mod inside;
mod letter;
mod review;
mod sentences;
mod sign_up;

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::Address,
    message::{Mailbox, MultiPart, header::HeaderName, header::HeaderValue},
    transport::smtp,
};

pub use certificates::{CertificateLetter, Ending, Taught};
pub use house::{House, Letter, Part};
pub use inside::{Inside, InsideLetter};
pub use letter::{CrisisNews, Held, InCrisis, Invited, Overridden, PasskeyChanged, Reset, RoleChanged, Weakened};
pub use review::{Next, ReviewLetter, Reviewed};
pub use sign_up::{SignUpLetter, Tells};

use crate::{
    config,
    db::Timestamp,
    error::{Error, Result},
};

/// How long the other side may take for anything that it is told.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long files of letters are kept that were sent to nobody.
const FILES_LAST: Duration = Duration::from_secs(30 * 24 * 3600);

/// The way on which letters leave.
pub struct Mailer {
    from: Option<Mailbox>,
    domain: String,
    way: Way,
}

enum Way {
    /// To a mail server.
    Server(AsyncSmtpTransport<Tokio1Executor>),
    /// Into files that an operator reads.
    Folder(PathBuf),
}

impl Mailer {
    /// A mailer by the settings; `domain` is the one of our handles.
    pub fn new(mail: &config::Mail, data_dir: &Path, domain: &str) -> Result<Self> {
        let from = mail.from.as_deref().map(str::parse).transpose().map_err(Error::internal)?;
        let way = match mail.smtp_url.as_deref() {
            Some(url) => {
                let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(Error::internal)?;
                Way::Server(server.timeout(Some(PATIENCE)).build())
            }
            None => Way::Folder(data_dir.join("mail")),
        };
        let domain = domain.split(':').next().unwrap_or(domain).to_owned();
        Ok(Self { from, domain, way })
    }

    /// Whether letters reach anybody.
    pub const fn sends(&self) -> bool {
        matches!(self.way, Way::Server(_))
    }

    /// Sends a letter of the house to somebody, in its language. It comes under the name of the company when the
    /// settings name none.
    pub async fn send(&self, to: &str, house: &House, letter: &impl Letter) -> Result<()> {
        let message = self.message(to, house, letter)?;
        match &self.way {
            Way::Server(server) => server.send(message).await.map(|_| ()).map_err(|error| refused(&error)),
            Way::Folder(folder) => {
                let (folder, bytes) = (folder.clone(), message.formatted());
                let written = tokio::task::spawn_blocking(move || write(&folder, &bytes));
                written.await.map_err(Error::internal)?.map_err(Error::internal)
            }
        }
    }

    fn message(&self, to: &str, house: &House, letter: &impl Letter) -> Result<Message> {
        let wrong = |error: lettre::address::AddressError| {
            Error::invalid("mail.address", "This person's e-mail address cannot be written to.").because(error)
        };
        let to = Mailbox::new(None, to.parse::<Address>().map_err(wrong)?);
        let from = match &self.from {
            Some(from) => from.clone(),
            None => Mailbox::new(Some(house.company.clone()), Address::new("noreply", &self.domain).map_err(wrong)?),
        };
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        Message::builder()
            .from(from)
            .to(to)
            .subject(house.subject(letter))
            // Nobody's holiday answers it (RFC 3834, section 5).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", house.say.tag()))
            .message_id(Some(format!("<{}@{}>", crate::secrets::new_token(), self.domain)))
            .multipart(MultiPart::alternative_plain_html(house.text(letter), house.html(letter)?))
            .map_err(Error::internal)
    }

    /// Whether the mail server takes our letters; nothing when there is none.
    pub async fn try_server(&self) -> Option<Result<()>> {
        let Way::Server(server) = &self.way else { return None };
        Some(match server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::unavailable("mail.server", "The mail server does not answer as one.")),
            Err(error) => Err(refused(&error)),
        })
    }

    /// Deletes files of letters that were sent to nobody, when they are old.
    pub async fn prune(&self) -> Result<()> {
        let Way::Folder(folder) = &self.way else { return Ok(()) };
        let folder = folder.clone();
        let pruned = tokio::task::spawn_blocking(move || prune(&folder));
        pruned.await.map_err(Error::internal)?.map_err(Error::internal)
    }
}

/// What a mail server said. Its sentences often repeat the address, which no log shall hold: only its number is kept.
fn refused(error: &smtp::Error) -> Error {
    let said = error.status().map_or_else(|| reason(error).to_owned(), |code| format!("it answered {code}"));
    if error.is_permanent() {
        return Error::invalid("mail.refused", format!("The mail server refused: {said}."));
    }
    // Who does not answer in time may have taken the letter.
    let code = if error.is_timeout() { "mail.unsure" } else { "mail.server" };
    Error::unavailable(code, format!("The mail server could not be used: {said}."))
}

fn reason(error: &smtp::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_tls() {
        "no encrypted connection came about"
    } else if error.is_client() {
        "it does not offer what the settings ask for"
    } else {
        "it was not reached"
    }
}

/// Writes a letter where only we can read it: it holds links that work for a while.
fn write(folder: &Path, letter: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let name = format!("{}-{}.eml", Timestamp::wall_clock().0, crate::secrets::new_token());
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join(name))?.write_all(letter)
}

fn prune(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let age = fs::metadata(&path)?.modified()?.elapsed().unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "eml") && age > FILES_LAST {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    /// What somebody wrote: it stays as it is.
    const WROTE: &str = "Because of <the> fire";

    fn set(letter: &impl Letter, say: Language) -> (String, String, String) {
        let colours = ("#3d4b5c".to_owned(), "#ffffff".to_owned());
        let house = House { company: "Acme".to_owned(), colours, say };
        (house.subject(letter), house.text(letter), house.html(letter).unwrap())
    }

    /// Whether a letter says nothing in English where it is in another language.
    #[track_caller]
    fn assert_whole(letter: &impl Letter) {
        let english = set(letter, Language::English);
        for say in Language::ALL {
            let (subject, text, html) = set(letter, say);
            let marked = format!("<html lang=\"{}\" dir=\"{}\">", say.tag(), say.direction());
            assert!(html.contains(&marked) && !html.contains(WROTE), "{html}");
            assert!(!subject.is_empty() && !subject.contains(['\n', '<', '&']), "{subject}");
            assert!(!text.contains("<b") && !text.contains("&#"), "{text}");
            if say == Language::English {
                continue;
            }
            assert_ne!(subject, english.0);
            let said = text.lines().filter(|line| {
                !line.is_empty() && line.strip_prefix("> ") != Some(WROTE) && !line.starts_with("https://")
            });
            for line in said {
                assert!(!english.1.lines().any(|other| other == line), "{line}");
                let arabic = line.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
                assert_eq!(arabic, say == Language::Arabic, "{line}");
            }
            let count = |sign: char| text.matches(sign).count() + subject.matches(sign).count();
            assert_eq!(count('\u{2068}'), count('\u{2069}'), "{text}");
            assert_eq!(count('\u{2068}') > 0, say == Language::Arabic, "{text}");
        }
    }

    #[test]
    fn a_name_turns_nothing_around_it() {
        let told = |name: &str| {
            let letter = Invited {
                by: Some(name.to_owned()),
                works_here: false,
                link: "https://acme.example/x".to_owned(),
                until: Timestamp(0),
            };
            Language::ALL.map(|say| set(&letter, say).1.lines().next().unwrap().to_owned())
        };
        let [english, german, arabic] = told("Ana \u{202e}\u{2066}evil\u{2069} & co");
        assert_eq!(english, "Ana evil & co invites you to have an account at Acme.");
        assert!(german.starts_with("Ana evil & co lädt") && arabic.contains("\u{2068}Ana evil & co\u{2069}"));
        // Wherever in a name something runs from right to left.
        for name in ["دار Acme", "Acme دار", "\"دار\""] {
            let apart = format!("\u{2068}{name}\u{2069}");
            assert!(told(name).iter().all(|line| line.contains(&apart)), "{:?}", told(name));
        }
    }

    #[test]
    fn every_letter_is_whole_in_every_language() {
        let (link, wrote) = ("https://acme.example/x".to_owned(), WROTE.to_owned());
        let (acme, ana, at) = ("acme".to_owned(), "ana@acme.example".to_owned(), Timestamp(1_800_000_000_000_000));
        for minutes in [1, 2, 60] {
            assert_whole(&Reset { handle: ana.clone(), link: link.clone(), minutes });
        }
        for added in [true, false] {
            let name = "Phone".to_owned();
            assert_whole(&PasskeyChanged { handle: ana.clone(), name, added, at, link: link.clone() });
        }
        for by in [Some("@ana".to_owned()), None] {
            for works_here in [true, false] {
                assert_whole(&Invited { by: by.clone(), works_here, link: link.clone(), until: at });
            }
            let (brand, reason) = (acme.clone(), wrote.clone());
            assert_whole(&Overridden { brand, by: by.clone(), reason: reason.clone(), link: link.clone() });
            assert_whole(&Weakened { brand: acme.clone(), by: by.clone(), reason: reason.clone() });
            for what in [CrisisNews::Began, CrisisNews::EndAsked, CrisisNews::Ended] {
                for reason in [wrote.clone(), String::new()] {
                    assert_whole(&InCrisis { by: by.clone(), what, reason });
                }
            }
            let approved = |next| Reviewed::Approved { brand: acme.clone(), by: by.clone(), next };
            for tells in [
                Reviewed::Asked { drafts: 1 },
                Reviewed::Asked { drafts: 3 },
                approved(Next::Waits),
                approved(Next::At(at)),
                approved(Next::Out),
                Reviewed::Returned { brand: acme.clone(), by: by.clone() },
                Reviewed::Changed { brand: acme.clone(), by: by.clone() },
            ] {
                assert_whole(&ReviewLetter { link: link.clone(), tells });
            }
        }
        for brand in [Some(acme.clone()), None] {
            for role in [Some("approver".to_owned()), Some("owner".to_owned()), None] {
                for by in [Some("@mia".to_owned()), None] {
                    assert_whole(&RoleChanged { brand: brand.clone(), role: role.clone(), by, link: link.clone() });
                }
            }
        }
        for code in ["crisis.on", "draft.rights", "held.broken", "what.is.not.known"].map(|code| Some(code.to_owned()))
        {
            let (brand, draft) = (acme.clone(), "17".to_owned());
            assert_whole(&Held { brand, draft, reason: wrote.clone(), code, link: link.clone() });
        }
        for tells in [Inside::Reviews { posts: 1 }, Inside::Reviews { posts: 12 }, Inside::Consent] {
            assert_whole(&InsideLetter { link: link.clone(), tells });
        }
        for tells in [
            Tells::Confirm { handle: ana.clone(), link: link.clone(), days: 3 },
            Tells::HasAccount { handle: ana.clone() },
            Tells::Waiting { people: 1 },
            Tells::Waiting { people: 5 },
            Tells::Welcome { handle: ana },
            Tells::Refused { reason: wrote },
            Tells::Refused { reason: String::new() },
        ] {
            assert_whole(&SignUpLetter { base_url: "https://acme.example".to_owned(), tells });
        }
        let all = [Taught::Answer, Taught::Approve, Taught::Publish, Taught::Write, Taught::Manage];
        let ending = |role| Ending { role, ends: at, counts_until: at };
        for (own, ended, answers, approves) in [
            (true, true, true, true),
            (true, false, true, false),
            (false, true, false, false),
            (false, false, true, true),
        ] {
            for certificates in [vec![ending(Taught::Answer)], all.map(ending).to_vec()] {
                let link = link.clone();
                assert_whole(&CertificateLetter { link, own, ended, answers, approves, certificates });
            }
        }
    }
}
