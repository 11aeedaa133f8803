//! Listening, and stopping without cutting anybody off.

use axum::Router;
use tokio::{net::TcpListener, sync::watch};

use super::setup;
use crate::{
    db::Db,
    domain::Site,
    error::{Error, Result},
};

/// Serves until told to stop; requests under way are finished.
pub async fn serve(listener: TcpListener, router: Router, stop: watch::Receiver<bool>) -> Result<()> {
    axum::serve(listener, router.into_make_service_with_connect_info::<std::net::SocketAddr>())
        .with_graceful_shutdown(told(stop))
        .await
        .map_err(Error::internal)
}

async fn told(mut stop: watch::Receiver<bool>) {
    // An error means that nobody can tell us any more.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Serves the set-up form until the company exists or we are told to stop; gives the listener back.
pub async fn serve_setup(
    listener: TcpListener,
    db: Db,
    site: Site,
    stop: watch::Receiver<bool>,
) -> Result<TcpListener> {
    let listener = listener.into_std().map_err(Error::internal)?;
    let again = listener.try_clone().map_err(Error::internal)?;
    let (done, established) = watch::channel(false);
    let router = setup::routes(db, site, done);
    let stopping = async move {
        tokio::select! {
            () = told(stop) => {}
            () = told(established) => {}
        }
    };
    let listener = TcpListener::from_std(listener).map_err(Error::internal)?;
    axum::serve(listener, router).with_graceful_shutdown(stopping).await.map_err(Error::internal)?;
    TcpListener::from_std(again).map_err(Error::internal)
}
