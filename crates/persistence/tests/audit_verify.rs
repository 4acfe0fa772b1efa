//! What a check of the trail finds after each kind of tampering.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use chrono::DateTime;
use diesel::RunQueryDsl;
use kstt_domain::policy::actions::EditCalendar;
use kstt_domain::policy::{Actor, Target, permit};
use kstt_persistence::audit::{Change, Fault, Head, Origin, SealKey, Verified, head, record, seal, verify};
use kstt_persistence::{Conn, Db, Error, db};

/// A fresh database with a trail of ten sealed rows, `row-01` to `row-10`.
struct Trail {
    db: Db,
    directory: PathBuf,
    key: SealKey,
}

impl Trail {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("kstt-audit-{}-{name}", std::process::id()));
        let db = Db::open(&db::Target::Sqlite(directory.join("kstt.db")), 1).unwrap();
        db.migrate().unwrap();
        let trail = Self { db, directory, key: SealKey(vec![7; 32]) };
        for number in 1..=10 {
            trail.record(&format!("row-{number:02}"));
        }
        trail.seal();
        trail
    }

    fn record(&self, id: &str) {
        let permit = permit::<EditCalendar>(&Actor::system("test"), &Target::city(id)).unwrap();
        let origin = Origin { now: DateTime::UNIX_EPOCH, trace_id: "trace".into(), client_address: None };
        let change = Change { kind: "calendar", id, key: id, reason: Some("because"), ..Change::default() };
        self.write(|conn| record(conn, &permit, &origin, id.to_owned(), change));
    }

    fn seal(&self) -> usize {
        self.write(|conn| seal(conn, &self.key, 1000))
    }

    fn head(&self) -> Head {
        self.write(head).unwrap()
    }

    fn write<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> T {
        self.db.write(work).unwrap()
    }

    /// Someone with the database file in hand.
    fn tamper(&self, statements: &[&str]) {
        let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(
            &self.directory.join("kstt.db").to_string_lossy(),
        )
        .unwrap();
        for statement in statements {
            diesel::sql_query(*statement).execute(&mut conn).unwrap();
        }
    }

    fn verified(&self, logged: &[Head]) -> Verified {
        self.db.read(|conn| verify(conn, &self.key, logged)).unwrap()
    }

    fn faults(&self, logged: &[Head]) -> Vec<Fault> {
        self.verified(logged).faults
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn changed(seq: i64, audit_id: &str) -> Fault {
    Fault::Changed { seq, audit_id: audit_id.into() }
}

#[test]
fn an_untouched_trail_is_whole() {
    let trail = Trail::new("whole");
    let early = trail.head();
    trail.record("row-11");
    trail.record("row-12");
    let waiting = trail.verified(std::slice::from_ref(&early));
    assert_eq!(waiting, Verified { checked: 10, waiting: 2, faults: vec![] });
    assert_eq!(trail.seal(), 2);
    assert_eq!(trail.seal(), 0);
    let logged = [early, trail.head()];
    assert_eq!(trail.verified(&logged), Verified { checked: 12, waiting: 0, faults: vec![] });
}

#[test]
fn a_changed_row_is_named_and_only_that_one() {
    for column in
        ["reason = 'other'", "before_state = '{}'", "actor_name = 'x'", "at = '2019-01-01 00:00:00'"]
    {
        let trail = Trail::new("changed");
        trail.tamper(&[&format!("UPDATE audit SET {column} WHERE id = 'row-04'")]);
        assert_eq!(trail.faults(&[]), [changed(4, "row-04")], "{column}");
    }
}

#[test]
fn a_row_that_cannot_be_read_any_more_was_changed() {
    let trail = Trail::new("unreadable");
    trail.tamper(&[
        "UPDATE audit SET at = 'never' WHERE id = 'row-04'",
        "UPDATE audit SET action = 'x' WHERE id = 'row-06'",
    ]);
    assert_eq!(trail.faults(&[]), [changed(4, "row-04"), changed(6, "row-06")]);
}

#[test]
fn a_changed_seal_is_named_and_only_that_one() {
    let trail = Trail::new("seal");
    trail.tamper(&["UPDATE seals SET hash = 'ff' WHERE seq = 4"]);
    assert_eq!(trail.faults(&[]), [changed(4, "row-04")]);
}

#[test]
fn a_missing_row_is_named() {
    let trail = Trail::new("missing");
    trail.tamper(&["PRAGMA foreign_keys = OFF", "DELETE FROM audit WHERE id = 'row-04'"]);
    assert_eq!(trail.faults(&[]), [Fault::Missing { first: 4, last: 4 }]);
}

#[test]
fn missing_rows_with_their_seals_are_named() {
    let trail = Trail::new("gap");
    trail.tamper(&[
        "DELETE FROM seals WHERE seq IN (4, 5)",
        "DELETE FROM audit WHERE id IN ('row-04', 'row-05')",
    ]);
    let gap = Fault::Missing { first: 4, last: 5 };
    assert_eq!(trail.faults(&[]), [gap, Fault::Unproven { seq: 6, audit_id: "row-06".into() }]);
}

#[test]
fn the_first_rows_may_be_missing_too() {
    let trail = Trail::new("first");
    trail.tamper(&["DELETE FROM seals WHERE seq = 1", "DELETE FROM audit WHERE id = 'row-01'"]);
    let gap = Fault::Missing { first: 1, last: 1 };
    assert_eq!(trail.faults(&[]), [gap, Fault::Unproven { seq: 2, audit_id: "row-02".into() }]);
}

#[test]
fn a_seal_taken_away_leaves_its_row_astray() {
    let trail = Trail::new("stray");
    trail.tamper(&["DELETE FROM seals WHERE seq = 4"]);
    let stray = Fault::Stray { audit_id: "row-04".into() };
    let unproven = Fault::Unproven { seq: 5, audit_id: "row-05".into() };
    assert_eq!(trail.faults(&[]), [Fault::Missing { first: 4, last: 4 }, unproven, stray]);
}

#[test]
fn a_logged_head_proves_what_follows_a_gap() {
    let trail = Trail::new("proven");
    let logged = trail.head();
    trail.record("row-11");
    trail.seal();
    trail.tamper(&["DELETE FROM seals WHERE seq = 10", "DELETE FROM audit WHERE id = 'row-10'"]);
    assert_eq!(trail.faults(&[logged]), [Fault::Missing { first: 10, last: 10 }]);
}

#[test]
fn a_cut_tail_is_seen_by_the_log() {
    let trail = Trail::new("cut");
    let logged = [trail.head()];
    trail.tamper(&["DELETE FROM seals WHERE seq > 8", "DELETE FROM audit WHERE id > 'row-08'"]);
    assert_eq!(trail.faults(&[]), []);
    assert_eq!(trail.faults(&logged), [Fault::Cut { found: 8, logged: 10 }]);
    trail.tamper(&["DELETE FROM seals", "DELETE FROM audit"]);
    assert_eq!(trail.faults(&logged), [Fault::Cut { found: 0, logged: 10 }]);
}

#[test]
fn a_tail_sealed_again_is_seen_by_the_log() {
    let trail = Trail::new("again");
    let early = trail.head();
    for number in 11..=13 {
        trail.record(&format!("row-{number}"));
        trail.seal();
    }
    let logged = [early, trail.head()];
    // Without the key a tail can only be put back into the queue, and is sealed again by the product.
    trail.tamper(&[
        "DELETE FROM seals WHERE seq > 11",
        "UPDATE audit SET reason = 'other' WHERE id = 'row-12'",
        "INSERT INTO seal_queue (audit_id) VALUES ('row-12'), ('row-13')",
    ]);
    assert_eq!(trail.seal(), 2);
    assert_eq!(trail.faults(&[]), []);
    assert_eq!(trail.faults(&logged), [Fault::Resealed { first: 11, logged: 13 }]);
}

#[test]
fn a_tail_hashed_with_another_key_is_named() {
    let trail = Trail::new("forged");
    trail.tamper(&["DELETE FROM seals WHERE seq > 9", "INSERT INTO seal_queue (audit_id) VALUES ('row-10')"]);
    let forger = SealKey(vec![8; 32]);
    trail.write(|conn| seal(conn, &forger, 1000));
    assert_eq!(trail.faults(&[]), [changed(10, "row-10")]);
}

#[test]
fn swapped_rows_are_both_named() {
    let trail = Trail::new("swapped");
    trail.tamper(&[
        "UPDATE seals SET audit_id = 'row-10' WHERE seq = 99",
        "DELETE FROM seals WHERE seq = 5",
        "UPDATE seals SET audit_id = 'row-05' WHERE seq = 4",
        "INSERT INTO seals (seq, audit_id, hash) SELECT 5, 'row-04', hash FROM seals WHERE seq = 6",
    ]);
    let faults = trail.faults(&[]);
    assert!(faults.contains(&changed(4, "row-05")) && faults.contains(&changed(5, "row-04")), "{faults:?}");
}

#[test]
fn a_row_slipped_in_is_astray_and_one_that_waits_cannot_be_deleted() {
    let trail = Trail::new("slipped");
    trail.tamper(&[
        "INSERT INTO audit SELECT 'row-99', at, action, actor_kind, actor_id, actor_name, actor_unit, subject_kind, \
         subject_id, subject_key, unit_id, before_state, after_state, reason, trace_id, client_address \
         FROM audit WHERE id = 'row-01'",
    ]);
    assert_eq!(trail.faults(&[]), [Fault::Stray { audit_id: "row-99".into() }]);
    trail.record("row-11");
    let deleted = trail.db.write(|conn| {
        diesel::sql_query("DELETE FROM audit WHERE id = 'row-11'").execute(conn).map_err(Error::from)
    });
    assert!(deleted.is_err());
}

#[test]
fn a_seal_far_away_is_one_gap() {
    let trail = Trail::new("far");
    trail.tamper(&["UPDATE seals SET seq = 9000000000000000000 WHERE seq = 10"]);
    let gap = Fault::Missing { first: 10, last: 8_999_999_999_999_999_999 };
    let unproven = Fault::Unproven { seq: 9_000_000_000_000_000_000, audit_id: "row-10".into() };
    assert_eq!(trail.faults(&[]), [gap, unproven]);
}
