//! Why a database lets nobody in, for whoever chose its address: what is wrong, and what to do.

use std::path::Path;

use crate::error::{Error, Result};

/// The error for a database file that this user of the machine cannot open.
pub fn locked_out(path: &Path) -> Error {
    Error::unavailable(
        "database.open",
        format!(
            "This user cannot open the database file {}. Run it as the user of the service, such as: sudo -u guildhall \
             guildhall …",
            path.display()
        ),
    )
}

/// The error for a folder of the database that cannot be made.
pub(super) fn no_folder(folder: &Path) -> Error {
    let shown = folder.display();
    Error::unavailable(
        "database.folder",
        format!(
            "Cannot make the folder {shown}. Make it for the user of the service, such as: sudo install -d -m 750 -o \
             guildhall {shown}; or choose another with data_dir (--data-dir)."
        ),
    )
}

/// Refuses a file, or its folder, that this user may not write to: SQLite writes beside its file, too. Makes nothing.
pub fn must_be_writable(path: &Path) -> Result<()> {
    use rustix::fs::{Access, access};
    let may = |place: &Path| {
        let enter = if place.is_dir() { Access::EXEC_OK } else { Access::empty() };
        access(place, Access::READ_OK | Access::WRITE_OK | enter)
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !folder.exists() {
        let above = folder.ancestors().skip(1).find(|above| above.exists()).unwrap_or_else(|| Path::new("."));
        let made = if above.is_dir() { may(above) } else { Err(rustix::io::Errno::NOTDIR) };
        return made.map_err(|error| no_folder(folder).because(error));
    }
    if !folder.is_dir() {
        return Err(no_folder(folder).because(rustix::io::Errno::NOTDIR));
    }
    for place in [folder, path].into_iter().filter(|place| place.exists()) {
        may(place).map_err(|error| {
            let (shown, folder) = (place.display(), folder.display());
            let told = format!(
                "This user may not write to {shown}. Run it as the user of the service, such as: sudo -u guildhall \
                 guildhall …; or give that user the folder: sudo chown -R guildhall {folder}"
            );
            Error::unavailable("database.folder", told).because(error)
        })?;
    }
    Ok(())
}

/// Why PostgreSQL refused a connection, where that is a matter of the URL or of its set-up. The texts are English unless
/// its `lc_messages` says otherwise; then its own sentence is told as the cause.
pub(super) fn explain(error: Error) -> Error {
    use std::error::Error as _;
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let reason = said.rsplit_once("FATAL:").map_or(said.as_str(), |(_, reason)| reason);
    let name = reason.split('"').nth(1).unwrap_or_default();
    let (code, told) = if reason.contains("role \"") && reason.contains("does not exist") {
        (
            "database.role",
            format!("PostgreSQL has no role “{name}”. Create it, such as by: createuser --pwprompt {name}"),
        )
    } else if reason.contains("database \"") && reason.contains("does not exist") {
        let advice = format!("createdb --owner=ROLE --encoding=UTF8 --template=template0 {name}");
        ("database.missing", format!("PostgreSQL has no database “{name}”. Create it, such as by: {advice}"))
    } else if reason.contains("authentication failed") {
        let told = format!(
            "PostgreSQL refuses the role “{name}” or its password, as database_url has them. To give the role another \
             password: sudo -u postgres psql -c '\\password {name}'"
        );
        ("database.password", told)
    } else if let Some(told) = misread(reason) {
        // What PostgreSQL's library says of it holds a part of the URL, which may be of the password.
        return Error::invalid("database.url", told);
    } else if let Some((code, told)) = other_reason(reason) {
        (code, told.to_owned())
    } else {
        return error;
    };
    Error::unavailable(code, told).because(said)
}

/// Why the URL is read as something else than was meant, if it is.
fn misread(reason: &str) -> Option<&'static str> {
    const NO_URL: &str = "database_url cannot be read as an address. Write special characters of role and password as in \
                          one: @ as %40, / as %2F, : as %3A, # as %23, ? as %3F, % as %25.";
    const NO_HOST: &str = "The host in database_url is not known to DNS. Is it written as it should be? An @ or / in the \
                           password must stand there as %40 or %2F.";
    if reason.contains("could not translate host name") {
        return Some(NO_HOST);
    }
    let signs =
        ["percent-encoded", "invalid port", "invalid integer", "unexpected character", "invalid URI", "key/value"];
    signs.iter().any(|sign| reason.contains(sign)).then_some(NO_URL)
}

