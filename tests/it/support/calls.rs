//! Which calls a test makes, told to whoever runs it in a process of its own.

use std::{
    env,
    fmt::{Debug, Write as _},
    fs::File,
    io::Write as _,
    sync::{Mutex, Once},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Names the file in which the calls are written down, a line each: method, route and status, in their order.
pub const FILE: &str = "GUILDHALL_TEST_CALLS";

/// Writes down every call from now on, when somebody asks for it.
pub fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Some(path) = env::var_os(FILE) else { return };
        let calls = Calls(Mutex::new(File::create(path).unwrap()));
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(calls)).unwrap();
    });
}

struct Calls(Mutex<File>);

impl<S: Subscriber> Layer<S> for Calls {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut said = Said::default();
        event.record(&mut said);
        if let [Some(method), Some(route), Some(status)] = said.0 {
            let route = if route.len() > 1 { route.trim_end_matches('/') } else { &route };
            writeln!(self.0.lock().unwrap(), "{method} {route} {status}").unwrap();
        }
    }
}

/// What the server says of a request that it has answered.
#[derive(Default)]
struct Said([Option<String>; 3]);

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        let place = ["http.method", "http.route", "http.status"].iter().position(|name| *name == field.name());
        if let Some(place) = place {
            self.0[place] = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        write!(text, "{value:?}").unwrap();
        self.record_str(field, &text);
    }
}
