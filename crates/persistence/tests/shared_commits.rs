//! Changes that share a commit: each is made once or not at all, whatever becomes of those beside it.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::mpsc;

use diesel::{QueryableByName, RunQueryDsl, sql_query};
use kstt_persistence::{Conn, Db, Error, db};
use proptest::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Done,
    Refused,
    Panics,
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

fn open() -> (tempfile::TempDir, Db) {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(&db::Target::Sqlite(directory.path().join("kstt.db")), 1).unwrap();
    db.write(|conn| Ok::<_, Error>(sql_query("CREATE TABLE kept (number BIGINT NOT NULL)").execute(conn)?))
        .unwrap();
    (directory, db)
}

fn write(conn: &mut Conn, number: usize, kind: Kind) -> Result<usize, Error> {
    sql_query(format!("INSERT INTO kept (number) VALUES ({number})")).execute(conn)?;
    match kind {
        Kind::Done => Ok(number),
        Kind::Refused => Err(Error::Corrupt("refused".into())),
        Kind::Panics => panic!("on purpose"),
    }
}

/// Hands all of them in while the first is held up, so that they share its transaction; answers who was told of what.
fn together(db: &Db, kinds: &[Kind]) -> Vec<Option<bool>> {
    let (go_on, held_up) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let mut is_held_up = true;
    drop(db.hand_in(
        move |_| {
            if std::mem::take(&mut is_held_up) {
                held_up.recv().unwrap();
            }
            Ok::<_, Error>(())
        },
        |_| {},
    ));
    for (number, kind) in kinds.iter().copied().enumerate() {
        let tell = tell.clone();
        let work = move |conn: &mut Conn| write(conn, number, kind);
        drop(db.hand_in(work, move |done| tell.send((number, done.is_ok())).unwrap()));
    }
    drop(tell);
    go_on.send(()).unwrap();
    let mut outcomes = vec![None; kinds.len()];
    told.into_iter().for_each(|(number, is_done)| outcomes[number] = Some(is_done));
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_told_is_what_is_kept(
        kinds in prop::collection::vec(
            prop_oneof![6 => Just(Kind::Done), 1 => Just(Kind::Refused), 1 => Just(Kind::Panics)],
            1..100,
        )
    ) {
        let (_directory, db) = open();
        let before = db.commits();
        let told = together(&db, &kinds);
        let expected = |kind: &Kind| match kind {
            Kind::Done => Some(true),
            Kind::Refused => Some(false),
            Kind::Panics => None,
        };
        prop_assert_eq!(told, kinds.iter().map(expected).collect::<Vec<_>>());
        let kept: Vec<Kept> = db
            .read(|conn| Ok::<_, Error>(sql_query("SELECT number FROM kept ORDER BY rowid").load(conn)?))
            .unwrap();
        let done = kinds.iter().enumerate().filter(|(_, kind)| **kind == Kind::Done);
        prop_assert_eq!(
            kept.into_iter().map(|kept| kept.number).collect::<Vec<_>>(),
            done.map(|(number, _)| i64::try_from(number).unwrap()).collect::<Vec<_>>()
        );
        prop_assert!(db.commits() - before <= 3, "they shared few commits");
    }
}