/// What needs no name.
fn other_reason(reason: &str) -> Option<(&'static str, &'static str)> {
    let known = [
        (
            "no password supplied",
            "database.password",
            "PostgreSQL wants a password, and database_url has none: postgres://ROLE:PASSWORD@HOST/NAME",
        ),
        (
            "no pg_hba.conf entry",
            "database.hba",
            "PostgreSQL lets this role not in from this machine. Add a line for it to pg_hba.conf, and reload PostgreSQL.",
        ),
        (
            "permission denied for database",
            "database.permission",
            "The role in database_url may not connect to this database: GRANT CONNECT, or make the role its owner.",
        ),
        (
            "too many clients",
            "database.crowded",
            "PostgreSQL takes no more connections. Lower database.pool, or raise max_connections there.",
        ),
        (
            "remaining connection slots",
            "database.crowded",
            "PostgreSQL takes no more connections. Lower database.pool, or raise max_connections there.",
        ),
        (
            "does not support SSL",
            "database.tls",
            "PostgreSQL has no TLS there, and database_url asks for it. Turn it on there (ssl = on), or take sslmode out of \
             database_url where the way to it is safe.",
        ),
        (
            "sslmode",
            "database.tls",
            "database_url has an sslmode that does not exist, or misses what it needs. Known: disable, prefer, require, \
             verify-ca, verify-full; the last two want sslrootcert.",
        ),
        (
            "certificate",
            "database.tls",
            "The certificate of PostgreSQL is not what database_url asks for: see sslmode and sslrootcert there.",
        ),
        (
            "Connection refused",
            "database.unreachable",
            "Nobody answers where database_url leads. Start PostgreSQL (systemctl start postgresql), or correct host and \
             port in database_url.",
        ),
        (
            "No such file or directory",
            "database.unreachable",
            "PostgreSQL has no socket on this machine. Start it (systemctl start postgresql), or name its host in \
             database_url.",
        ),
        (
            "timeout expired",
            "database.unreachable",
            "The host in database_url does not answer. Is it the right one, and does its firewall let this machine in?",
        ),
    ];
    known.into_iter().find(|(sign, ..)| reason.contains(sign)).map(|(_, code, told)| (code, told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgres_refuses_is_named() {
        for (said, code) in [
            (
                "connection to server at \"::1\", port 5432 failed: FATAL:  password authentication failed for user \"kim\"",
                "database.password",
            ),
            (
                "connection to server on socket \"/run/x\" failed: FATAL:  Peer authentication failed for user \"kim\"",
                "database.password",
            ),
            ("connection to server at \"::1\" failed: fe_sendauth: no password supplied", "database.password"),
            (
                "failed: FATAL:  no pg_hba.conf entry for host \"10.0.0.7\", user \"kim\", database \"x\", no encryption",
                "database.hba",
            ),
            ("failed: FATAL:  role \"kim\" does not exist", "database.role"),
            ("failed: FATAL:  database \"x\" does not exist", "database.missing"),
            ("failed: FATAL:  permission denied for database \"x\"", "database.permission"),
            ("failed: FATAL:  sorry, too many clients already", "database.crowded"),
            ("could not translate host name \"no.such.host\" to address: Name or service not known", "database.url"),
            ("invalid percent-encoded token: \"w%d@127.0.0.1/x\"", "database.url"),
            ("invalid port number: \"ss\"", "database.url"),
            ("failed: server does not support SSL, but SSL was required", "database.tls"),
            ("invalid sslmode value: \"bogus\"", "database.tls"),
            ("root certificate file \"/x\" does not exist", "database.tls"),
            ("connection to server at \"127.0.0.1\", port 1 failed: Connection refused", "database.unreachable"),
            ("something new", "database.unavailable"),
        ] {
            let error = explain(super::super::pool::unavailable().because(said));
            assert_eq!(error.code(), code, "{said}");
            // What may be a part of the password is not repeated.
            use std::error::Error as _;
            assert_eq!(error.source().is_none(), code == "database.url", "{said}");
        }
    }
}
