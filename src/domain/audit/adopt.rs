//! Entries from before hashes were made under a key.

use diesel::prelude::*;

use super::{Head, Record};
use crate::{
    db::{Key, Tx, schema::audit},
    error::{Error, Result},
    text,
};

/// How many entries are read at once.
const PORTION: i64 = 1_000;

/// Makes the hashes of all entries under the key, where earlier versions made them without; answers how many were made
/// anew. Whoever calls it says that the entries without are whole: a hash without key proves little. Refused where one
/// was changed since.
pub fn adopt(tx: &mut Tx<'_>) -> Result<usize> {
    tx.lock(Key("audit", &[]))?;
    let seal = tx.seal()?.clone();
    // The last hash as it was, and as it is from now on.
    let (mut before, mut head, mut adopted) = (Head::beginning(), Head::beginning(), 0);
    loop {
        let records: Vec<Record> = audit::table
            .filter(audit::seq.gt(head.seq))
            .order(audit::seq.asc())
            .limit(PORTION)
            .select(Record::as_select())
            .load(tx.conn())?;
        if records.is_empty() {
            return Ok(adopted);
        }
        for record in records {
            let said = record.said()?;
            let plain = record.hash == text::sha256(&said);
            if record.previous != before.hash || !(plain || record.hash == seal.mark(&said)) {
                let told = format!("Entry {} of the audit log is not what it was.", record.seq);
                return Err(Error::conflict("audit.broken", told));
            }
            before = Head { seq: record.seq, hash: record.hash.clone() };
            let mut sealed = Record { previous: head.hash, ..record };
            sealed.hash = seal.mark(&sealed.said()?);
            if plain {
                adopted += 1;
            }
            diesel::update(audit::table.find(sealed.seq))
                .set((audit::previous.eq(&sealed.previous), audit::hash.eq(&sealed.hash)))
                .execute(tx.conn())?;
            head = Head { seq: sealed.seq, hash: sealed.hash };
        }
    }
}
