//! The transaction that an operation is given: its connection, its clock, its ids, its effects.

use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::{Conn, Core, IdSource, Key, Seal, Timestamp};
use crate::error::{Error, Kind, Result};

/// Something that must happen after the commit, stored in the same transaction (a row in `jobs`).
pub trait Later {
    /// The name under which the runner finds the handler, such as `federate`.
    fn kind(&self) -> &'static str;
    /// Jobs of one lane run one after the other, in the order in which they were written.
    fn lane(&self) -> Option<String> {
        None
    }
    /// Who does it: each room has workers of its own, and none waits for another.
    fn room(&self) -> &'static str {
        "own"
    }
    /// Which other server made us write it down: each gets a share of those who work, and of the room.
    fn origin(&self) -> Option<String> {
        None
    }
    /// Which other server it waits for: however many wait for that one, they leave room for the others.
    fn target(&self) -> Option<String> {
        None
    }
    /// Whether a second one adds nothing while one of its lane waits.
    fn once(&self) -> bool {
        false
    }
    /// How long to wait before the first try.
    fn delay(&self) -> Duration {
        Duration::ZERO
    }
    /// Not before this moment. A second one of [`Later::once`] that is due earlier brings the first forward.
    fn due(&self) -> Option<Timestamp> {
        None
    }
    /// The job as JSON.
    fn payload(&self) -> Result<String>;
}

/// Told to whoever listens, only after the commit; may be lost. Plain data: the floor never looks up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What this is about: `jobs`, `deliveries`, `settings`, `actor`, `post`, `home`, …
    pub topic: &'static str,
    /// What happened to it: `new`, `update`, `delete`, …
    pub kind: &'static str,
    /// The row it happened to, or 0.
    pub id: i64,
}

/// What a transaction does when all else in it is done.
type AtTheEnd = Box<dyn FnOnce(&mut Tx<'_>) -> Result<()>>;

/// A running write transaction. Operations borrow it; they never commit or roll back themselves.
pub struct Tx<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) now: Timestamp,
    pub(super) ids: &'a IdSource,
    pub(super) signals: Vec<Signal>,
    pub(super) behind: Option<i64>,
    pub(super) seal: Option<Seal>,
    at_the_end: Vec<AtTheEnd>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, core: &'a Core) -> Self {
        Self {
            conn,
            now: core.clock.now(),
            ids: &core.ids,
            signals: Vec::new(),
            behind: None,
            seal: core.seal(),
            at_the_end: Vec::new(),
        }
    }
}

impl Tx<'_> {
    /// The connection, for queries.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// The time at which this transaction began; the same for everything that it writes.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Says which person is behind what this transaction does, for what is written down about it. A door through which
    /// people come says so first; nobody is behind what the command line and the jobs do.
    pub fn behalf_of(&mut self, person: i64) {
        self.behind = Some(person);
    }

    /// The person behind this transaction, if there is one.
    pub fn behind(&self) -> Option<i64> {
        self.behind
    }

    /// What makes marks that nobody can make who only writes to the database; refused where the key is not known.
    pub fn seal(&self) -> Result<&Seal> {
        self.seal.as_ref().ok_or_else(|| {
            let told = "This is written down under the secret key of the company, and that is not here. Put secret.key \
                        back into the data folder, or set GUILDHALL_SECRET_KEY.";
            Error::unavailable("secret_key.missing", told)
        })
    }

    /// A new 64-bit id that is larger than every earlier one of this process.
    pub fn new_id(&self) -> i64 {
        self.ids.next(self.now)
    }

    /// An id for something that was published elsewhere at `published` (clamped to now), with
    /// random low bits. Two calls differ almost surely; on a conflict call again.
    pub fn id_at(&self, published: Timestamp) -> i64 {
        self.ids.at(published.min(self.now))
    }

    /// Takes the advisory lock of `key` until the transaction ends. Needed before an operation
    /// checks and then writes; does nothing on SQLite, which has one writer.
    pub fn lock(&mut self, key: Key<'_>) -> Result<()> {
        super::lock::take(self.conn, key)
    }

    /// Takes part in the advisory lock of `key` until the transaction ends: beside others who take part, and not while
    /// somebody [`lock`](Self::lock)s it.
    pub fn share(&mut self, key: Key<'_>) -> Result<()> {
        super::lock::share(self.conn, key)
    }

    /// Like [`share`](Self::share), but does not wait for whoever locks it: answers whether it takes part. On SQLite
    /// nobody else writes, so it always does.
    pub fn try_share(&mut self, key: Key<'_>) -> Result<bool> {
        super::lock::try_share(self.conn, key)
    }

    /// Does this when all else in the transaction is done, in the order in which it was said: what takes a lock that
    /// everybody takes, so that nobody who waits for it holds up those who hold it.
    pub fn at_the_end(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<()> + 'static) {
        self.at_the_end.push(Box::new(work));
    }

    /// Does what was left for the end. Whoever runs a transaction calls it before the commit.
    pub(super) fn conclude(&mut self) -> Result<()> {
        // What is left for the end from there comes after it.
        while !self.at_the_end.is_empty() {
            for work in std::mem::take(&mut self.at_the_end) {
                work(self)?;
            }
        }
        Ok(())
    }

    /// Does a part of this transaction that may fail for itself: what it wrote, signalled and left for the end is undone
    /// then, and the rest goes on. Whoever goes on after an error that is no refusal goes on with a database that may be in
    /// trouble.
    pub fn attempt<T>(&mut self, part: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        self.conn.batch_execute("SAVEPOINT part")?;
        let (signals, behind, left) = (self.signals.clone(), self.behind, self.at_the_end.len());
        let outcome = part(self);
        if outcome.is_ok() {
            self.conn.batch_execute("RELEASE SAVEPOINT part")?;
        } else {
            (self.signals, self.behind) = (signals, behind);
            self.at_the_end.truncate(left);
            let undone = self.conn.batch_execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part");
            // A full disk, or a server that is gone, has ended the whole transaction, and says more than that there is
            // nothing to undo any more.
            if let (Err(refusal), Err(error)) = (&outcome, undone)
                && refusal.kind() != Kind::Unavailable
            {
                return Err(error.into());
            }
        }
        outcome
    }

    /// Writes down something that must happen later, in this transaction.
    pub fn defer(&mut self, job: &impl Later) -> Result<()> {
        super::queue::insert(self, job)?;
        self.signal(Signal { topic: "jobs", kind: "new", id: 0 });
        Ok(())
    }

    /// How many jobs of this kind wait that this server caused, and how many bytes they are.
    pub fn waiting_for(&mut self, origin: &str, kind: &str) -> Result<(i64, i64)> {
        super::queue::waiting_for(self, origin, kind)
    }

    /// Whether so many jobs of this kind wait for a server, given up ones too.
    pub fn is_full(&mut self, target: &str, kind: &str, most: i64) -> Result<bool> {
        super::queue::is_full(self, target, kind, most)
    }

    /// Tells listeners after the commit. Equal signals of one transaction are told once.
    pub fn signal(&mut self, signal: Signal) {
        if !self.signals.contains(&signal) {
            self.signals.push(signal);
        }
    }
}
