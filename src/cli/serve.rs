//! `guildhall serve`: starts the server and stops it gracefully.

use std::{io::ErrorKind, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch, time::MissedTickBehavior};

use super::{
    desk::{self, base_url_of, open_database, site},
    say,
};
use crate::{
    app::{self, App},
    config::Config,
    db::Db,
    domain::{Site, org, setup},
    error::{Error, Result},
    federation::{
        self,
        delivery::{self, Deliverer},
    },
    http,
    jobs::{self, runner},
    net::{AddressPolicy, Client, ClientOptions},
    secrets::{self, SecretKey},
    telemetry,
};

/// How many open files are left to the database, to deliveries and to everything else that is no visitor.
const OTHER_FILES: usize = 200;

pub async fn run(mut config: Config) -> Result<()> {
    telemetry::init(config.log.format, &config.log.filter)?;
    let db = open_database(&config)?;
    for name in db.migrate()? {
        tracing::info!("Migrated the database: {name}");
    }
    let site = site(&mut config, &db).await?;
    for warning in config.check()? {
        tracing::warn!(warning.code = warning.code, "{}", warning.text);
    }
    if site.is_some() {
        // Before anybody is told that we are there.
        desk::secrets(&config, &db).await?;
    }
    if let Some(address) = config.metrics.listen {
        let address = telemetry::serve_metrics(address).await?;
        tracing::info!("Metrics are at http://{address}/metrics");
    }
    let listener = listen(config.listen).await?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!("Listening on {address}");
    }
    let (stop, stopped) = watch::channel(false);
    background(async move {
        wait_for_signal().await;
        tracing::info!("Stopping: requests and deliveries under way may end");
        let _ = stop.send(true);
    });
    let (site, listener) = match site {
        Some(site) => (site, listener),
        None => match first_run(&mut config, &db, listener, stopped.clone()).await? {
            Some(opened) => opened,
            None => return Ok(()),
        },
    };
    let secrets = desk::secrets(&config, &db).await?;
    let app = build(config, site, db, secrets).await?;
    serve(app, listener, stopped).await
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            ErrorKind::AddrInUse => "Another server is running there.",
            ErrorKind::AddrNotAvailable => "This machine does not have that address.",
            ErrorKind::PermissionDenied => "This user may not use that port; a reverse proxy can.",
            _ => "Something stands in the way.",
        };
        let said = format!("Cannot listen on {address}. {hint} Choose another address with --listen.");
        Error::unavailable("serve.listen", said).because(error)
    })
}

/// Puts the running server together.
pub async fn build(config: Config, site: Site, db: Db, secrets: SecretKey) -> Result<App> {
    let policy = AddressPolicy::parse(&config.federation.allowed_private_addresses)?;
    let transport = Client::new(ClientOptions {
        allow_http: config.federation.allow_http,
        policy,
        user_agent: format!("Guildhall/{} (+{})", env!("CARGO_PKG_VERSION"), site.base_url),
        connect_timeout: Duration::from_secs(config.federation.connect_timeout_seconds),
        total_timeout: Duration::from_secs(config.federation.request_timeout_seconds),
        body_limit: config.federation.response_bytes,
        ..ClientOptions::default()
    })?;
    App::new(config, site, db, secrets, Arc::new(transport)).await
}

