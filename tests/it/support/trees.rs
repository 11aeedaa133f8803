//! Sequences that grow as trees, so that many fit into a test: each begins with some steps, and then parts in two at each
//! of the next. A branch is undone before another begins, and at the end the whole tree is.

use guildhall::{
    db::{Db, Tx},
    error::{Error, Kind, Result},
};

/// How many steps are taken before sequences part, and at how many they do.
pub struct Shape {
    pub before: usize,
    pub parting: usize,
}

impl Shape {
    /// How many steps a sequence has.
    pub const fn steps(&self) -> usize {
        self.before + self.parting
    }

    /// One step and all that follows it, with so many steps left before it: twice where sequences part, as if each were
    /// the only one.
    pub fn part(&self, tx: &mut Tx<'_>, left: usize, mut goes_on: impl FnMut(&mut Tx<'_>) -> Result<()>) -> Result<()> {
        for _ in 0..if left > self.parting { 1 } else { 2 } {
            undone(tx, &mut goes_on)?;
        }
        Ok(())
    }
}

/// That what was done is to be undone.
const UNDONE: &str = "test.undone";

/// Does something of which nothing stays.
fn undone(tx: &mut Tx<'_>, deed: impl FnOnce(&mut Tx<'_>) -> Result<()>) -> Result<()> {
    let tried: Result<()> = tx.attempt(|tx| {
        deed(tx)?;
        Err(Error::conflict(UNDONE, ""))
    });
    match tried {
        Err(error) if error.code() == UNDONE => Ok(()),
        other => other,
    }
}

/// Lets the tree of a seed grow in a database; nothing of it stays, so that the last costs what the first costs. Answers
/// what came of it.
pub async fn grow<T, F>(db: &Db, seed: u64, tree: F) -> T
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let grown = db.write(move |tx| {
        let mut told = None;
        undone(tx, |tx| {
            told = Some(tree(tx)?);
            Ok(())
        })?;
        Ok(told)
    });
    match grown.await {
        Ok(told) => told.unwrap(),
        Err(error) => panic!("seed {seed}: {error:?}"),
    }
}

/// What was done, or nothing where it was refused, which changes nothing.
pub fn unless_refused<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(error) if matches!(error.kind(), Kind::Forbidden | Kind::Conflict | Kind::Invalid | Kind::NotFound) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
