//! Listening, and stopping without cutting anybody off.

use std::{convert::Infallible, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
};
use tower::ServiceExt;

use super::{
    connections::{Connections, Patient, Room},
    unread,
    web::setup::{self, FirstRun},
};
use crate::error::{Error, Result};

/// How long a request that was begun may go on when its connection is to end.
const GRACE: Duration = Duration::from_secs(300);
/// After this long a connection ends with the request that is under way. Whoever holds one open for a trickle of
/// answers does not hold it for ever.
const LIFE: Duration = Duration::from_secs(3600);
/// The largest head of a request: its first line and its headers, in bytes.
const HEAD: u32 = 64 * 1024;
/// How many requests of one HTTP/2 connection are answered at the same time.
const STREAMS: u32 = 32;

/// Serves until told to stop; requests under way are finished, connections without one are closed. A connection has
/// `head_timeout` to send the head of its next request, and as long to take some of its answer: who sends it byte by
/// byte, says nothing any more or takes nothing does not keep its place.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    rules: Connections,
    stop: watch::Receiver<bool>,
) -> Result<()> {
    let (server, patience) = (builder(rules.head_timeout), rules.head_timeout);
    let room = Room::new(rules);
    // Every connection holds one end; when the last is gone, so is the other.
    let (alive, mut over) = mpsc::channel::<()>(1);
    let stopping = told(stop.clone());
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
        let place = match room.enter(peer.ip()) {
            Ok(place) => place,
            Err(why) => {
                room.refuse(stream, why);
                continue;
            }
        };
        // Small answers go out at once; where it cannot be set, they go out all the same.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let router = router.clone();
            async move {
                let (head, body) = request.into_parts();
                let (body, unread) = unread::lend(head.version, &head.headers, body);
                let mut response = router.oneshot(http::Request::from_parts(head, body)).await?;
                if let Some(unread) = unread {
                    unread.settle(&mut response).await;
                }
                Ok::<_, Infallible>(response)
            }
        });
        let stream = TokioIo::new(Patient::new(stream, patience));
        let connection = server.serve_connection_with_upgrades(stream, service).into_owned();
        let (stop, alive) = (stop.clone(), alive.clone());
        tokio::spawn(async move {
            let _kept = (place, alive);
            tokio::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = enough(stop) => {
                    connection.as_mut().graceful_shutdown();
                    tokio::time::timeout(GRACE, connection).await.unwrap_or(Ok(()))
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "A connection ended");
            }
        });
    }
    drop((listener, alive));
    let _ = over.recv().await;
    Ok(())
}

/// How HTTP is spoken.
fn builder(head_timeout: Duration) -> auto::Builder<TokioExecutor> {
    let mut server = auto::Builder::new(TokioExecutor::new());
    // More than 100 headers are refused too: that is what is usual, and costs nothing.
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_buf_size(usize::try_from(HEAD).unwrap_or(usize::MAX));
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(head_timeout)
        .keep_alive_timeout(head_timeout)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD);
    server
}

/// Waits until a connection has been there for long enough, or all are to end.
async fn enough(stop: watch::Receiver<bool>) {
    tokio::select! {
        () = told(stop) => {}
        () = tokio::time::sleep(LIFE) => {}
    }
}

async fn told(mut stop: watch::Receiver<bool>) {
    // An error means that nobody can tell us any more.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Serves the set-up form until the company exists or we are told to stop; gives the listener back.
pub async fn serve_setup(
    listener: TcpListener,
    first: FirstRun,
    rules: Connections,
    stop: watch::Receiver<bool>,
) -> Result<TcpListener> {
    let listener = listener.into_std().map_err(Error::internal)?;
    let again = listener.try_clone().map_err(Error::internal)?;
    let router = setup::routes(first.clone());
    let listener = TcpListener::from_std(listener).map_err(Error::internal)?;
    let (end, ended) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            () = told(stop) => {}
            () = first.is_over() => {}
        }
        end.send_replace(true);
    });
    serve(listener, router, rules, ended).await?;
    TcpListener::from_std(again).map_err(Error::internal)
}
