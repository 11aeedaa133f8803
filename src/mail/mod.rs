//! Letters to people here: how they look, and how they leave.

mod certificates;
mod inside;
mod letter;
mod review;
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

pub use certificates::{CertificateLetter, Ending};
pub use inside::{Inside, InsideLetter};
pub use letter::{
    CrisisNews, Held, InCrisis, Invited, Letter, Overridden, PasskeyChanged, Reset, RoleChanged, Weakened,
};
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

    /// Sends a letter to somebody here. `company` is the name under which it comes when the settings name none.
    pub async fn send(&self, to: &str, company: &str, letter: &impl Letter) -> Result<()> {
        let message = self.message(to, company, letter)?;
        match &self.way {
            Way::Server(server) => server.send(message).await.map(|_| ()).map_err(|error| refused(&error)),
            Way::Folder(folder) => {
                let (folder, bytes) = (folder.clone(), message.formatted());
                let written = tokio::task::spawn_blocking(move || write(&folder, &bytes));
                written.await.map_err(Error::internal)?.map_err(Error::internal)
            }
        }
    }

    fn message(&self, to: &str, company: &str, letter: &impl Letter) -> Result<Message> {
        let wrong = |error: lettre::address::AddressError| {
            Error::invalid("mail.address", "This person's e-mail address cannot be written to.").because(error)
        };
        let to = Mailbox::new(None, to.parse::<Address>().map_err(wrong)?);
        let from = match &self.from {
            Some(from) => from.clone(),
            None => Mailbox::new(Some(company.to_owned()), Address::new("noreply", &self.domain).map_err(wrong)?),
        };
        Message::builder()
            .from(from)
            .to(to)
            .subject(letter.subject())
            // Nobody's holiday answers it (RFC 3834, section 5).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .message_id(Some(format!("<{}@{}>", crate::secrets::new_token(), self.domain)))
            .multipart(MultiPart::alternative_plain_html(letter.plain()?, letter.html()?))
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
