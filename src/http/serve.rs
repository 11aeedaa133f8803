//! Listening, and stopping without cutting anybody off.

use std::time::Duration;

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{net::TcpListener, sync::watch};
use tower::ServiceExt;

use super::web::setup::{self, FirstRun};
use crate::error::{Error, Result};

/// How long a request that was begun may go on when we stop.
const GRACE: Duration = Duration::from_secs(300);

/// Serves until told to stop; requests under way are finished, connections without one are closed. A connection has
/// `head_timeout` to send the head of its next request: who sends it byte by byte, or sends nothing any more, does
/// not keep its place.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    head_timeout: Duration,
    stop: watch::Receiver<bool>,
) -> Result<()> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(head_timeout);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(head_timeout)
        .keep_alive_timeout(head_timeout)
        .max_header_list_size(64 * 1024);
    let graceful = GracefulShutdown::new();
    let stopping = told(stop);
    tokio::pin!(stopping);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stopping => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // A connection that is gone already, or too many open files: the others go on.
                    tracing::warn!(%error, "Could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        // Small answers go out at once; where it cannot be set, they go out all the same.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "A connection ended");
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

async fn told(mut stop: watch::Receiver<bool>) {
    // An error means that nobody can tell us any more.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Serves the set-up form until the company exists or we are told to stop; gives the listener back.
pub async fn serve_setup(listener: TcpListener, first: FirstRun, stop: watch::Receiver<bool>) -> Result<TcpListener> {
    let listener = listener.into_std().map_err(Error::internal)?;
    let again = listener.try_clone().map_err(Error::internal)?;
    let router = setup::routes(first.clone());
    let stopping = async move {
        tokio::select! {
            () = told(stop) => {}
            () = first.is_over() => {}
        }
    };
    let listener = TcpListener::from_std(listener).map_err(Error::internal)?;
    axum::serve(listener, router).with_graceful_shutdown(stopping).await.map_err(Error::internal)?;
    TcpListener::from_std(again).map_err(Error::internal)
}
