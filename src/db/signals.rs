//! Waiting until something was written that one has to look at.

use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};

use super::Signal;

/// What says that another process wrote something, whatever it was.
const EXTERNAL: &str = "external";

/// Waits for a signal with one of these topics, or from another process; answers whether it was another process, or
/// may have been. Those that came together are one: who looks then sees all that they tell of, and a look costs the
/// more the more there is.
pub async fn woken(signals: &mut Receiver<Signal>, topics: &[&str]) -> bool {
    let mut elsewhere = loop {
        match signals.recv().await {
            Ok(signal) if signal.topic == EXTERNAL => break true,
            Ok(signal) if topics.contains(&signal.topic) => break false,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => break true,
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    };
    loop {
        match signals.try_recv() {
            Ok(signal) => elsewhere |= signal.topic == EXTERNAL,
            Err(TryRecvError::Lagged(_)) => elsewhere = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::sync::broadcast;

    use super::*;

    fn about(topic: &'static str) -> Signal {
        Signal { topic, kind: "new", id: 0 }
    }

    #[test]
    fn what_came_together_wakes_once() {
        let (tell, mut heard) = broadcast::channel(64);
        let mut wakes = || woken(&mut heard, &["jobs"]).now_or_never();
        assert_eq!(wakes(), None);
        for topic in ["post", "jobs", "home", "jobs", "jobs"] {
            tell.send(about(topic)).unwrap();
        }
        assert_eq!((wakes(), wakes()), (Some(false), None));
        tell.send(about("home")).unwrap();
        assert_eq!(wakes(), None, "that is nothing to look at");
        for topic in ["jobs", EXTERNAL, "jobs"] {
            tell.send(about(topic)).unwrap();
        }
        assert_eq!((wakes(), wakes()), (Some(true), None));
        for _ in 0..100 {
            tell.send(about("jobs")).unwrap();
        }
        assert_eq!((wakes(), wakes()), (Some(true), None), "who missed some does not know what they were");
    }
}
