//! What is left of a request's body when it has been answered.
//!
//! HTTP/1 finds the next request of a connection behind the body of the last. Where the answer was known before the
//! body had come, hyper closes the connection without a word; a proxy that sends its next POST on it meanwhile cannot
//! know whether it arrived, and tells its visitor 502. So what is small is read first, and of what is not the proxy is
//! told that this was the last request here (RFC 9112, section 9.6).

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes};
use http::{HeaderMap, HeaderValue, Response, Version, header};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::oneshot;

/// What is read for nothing, in bytes: a refused activity has not more, an upload that is refused has.
const SMALL: usize = 64 * 1024;
/// How long somebody may take to send it.
const PATIENCE: Duration = Duration::from_secs(1);

/// A body in the hands of whoever answers, which comes back when it is let go.
struct Lent<B> {
    body: Option<B>,
    /// Whoever waits to be asked for the body has sent none until somebody reads.
    waits: bool,
    back: Option<oneshot::Sender<Returned<B>>>,
}

struct Returned<B> {
    body: B,
    waits: bool,
}

impl<B> Drop for Lent<B> {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Whoever does not wait for it any more has closed the connection.
            let _ = back.send(Returned { body, waits: self.waits });
        }
    }
}

impl<B: HttpBody + Unpin> HttpBody for Lent<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.waits = false;
        self.body.as_mut().map_or(Poll::Ready(None), |body| Pin::new(body).poll_frame(context))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), B::size_hint)
    }
}

/// The body of one request, as long as it is lent.
pub(super) struct Unread<B>(oneshot::Receiver<Returned<B>>);

/// Lends the body of a request to whoever answers. Only for HTTP/1: elsewhere requests do not follow each other.
pub(super) fn lend<B>(version: Version, headers: &HeaderMap, body: B) -> (Body, Option<Unread<B>>)
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<axum::BoxError>,
{
    if version >= Version::HTTP_2 || body.is_end_stream() {
        return (Body::new(body), None);
    }
    let (given, back) = oneshot::channel();
    let waits = headers.contains_key(header::EXPECT);
    (Body::new(Lent { body: Some(body), waits, back: Some(given) }), Some(Unread(back)))
}

impl<B: HttpBody<Data = Bytes> + Unpin> Unread<B> {
    /// Reads what is left of it before the answer goes out, or says in the answer that the connection ends.
    pub(super) async fn settle(mut self, response: &mut Response<Body>) {
        // Who still holds it reads on, for an answer that is made from it.
        let Ok(Returned { mut body, waits }) = self.0.try_recv() else { return };
        if body.is_end_stream() {
            return;
        }
        // Who waits to be asked would have to be asked for what nobody wants.
        let small = body.size_hint().upper().is_none_or(|size| size <= SMALL as u64);
        let rest = async {
            let mut left = SMALL;
            while let Some(frame) = body.frame().await {
                let size = frame.ok()?.data_ref().map_or(0, Bytes::len);
                left = left.checked_sub(size)?;
            }
            Some(())
        };
        let settled = small && !waits && matches!(tokio::time::timeout(PATIENCE, rest).await, Ok(Some(())));
        if !settled {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}
