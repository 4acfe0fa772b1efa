//! Whether the trail is what it was when it was sealed.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::{AuditRow, Head, SealKey, chain};
use crate::schema::{audit, seal_queue, seals};
use crate::{Conn, Error};

/// What is wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The row at this place was changed, or its seal was.
    Changed { seq: i64, audit_id: String },
    /// The rows or the seals of these places are gone.
    Missing { first: i64, last: i64 },
    /// Follows a gap, and the seal it was chained to is not known: nothing can be said of this row.
    Unproven { seq: i64, audit_id: String },
    /// The chain holds, but it is not the one whose head was logged.
    Resealed { first: i64, logged: i64 },
    /// The trail ends before a head that was logged.
    Cut { found: i64, logged: i64 },
    /// A row that has no seal and does not wait for one: its seal was taken away, or it was slipped in.
    Stray { audit_id: String },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed { seq, audit_id } => write!(f, "row {audit_id} at place {seq} was changed"),
            Self::Missing { first, last } if first == last => {
                write!(f, "the row at place {first} is missing")
            }
            Self::Missing { first, last } => write!(f, "the rows at places {first} to {last} are missing"),
            Self::Unproven { seq, audit_id } => {
                write!(f, "row {audit_id} at place {seq} cannot be proven: the seal before it is missing")
            }
            Self::Resealed { first, logged } => {
                write!(
                    f,
                    "places {first} to {logged} were sealed again: another seal was logged for place {logged}"
                )
            }
            Self::Cut { found, logged } => {
                write!(f, "the trail was cut after place {found}: place {logged} had been sealed")
            }
            Self::Stray { audit_id } => write!(f, "row {audit_id} has no seal and does not wait for one"),
        }
    }
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Sealed rows looked at.
    pub checked: i64,
    /// Rows that wait for their seal, which nothing protects yet.
    pub waiting: i64,
    pub faults: Vec<Fault>,
}

/// Walks the whole chain and compares it with the heads logged outside the database.
pub fn verify(conn: &mut Conn, key: &SealKey, logged: &[Head]) -> Result<Verified, Error> {
    const PAGE: i64 = 500;
    let mut walk = Walk::new(key, logged);
    loop {
        let page: Vec<(i64, String, String)> = seals::table
            .filter(seals::seq.gt(walk.seq))
            .order(seals::seq.asc())
            .limit(PAGE)
            .select((seals::seq, seals::audit_id, seals::hash))
            .load(conn)?;
        if page.is_empty() {
            break;
        }
        let rows = rows(conn, page.iter().map(|(_, audit_id, _)| audit_id.as_str()))?;
        for (seq, audit_id, hash) in page {
            walk.pass(seq, audit_id, hash, &rows);
        }
    }
    walk.arrive();
    walk.faults.extend(strays(conn)?);
    let waiting = seal_queue::table.count().get_result(conn)?;
    Ok(Verified { checked: walk.checked, waiting, faults: walk.faults })
}

/// Where the check stands.
struct Walk<'a> {
    key: &'a SealKey,
    logged: BTreeMap<i64, &'a str>,
    seq: i64,
    /// What the next seal may be chained to: the stored hash and, where that one is wrong, the right one.
    before: Vec<String>,
    checked: i64,
    /// The last place at which the chain was the logged one, and the last at which it was not.
    agreed: i64,
    differed: Option<i64>,
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn new(key: &'a SealKey, logged: &'a [Head]) -> Self {
        let logged = logged.iter().map(|head| (head.seq, head.hash.as_str())).collect();
        let before = vec![String::new()];
        Self { key, logged, seq: 0, before, checked: 0, agreed: 0, differed: None, faults: Vec::new() }
    }

    fn pass(&mut self, seq: i64, audit_id: String, hash: String, rows: &HashMap<String, Option<AuditRow>>) {
        if seq - 1 > self.seq {
            self.faults.push(Fault::Missing { first: self.seq + 1, last: seq - 1 });
            // A logged head stands in for a seal that was taken away.
            self.before = self.logged.get(&(seq - 1)).map(|hash| (*hash).to_owned()).into_iter().collect();
        }
        let mut computed = Vec::new();
        match rows.get(&audit_id) {
            None => self.faults.push(Fault::Missing { first: seq, last: seq }),
            Some(None) => self.faults.push(Fault::Changed { seq, audit_id }),
            Some(Some(_)) if self.before.is_empty() => self.faults.push(Fault::Unproven { seq, audit_id }),
            Some(Some(row)) => {
                computed = self.before.iter().map(|before| chain(self.key, before, seq, row)).collect();
                if computed.contains(&hash) {
                    computed.clear();
                } else {
                    self.faults.push(Fault::Changed { seq, audit_id });
                }
            }
        }
        self.compare(seq, &hash);
        computed.push(hash);
        (self.seq, self.before) = (seq, computed);
        self.checked += 1;
    }

    fn compare(&mut self, seq: i64, hash: &str) {
        match self.logged.get(&seq) {
            Some(logged) if *logged == hash => {
                self.report_difference();
                self.agreed = seq;
            }
            Some(_) => self.differed = Some(seq),
            None => {}
        }
    }

    fn report_difference(&mut self) {
        if let Some(logged) = self.differed.take() {
            self.faults.push(Fault::Resealed { first: self.agreed + 1, logged });
        }
    }

    fn arrive(&mut self) {
        self.report_difference();
        if let Some((newest, _)) = self.logged.last_key_value().filter(|(seq, _)| **seq > self.seq) {
            self.faults.push(Fault::Cut { found: self.seq, logged: *newest });
        }
    }
}

/// The rows of these ids that exist; `None` for one that cannot even be read.
fn rows<'a>(
    conn: &mut Conn,
    ids: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Option<AuditRow>>, Error> {
    let ids: Vec<&str> = ids.collect();
    let all = audit::table.filter(audit::id.eq_any(&ids)).select(AuditRow::as_select()).load(conn);
    if let Ok(all) = all {
        return Ok(all.into_iter().map(|row: AuditRow| (row.id.clone(), Some(row))).collect());
    }
    // SQLite lets anything be written into a column: find out which row it was.
    let mut found = HashMap::new();
    for id in ids {
        match audit::table.find(id).select(AuditRow::as_select()).first::<AuditRow>(conn).optional() {
            Ok(None) => {}
            Ok(Some(row)) => drop(found.insert(id.to_owned(), Some(row))),
            Err(diesel::result::Error::DeserializationError(_)) => drop(found.insert(id.to_owned(), None)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

fn strays(conn: &mut Conn) -> Result<Vec<Fault>, Error> {
    const SHOWN: i64 = 1000;
    let ids: Vec<String> = audit::table
        .left_join(seals::table)
        .left_join(seal_queue::table)
        .filter(seals::seq.nullable().is_null())
        .filter(seal_queue::audit_id.nullable().is_null())
        .order(audit::id.asc())
        .limit(SHOWN)
        .select(audit::id)
        .load(conn)?;
    Ok(ids.into_iter().map(|audit_id| Fault::Stray { audit_id }).collect())
}