/// Serves the company until it is told to stop.
pub(super) async fn serve(app: App, listener: TcpListener, stopped: watch::Receiver<bool>) -> Result<()> {
    // Where other processes are at work, what a dead one held is due when its leases end.
    let presence = app.db.serve(|tx| runner::resume(tx).and_then(|()| delivery::resume(tx))).await?;
    tracing::info!("{} is open at {}", app.site.domain, app.site.base_url);
    background(app.clone().keep_fresh());
    background(jobs::watch_the_clock(app.clone()));
    let spares = app.clone();
    background(async move {
        // The first seconds belong to whoever waits for the server to answer.
        tokio::time::sleep(Duration::from_secs(5)).await;
        if let Err(error) = federation::keys::fill_spares(&spares).await {
            tracing::warn!(%error, "Could not fill the pool of spare keys");
        }
    });
    let upkeep = app.clone();
    background(async move {
        let mut rounds = tokio::time::interval(Duration::from_secs(20));
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            if let Err(error) = upkeep.db.renew_slot().await {
                tracing::error!(%error, "Could not renew this process's slot for ids");
            }
            if let Some(presence) = &presence
                && let Err(error) = presence.renew().await
            {
                tracing::error!(%error, "Could not tell PostgreSQL that this process serves");
            }
            if let Err(error) = federation::keys::fill_missing(&upkeep).await {
                tracing::warn!(%error, "Could not make keys for those who have none");
            }
            upkeep.limits.forget_idle();
            measure(telemetry::JOBS_WAITING, &runner::waiting(&upkeep.db).await);
            measure(telemetry::JOBS_PARKED, &runner::count_parked(&upkeep.db).await);
            measure(telemetry::DELIVERIES_WAITING, &upkeep.db.read(delivery::count_waiting).await);
        }
    });
    jobs::ensure_pruning(&app.db).await?;
    let grace = Duration::from_secs(app.config.server.stop_seconds);
    let [own, arrived, looked_up, letters, pushes] =
        jobs::runners(&app).map(|runner| tokio::spawn(runner.patient(grace.mul_f64(0.8)).run(stopped.clone())));
    let deliveries = tokio::spawn(Deliverer::new(app.clone()).run(stopped.clone()));
    let rules = connections(&app.config);
    let mut stop = stopped.clone();
    let too_long = async move {
        let _ = stop.wait_for(|stop| *stop).await;
        tokio::time::sleep(grace).await;
    };
    let all = async {
        let served = http::serve(listener, http::router(app), rules, stopped).await;
        let _ = (own.await, arrived.await, looked_up.await, letters.await, pushes.await, deliveries.await);
        served
    };
    tokio::select! {
        served = all => served?,
        () = too_long => tracing::warn!("Stopped before everything under way had ended; what is owed is in the database"),
    }
    tracing::info!("Stopped");
    Ok(())
}

/// How connections are kept, as the settings say and the system allows.
fn connections(config: &Config) -> http::Connections {
    let server = &config.server;
    let allowed = open_files().saturating_sub(OTHER_FILES).max(1);
    let most = server.connections.min(allowed);
    if most < server.connections {
        tracing::warn!(
            "At most {most} connections are kept, because the system allows no more open files; raise its limit (LimitNOFILE in systemd) or lower server.connections"
        );
    }
    http::Connections {
        head_timeout: Duration::from_secs(server.head_timeout_seconds),
        most,
        per_address: if config.limits.enabled { server.connections_per_address } else { most },
        proxies: server.trusted_proxies.clone(),
    }
}

/// How many files this process may have open; as many as it is allowed to ask for.
fn open_files() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    limit.current = limit.maximum;
    let now = if setrlimit(Resource::Nofile, limit).is_ok() { limit.maximum } else { before };
    now.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// Serves the set-up form behind a one-time link until the company exists, whoever made it. Nothing when told to
/// stop before.
async fn first_run(
    config: &mut Config,
    db: &Db,
    listener: TcpListener,
    stopped: watch::Receiver<bool>,
) -> Result<Option<(Site, TcpListener)>> {
    let token = secrets::new_token();
    let hash = hex::encode(secrets::token_hash(&token));
    db.write(move |tx| org::set_setting(tx, setup::TOKEN_SETTING, &hash)).await?;
    let base_url = base_url_of(config);
    let key = SecretKey::load(config.secret_key.as_deref(), &config.data_dir)?;
    app::seal(db, &key);
    say(format_args!(
        "\n  Welcome to Guildhall. Open this link to set up your company:\n\n    {base_url}/setup?token={token}\n"
    ));
    let first = http::FirstRun {
        db: db.clone(),
        site: Site {
            base_url,
            domain: config.handle_domain(),
            post_characters: config.limits.post_characters,
            federates: config.federates(),
        },
        secrets: Arc::new(key),
        alone: config.why_not_federating(),
    };
    let listener = http::serve_setup(listener, first, connections(config), stopped.clone()).await?;
    if *stopped.borrow() {
        return Ok(None);
    }
    Ok(site(config, db).await?.map(|site| (site, listener)))
}

/// Sets a gauge; a count that could not be taken is left as it was.
fn measure(gauge: &'static str, count: &Result<i64>) {
    if let Ok(count) = count {
        metrics::gauge!(gauge).set(f64::from(u32::try_from(*count).unwrap_or(u32::MAX)));
    }
}

fn background(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

/// Waits until the process is asked to end.
pub(super) async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // The terminal that started it may be closed.
    match (signal(SignalKind::terminate()), signal(SignalKind::hangup())) {
        (Ok(mut terminate), Ok(mut hangup)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        _ => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
