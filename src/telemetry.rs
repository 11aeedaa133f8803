//! Logs and metrics.
//!
//! A log line never holds a token, a password, an e-mail address, a person's network address or the
//! body of a request, post or activity. Name things by their ids: `post.id`, `actor.id`, a host.
//! Metric labels come from small fixed lists (route templates, outcomes), never from the network.

use crate::error::{Error, Result};
use axum::{Router, extract::State, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, IsTerminal},
    net::SocketAddr,
    sync::OnceLock,
    time::Duration,
};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// HTTP requests answered, by `route` (its template) and `status`.
pub const HTTP_REQUESTS: &str = "guildhall_http_requests_total";
/// Seconds from request to answer, by `route`.
pub const HTTP_SECONDS: &str = "guildhall_http_request_seconds";
/// Activities that arrived, by `outcome` (applied, stored, ignored, unsigned, refused, failed).
pub const INBOX: &str = "guildhall_inbox_activities_total";
/// Deliveries tried, by `outcome` (delivered, retried, given_up).
pub const DELIVERIES: &str = "guildhall_deliveries_total";
/// Seconds that one delivery took.
pub const DELIVERY_SECONDS: &str = "guildhall_delivery_seconds";
/// Documents fetched from other servers, by `outcome` (ok, failed).
pub const FETCHES: &str = "guildhall_fetches_total";
/// Jobs run, by `kind` and `outcome` (done, later, retry, parked).
pub const JOBS: &str = "guildhall_jobs_total";
/// Jobs that wait to be run.
pub const JOBS_WAITING: &str = "guildhall_jobs_waiting";
/// Jobs that were given up and wait for an operator.
pub const JOBS_PARKED: &str = "guildhall_jobs_parked";
/// Deliveries that wait to be sent.
pub const DELIVERIES_WAITING: &str = "guildhall_deliveries_waiting";
/// Operations committed together in one batch of the SQLite writer.
pub const WRITE_BATCH: &str = "guildhall_database_write_batch_operations";
/// Seconds that one batch took from begin to commit.
pub const WRITE_SECONDS: &str = "guildhall_database_write_seconds";
/// Transactions run again after a serialization failure or a deadlock.
pub const WRITE_RETRIES: &str = "guildhall_database_write_retries_total";

/// Libraries that print headers or queries at their lower levels stay quiet unless the filter names them.
const QUIET: &str = "hyper=info,hyper_util=info,h2=info,rustls=info,tower_http=info";

/// Libraries that print what people wrote while they read it: never, whatever the filter says.
const SILENT: &str = "html5ever=off";

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// For machines, one object a line.
    Json,
}

/// Starts logging to standard error, as the settings say. Once per process.
pub fn init(format: LogFormat, filter: &str) -> Result<()> {
    let filter = EnvFilter::builder().parse(format!("{QUIET},{filter},{SILENT}")).map_err(|error| {
        let sentence = "log.filter must be a log filter, such as info or info,guildhall::net=debug.";
        Error::invalid("config.bad_value", sentence).because(error)
    })?;
    let pretty = match format {
        LogFormat::Pretty => true,
        LogFormat::Json => false,
        LogFormat::Auto => io::stderr().is_terminal(),
    };
    let registry = tracing_subscriber::registry().with(filter);
    let started = if pretty {
        let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        registry.with(fmt::layer().with_writer(io::stderr).with_ansi(colours)).try_init()
    } else {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(io::stderr)).try_init()
    };
    started.map_err(Error::internal)
}

/// The handle that reads the figures; the first call starts counting. Only who also empties them regularly may call
/// it: histograms keep every sample until then.
fn handle() -> Result<PrometheusHandle> {
    static HANDLE: OnceLock<std::result::Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE.get_or_init(|| start_counting().map_err(|error| error.to_string())).clone().map_err(Error::internal)
}

fn start_counting() -> std::result::Result<PrometheusHandle, Box<dyn std::error::Error + Send + Sync>> {
    let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .set_buckets_for_metric(
            Matcher::Full(WRITE_BATCH.to_owned()),
            &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
        )?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder)?;
    describe();
    Ok(handle)
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(HTTP_REQUESTS, "HTTP requests answered, by route and status");
    describe_histogram!(HTTP_SECONDS, Unit::Seconds, "Seconds from request to answer, by route");
    describe_counter!(INBOX, "Activities that arrived, by outcome");
    describe_counter!(DELIVERIES, "Deliveries tried, by outcome");
    describe_histogram!(DELIVERY_SECONDS, Unit::Seconds, "Seconds that one delivery took");
    describe_counter!(FETCHES, "Documents fetched from other servers, by outcome");
    describe_counter!(JOBS, "Jobs run, by kind and outcome");
    describe_gauge!(JOBS_WAITING, "Jobs that wait to be run");
    describe_histogram!(WRITE_BATCH, Unit::Count, "Operations committed together in one batch");
    describe_histogram!(WRITE_SECONDS, Unit::Seconds, "Seconds that one batch took from begin to commit");
    describe_counter!(WRITE_RETRIES, "Transactions run again after a serialization failure or a deadlock");
}

/// Starts counting, and answers `GET /metrics` on a listener of its own until the task is ended; returns where it
/// listens. Without this call counting costs nothing.
pub async fn serve_metrics(address: SocketAddr) -> Result<SocketAddr> {
    let cannot = |error: io::Error| {
        Error::invalid("metrics.listen", format!("The metrics cannot be served on {address}: {error}."))
    };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    let handle = handle()?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(5));
        loop {
            tick.tick().await;
            upkeep.run_upkeep();
        }
    });
    let router = Router::new().route("/metrics", get(render)).with_state(handle);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics listener on {bound} stopped");
        }
    });
    Ok(bound)
}

async fn render(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn figures_are_read_on_their_own_listener() {
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let bound = serve_metrics(anywhere).await.unwrap();
        metrics::counter!(INBOX, "outcome" => "applied").increment(3);
        metrics::histogram!(WRITE_BATCH).record(7.0);

        let page = request(bound, "/metrics").await;
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(page.contains("guildhall_inbox_activities_total{outcome=\"applied\"} 3"), "{page}");
        assert!(page.contains("guildhall_database_write_batch_operations_bucket{le=\"8\"} 1"), "{page}");
        assert!(request(bound, "/").await.starts_with("HTTP/1.1 404"));
        assert!(serve_metrics(anywhere).await.is_ok(), "a second listener reads the same figures");
    }

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = serve_metrics(address).await.unwrap_err();
        assert!(error.safe().contains(&address.to_string()), "{error}");
    }

    async fn request(address: SocketAddr, path: &str) -> String {
        let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: metrics\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    }
}
