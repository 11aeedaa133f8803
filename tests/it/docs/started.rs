//! What the files of docs/deploy name, tried with the real binary: paths, variables, ports and the health check.

use guildhall::config::{Config, Overrides};
use http::StatusCode;

use super::{deploy::values, pages};
use crate::cli::Place;

const FOLDER: &str = "/var/lib/guildhall";

/// The settings of a container: the variables behind `ENV`.
fn variables(file: &str) -> Vec<(String, String)> {
    let lines = file.lines().filter_map(|line| line.strip_prefix("ENV "));
    let pairs = lines.flat_map(str::split_whitespace).map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn read(variables: Vec<(String, String)>) -> Config {
    let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
    Config::read(&Overrides::default(), variables, pages::top()).unwrap()
}

#[test]
fn the_settings_of_the_service_are_taken_and_mean_its_folder() {
    let (name, file) = ("GUILDHALL_CONFIG", pages::top().join("docs/deploy/guildhall.toml"));
    let file = file.to_str().unwrap();
    let place = Place::empty().without("GUILDHALL_BASE_URL").without("GUILDHALL_LISTEN").with(name, file);
    place.run(&["config", "check"]).fine();
    let config = read(vec![(name.to_owned(), file.to_owned())]);
    assert_eq!(config.data_dir.to_str(), Some(FOLDER));
    let unit = pages::read("docs/deploy/guildhall.service").text;
    assert_eq!(values(&unit, "WorkingDirectory"), [FOLDER], "of what is written only this can be written to");
    assert_eq!(values(&unit, "StateDirectory"), [FOLDER.strip_prefix("/var/lib/").unwrap()]);
    // The commands that install it make the same user, folder and file.
    let guide = pages::read("docs/guide/install.md").text;
    for command in [
        format!("sudo useradd --system --home-dir {FOLDER} --shell /usr/sbin/nologin guildhall\n"),
        format!("sudo install -d -o guildhall -g guildhall -m 0750 {FOLDER}\n"),
        "docs/deploy/guildhall.toml /etc/guildhall/guildhall.toml\n".to_owned(),
        "target/release/guildhall /usr/local/bin/guildhall\n".to_owned(),
    ] {
        assert!(guide.contains(&command), "{command}");
    }
}

#[test]
fn the_proxies_ask_where_the_server_listens() {
    let listens = Config::default().listen.to_string();
    for (file, line) in
        [("nginx.conf", format!("proxy_pass http://{listens};")), ("Caddyfile", format!("reverse_proxy {listens} {{"))]
    {
        let text = pages::read(&format!("docs/deploy/{file}")).text;
        assert!(text.lines().any(|found| found.trim() == line), "{file}: {line}");
    }
}

#[tokio::test]
async fn the_image_is_healthy_with_its_own_variables_before_and_after_the_set_up() {
    let file = pages::read("docs/deploy/Containerfile").text;
    let variables = variables(&file);
    let config = read(variables.clone());
    for line in [format!("WORKDIR {FOLDER}"), format!("VOLUME {FOLDER}")] {
        assert!(file.lines().any(|found| found == line), "{line}");
    }
    assert!(file.contains(&format!("useradd --uid 10001 --home-dir {FOLDER} ")));
    assert_eq!(config.data_dir.to_str(), Some(FOLDER));
    let port = config.listen.port();
    assert!(config.listen.ip().is_unspecified(), "the proxy is in another container");
    assert!(file.lines().any(|line| line == format!("EXPOSE {port}")));
    let health = file.lines().find_map(|line| line.trim().strip_prefix("CMD [\"curl\", ")).unwrap();
    let origin = format!("http://127.0.0.1:{port}");
    let path = health.trim_end_matches("\"]").rsplit_once(&origin).unwrap().1;

    // The same variables, with a folder and a port of the test's own.
    let own = ["GUILDHALL_DATA_DIR", "GUILDHALL_LISTEN"];
    let more = variables.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let place = more.fold(Place::empty(), |place, (name, value)| place.with(name, value));
    let place = place.with("GUILDHALL_LISTEN", "0.0.0.0:0");
    let server = place.serve();
    assert_eq!(server.get(path, None).await.0, StatusCode::OK, "{path}");
    place.set_up().fine();
    server.until("/readyz", None, StatusCode::OK).await;
    assert_eq!(server.get(path, None).await.0, StatusCode::OK, "{path}");
}

#[test]
fn the_containers_are_told_what_is_a_setting_and_find_each_other() {
    let file = pages::read("docs/deploy/compose.yaml").text;
    let told = file.lines().filter_map(|line| line.trim().split_once(": "));
    let told = told.filter(|(name, _)| name.starts_with("GUILDHALL_"));
    let told = told.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())).collect::<Vec<_>>();
    assert_eq!(told.len(), 2, "{told:?}");
    let config = read(told);
    let subnet = file.lines().find_map(|line| line.trim().strip_prefix("- subnet: ")).unwrap();
    assert_eq!(config.server.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>(), [subnet]);
    let image = read(variables(&pages::read("docs/deploy/Containerfile").text));
    let host = config.base_url().host_str().unwrap().to_owned();
    let asks = format!("caddy reverse-proxy --from {host} --to guildhall:{}", image.listen.port());
    assert!(file.contains(&asks), "{asks}");
    assert!(file.contains(&format!("- data:{FOLDER}\n")) && file.contains("aliases: [guildhall]"));
}
