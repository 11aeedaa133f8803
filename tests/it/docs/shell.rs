//! Lines for a shell: the commands of ours in them.

use super::pages::{self, Page};

/// Splits a line as a shell does, as far as our pages need it; what is behind a `#` is a comment.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote): (Vec<String>, Option<String>, Option<char>) = (Vec::new(), None, None);
    for sign in line.chars() {
        match (quote, sign) {
            (Some(open), _) if sign == open => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(sign),
            (None, '\'' | '"') => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, '|' | ';' | '&' | '>') => {
                words.extend(word.take());
                words.push(sign.to_string());
            }
            (None, _) if sign.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

/// The program is ours, whatever folder it is called from.
fn is_ours(word: &str) -> bool {
    word == "guildhall" || word.ends_with("/guildhall")
}

/// Our command in one simple command, without what runs it for us.
fn ours(simple: &[String]) -> Option<Vec<String>> {
    let mut rest = simple;
    loop {
        let texts: Vec<&str> = rest.iter().map(String::as_str).collect();
        rest = match texts.as_slice() {
            ["docker", "compose", "exec", _, ..] => &rest[4..],
            ["sudo", "-u", _, ..] => &rest[3..],
            ["sudo" | "exec", ..] => &rest[1..],
            [first, ..] if first.contains('=') && !is_ours(first) => &rest[1..],
            ["/bin/sh" | "sh", "-c", script, ..] => return commands(script).into_iter().next(),
            [first, ..] if is_ours(first) => return Some(rest.to_vec()),
            _ => return None,
        };
    }
}

/// The commands of ours in some lines for a shell.
pub fn commands(lines: &str) -> Vec<Vec<String>> {
    let lines = lines.replace("\\\n", " ");
    let simple = lines.lines().filter(|line| !line.starts_with("guildhall()")).flat_map(|line| {
        let words = words(line);
        words.split(|word| matches!(word.as_str(), "|" | ";" | "&" | ">")).map(<[String]>::to_vec).collect::<Vec<_>>()
    });
    simple.filter_map(|simple| ours(&simple)).collect()
}

/// What our program says to a command line; words that stand for a number become one.
pub fn heard(command: &[String]) -> Result<(), clap::Error> {
    let words = command.iter().map(|word| if word == "ID" { "1" } else { word.as_str() });
    guildhall::cli::understand(words)
}

/// The command is only named, and what it needs is left out.
fn is_only_named(error: &clap::Error) -> bool {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion, MissingRequiredArgument,
        MissingSubcommand,
    };
    matches!(
        error.kind(),
        DisplayHelp
            | DisplayHelpOnMissingArgumentOrSubcommand
            | DisplayVersion
            | MissingRequiredArgument
            | MissingSubcommand
    )
}

fn misunderstood(page: &Page) -> Vec<String> {
    let told = |command: &[String], error: &clap::Error| {
        format!("{}: {}: {}", page.name, command.join(" "), error.to_string().lines().next().unwrap_or_default())
    };
    let shell = page.blocks().into_iter().filter(|block| matches!(block.language.as_str(), "sh" | "bash"));
    let typed = shell.flat_map(|block| commands(&block.text));
    let typed = typed.filter_map(|command| heard(&command).err().map(|error| told(&command, &error)));
    let named = page.code().into_iter().flat_map(|code| commands(&code.replace('…', "")));
    let named = named.filter_map(|command| {
        heard(&command).err().filter(|error| !is_only_named(error)).map(|error| told(&command, &error))
    });
    typed.chain(named).collect()
}

#[test]
fn every_command_of_the_documentation_is_understood() {
    let pages = pages::all();
    let count: usize = pages
        .iter()
        .map(|page| {
            page.code()
                .iter()
                .chain(page.blocks().iter().map(|block| &block.text))
                .map(|text| commands(text).len())
                .sum::<usize>()
        })
        .sum();
    assert!(count > 60, "commands are found at all: {count}");
    let wrong: Vec<String> = pages.iter().flat_map(misunderstood).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn commands_are_found_where_a_shell_would_run_them() {
    let found = |lines: &str| commands(lines).iter().map(|words| words.join(" ")).collect::<Vec<_>>();
    assert_eq!(
        found("guildhall doctor | tail -1 # guildhall nothing\nsudo cp /usr/local/bin/guildhall here"),
        ["guildhall doctor"]
    );
    assert_eq!(found("guildhall company set \\\n  --name 'A b'"), ["guildhall company set --name A b"]);
    assert_eq!(found("docker compose exec guildhall guildhall setup"), ["guildhall setup"]);
    assert_eq!(found("A=b sudo -u guildhall ./guildhall serve; ls"), ["./guildhall serve"]);
    assert!(heard(&["guildhall".to_owned(), "doktor".to_owned()]).is_err_and(|error| !is_only_named(&error)));
}
