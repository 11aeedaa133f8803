//! The commands of PostgreSQL's own tools, for people to copy: whole, and without the password.

use std::path::Path;

/// Writes a copy.
pub(super) fn pg_dump(url: &str, file: &Path) -> String {
    format!("pg_dump --format=custom --file={} --dbname={}", quoted(&file.to_string_lossy()), address(url))
}

/// Puts a copy back.
pub(super) fn pg_restore(url: &str, file: &Path) -> String {
    format!("pg_restore --clean --if-exists --dbname={} {}", address(url), quoted(&file.to_string_lossy()))
}

/// The address as an argument. Not read as a URL: PostgreSQL's may name several hosts, or a socket.
fn address(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let (authority, path) = rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    let user = user.split(':').next().filter(|user| !user.is_empty()).map(|user| format!("{user}@"));
    let path = path.map(|path| format!("/{path}"));
    let query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("password=")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    quoted(&format!("{scheme}://{}{hosts}{}{query}", user.unwrap_or_default(), path.unwrap_or_default()))
}

/// Text as the shell takes it for one word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_copied_and_does_not_tell_the_password() {
        let cases = [
            ("postgres://ana:s3cr3t@db.internal:5433/guild", "'postgres://ana@db.internal:5433/guild'"),
            (
                "postgresql://ana:a@s3cr3t@one:1,two:2/guild?sslmode=require",
                "'postgresql://ana@one:1,two:2/guild?sslmode=require'",
            ),
            ("postgres:///guild?host=/run/pg&password=s3cr3t", "'postgres:///guild?host=/run/pg'"),
            ("postgres://db/it's", r"'postgres://db/it'\''s'"),
            ("postgres://db", "'postgres://db'"),
        ];
        for (url, expected) in cases {
            let dump = pg_dump(url, Path::new("a b.dump"));
            assert_eq!(dump, format!("pg_dump --format=custom --file='a b.dump' --dbname={expected}"));
            assert!(!pg_restore(url, Path::new("a")).contains("s3cr3t"));
        }
    }
}
