//! Why nobody of ours answers at the base URL: which of DNS, connection, certificate, proxy and server is the first
//! that fails, and what to do there.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use http::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    report::{Told, said},
    surroundings::Surroundings,
};

/// How long a connection or an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How the server is started.
const START: &str = "Start it: guildhall serve, or systemctl start guildhall; its log says what keeps it from running.";

/// What to do when the base URL is answered with this status, or not at all.
pub(super) async fn of(around: &Surroundings, answered: Option<StatusCode>) -> Told {
    let listen = around.config.listen;
    let runs = server_runs(listen).await;
    let host = around.base.host_str().unwrap_or_default();
    let (addresses, by_dns) =
        around.place_of(&around.base).map_or((&[][..], true), |place| (place.addresses.as_slice(), place.by_dns));
    if addresses.is_empty() {
        let name = format!(
            "{host} has no address. Add an A record, and an AAAA record where you have IPv6, at whoever looks after \
             your DNS. If the name itself is wrong, set the company up anew under the right one."
        );
        let (code, text) = if runs {
            ("advice.cause_dns", format!("The cause is DNS: {name}"))
        } else {
            (
                "advice.cause_server_and_dns",
                format!("The causes are the server and DNS: nobody listens on {listen}. {START} Then DNS: {name}"),
            )
        };
        return Told::of(code, text).with("host", &host).with("listen", &listen);
    }
    let there: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let there = there.join(", ");
    let correct = if by_dns { "DNS" } else { "--at" };
    if !somebody_listens(addresses).await {
        let without_proxy =
            around.base.scheme() == "http" && addresses.iter().any(|address| address.port() == listen.port());
        let (code, text) = match (runs, without_proxy) {
            (false, true) => {
                ("advice.cause_server", format!("The cause is the server: nobody listens on {listen}. {START}"))
            }
            (true, true) => (
                "advice.cause_address",
                format!(
                    "The cause is the address: this server runs on {listen}, and nobody takes connections at {there}. \
                     Correct {correct}, or what passes connections on there."
                ),
            ),
            (true, false) => (
                "advice.cause_proxy_silent",
                format!(
                    "The cause is the proxy, or {correct}: the server itself runs on {listen}, and nobody takes \
                     connections at {there}. Start the proxy and let it listen on that port, open the port in the \
                     firewall; and if {there} is not where it should be, correct {correct}."
                ),
            ),
            (false, false) => (
                "advice.cause_server_and_proxy",
                format!(
                    "The causes are the server and the proxy: nobody listens on {listen}, nor at {there}. {START} \
                     Then start the proxy; and if {there} is not where it should be, correct {correct}."
                ),
            ),
        };
        return Told::of(code, text).with("listen", &listen).with("there", &there).with("correct", &correct);
    }
    if around.base.scheme() == "https"
        && let Err(error) = around.client.certificate(&around.base).await
    {
        let text = format!(
            "The cause is the certificate that is shown at {there}: {} Let the proxy have one for {host} (Caddy gets \
             it by itself; for nginx, certbot does).",
            said(&error)
        );
        return Told::of("advice.cause_certificate", text).with("host", &host).with("there", &there);
    }
    behind_the_proxy(answered, runs, listen, &there, correct)
}

/// Somebody answers, or takes connections at least; it is not us.
fn behind_the_proxy(answered: Option<StatusCode>, runs: bool, listen: SocketAddr, there: &str, correct: &str) -> Told {
    let (code, text) = match (answered, runs) {
        (Some(StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT), false)
        | (None, false) => (
            "advice.cause_no_server",
            format!(
                "The cause is the server: somebody takes connections at {there}, and no server of ours answers on \
                 {listen} behind it. {START}"
            ),
        ),
        (Some(StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT), true) | (None, true) => (
            "advice.cause_proxy_lost",
            format!(
                "The cause is the proxy: the server itself answers on {listen}, and the proxy at {there} does not \
                 reach it. Let the proxy lead there. In nginx: proxy_pass http://{listen};"
            ),
        ),
        (Some(StatusCode::SERVICE_UNAVAILABLE), true) => (
            "advice.cause_busy",
            format!(
                "The cause is the server or the proxy: one of them says that it cannot answer now, and the server \
                 runs on {listen}. See the log of the server first."
            ),
        ),
        (Some(_), true) => (
            "advice.cause_other_site",
            format!(
                "The cause is the proxy, or {correct}: the server runs on {listen}, and another site or a page of the \
                 proxy answers at {there}. Let the proxy lead to {listen} for this name; if {there} is another \
                 machine, correct {correct}. If it is a Guildhall, see that this command has the same settings and \
                 database."
            ),
        ),
        (Some(_), false) => (
            "advice.cause_nobody",
            format!(
                "The cause is {correct}, the proxy or the server: another site or another Guildhall answers at \
                 {there}, and nobody on {listen}. Start the server, and see where {correct} and the proxy lead to; \
                 and that this command has the settings and the database of the server."
            ),
        ),
    };
    Told::of(code, text).with("listen", &listen).with("there", &there).with("correct", &correct)
}

/// Whether at least one of these addresses takes connections.
pub(super) async fn somebody_listens(addresses: &[SocketAddr]) -> bool {
    futures_util::future::join_all(addresses.iter().copied().map(connects)).await.contains(&true)
}

/// Whether somebody takes connections at this address.
pub(super) async fn connects(address: SocketAddr) -> bool {
    matches!(timeout(PATIENCE, TcpStream::connect(address)).await, Ok(Ok(_)))
}

/// Whether a server of ours answers on this machine, where the settings let it listen.
async fn server_runs(listen: SocketAddr) -> bool {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let asked = async {
        let mut stream = TcpStream::connect((ip, listen.port())).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"ok"))
    };
    matches!(timeout(PATIENCE, asked).await, Ok(Ok(true)))
}
