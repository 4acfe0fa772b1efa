//! Opening a database: for a demo or for production, never for the other, with the keys it was sealed with.

use chrono::NaiveDateTime;
use diesel::RunQueryDsl;
use kstt_api::mode::open_database;
use kstt_persistence::accounts::{UserRow, insert_user};
use kstt_persistence::{Db, Error};

use crate::city::{City, Empty, config, server_url};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const PRODUCTION: &[(&str, &str)] = &[
    ("KSTT_MODE", "production"),
    ("KSTT_MASTER_KEY", KEY),
    ("KSTT_AUDIT_KEY", KEY),
    ("KSTT_ISSUER", "https://kstt.example.vn"),
    ("KSTT_ALLOW_SQLITE", "yes"),
    ("KSTT_ALLOW_PLAIN_POSTGRES", "yes"),
];

/// As a program left it that remembered nothing.
fn forget(db: &Db) {
    db.write(|conn| Ok::<_, Error>(diesel::sql_query("DELETE FROM installation").execute(conn)?)).unwrap();
}

fn migrate(empty: &Empty, settings: &[(&str, &str)]) -> Result<Db, String> {
    open_database(&config(&empty.scratch.0, &empty.url, settings), 1, true).map(|(db, _)| db)
}

#[test]
fn a_demo_is_not_opened_in_production() {
    let city = City::new();
    let refusal = || city.open(PRODUCTION).err().unwrap();
    assert!(refusal().contains("this database is a demo's"), "{}", refusal());
    forget(&city.app.db);
    assert!(refusal().contains("this database is a demo's"), "demo accounts show what it is");
    assert!(city.open(&[]).is_ok());
}

#[test]
fn production_is_not_opened_as_a_demo() {
    let empty = Empty::new();
    assert!(empty.open(PRODUCTION).err().unwrap().contains("kstt migrate"));
    migrate(&empty, PRODUCTION).unwrap();
    for settings in [&[] as &[(&str, &str)], &[("KSTT_CLOCK", "real")]] {
        assert!(empty.open(settings).err().unwrap().contains("KSTT_MODE=production"));
        assert!(migrate(&empty, settings).err().unwrap().contains("KSTT_MODE=production"));
    }
    let app = empty.open(PRODUCTION).unwrap();
    let then = NaiveDateTime::default();
    let user = UserRow::fresh("1".into(), "nguyen.van.an", "Nguyễn Văn An", "-", then);
    app.db.write(|conn| insert_user(conn, &user)).unwrap();
    forget(&app.db);
    assert!(empty.open(&[]).err().unwrap().contains("KSTT_MODE=production"), "accounts show what it is");
    assert!(empty.open(PRODUCTION).is_ok());
}

#[test]
fn a_database_that_remembers_nothing_is_what_it_is_opened_for_first() {
    let empty = Empty::new();
    drop(empty.open(&[]).unwrap());
    forget(&migrate(&empty, &[]).unwrap());
    migrate(&empty, PRODUCTION).unwrap();
    assert!(empty.open(&[]).err().unwrap().contains("KSTT_MODE=production"));
}

#[test]
fn a_key_that_is_gone_is_not_made_again() {
    let city = City::new();
    city.work_once();
    for name in ["master.key", "audit.key"] {
        let (file, aside) = (city.scratch.0.join(name), city.scratch.0.join("aside"));
        std::fs::rename(&file, &aside).unwrap();
        let refusal = city.open(&[]).err().unwrap();
        assert!(refusal.contains(name) && refusal.contains("put it back"), "{refusal}");
        assert!(!file.exists(), "{name}");
        std::fs::rename(&aside, &file).unwrap();
    }
    assert!(city.open(&[]).is_ok());
}

#[test]
fn text_is_kept_and_ordered_as_everywhere() {
    if server_url().is_none() {
        return;
    }
    for (options, wrong) in [
        ("LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'LATIN1'", "ENCODING 'UTF8'"),
        ("LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'SQL_ASCII'", "ENCODING 'UTF8'"),
        (
            "LOCALE_PROVIDER icu ICU_LOCALE 'und' LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'",
            "LOCALE_PROVIDER libc",
        ),
    ] {
        let empty = Empty::made(&format!("TEMPLATE template0 {options}"));
        let refusal = empty.open(&[]).err().unwrap();
        assert!(refusal.contains(wrong), "{options}: {refusal}");
    }
}

#[test]
fn a_file_that_is_no_database_is_named() {
    if server_url().is_some() {
        return;
    }
    let empty = Empty::new();
    std::fs::write(empty.scratch.0.join("kstt.db"), "This is a letter, and not a database. ".repeat(100))
        .unwrap();
    let refusal = empty.open(&[]).err().unwrap();
    assert!(refusal.contains("kstt.db") && refusal.contains("not a database"), "{refusal}");
}
