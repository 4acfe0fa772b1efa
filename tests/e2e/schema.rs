//! The schema of both engines: keys are indexed, the tables are what diesel thinks they are, codes are
//! codes of their lists.

use diesel::prelude::*;
use diesel::sql_types::Text;
use kstt_persistence::Conn;

use crate::city::City;

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    of_column: String,
}

/// Nothing is ever deleted from these, so that nobody looks for what points there.
const KEPT: &str = "'units', 'calendar_versions', 'audit'";

fn columns(conn: &mut Conn, sqlite: &str, postgres: &str) -> Vec<Column> {
    let query = if matches!(conn, Conn::Sqlite(_)) { sqlite } else { postgres };
    let mut found: Vec<Column> = diesel::sql_query(query).load(conn).unwrap();
    found.sort();
    found
}

fn look<T: Send + 'static>(work: impl FnOnce(&mut Conn) -> T) -> T {
    let city = City::new();
    city.app.db.read(|conn| Ok::<_, kstt_persistence::Error>(work(conn))).unwrap()
}

#[test]
fn every_foreign_key_has_an_index() {
    let (keys, indexed) = look(|conn| {
        let keys = columns(
            conn,
            &format!(
                "SELECT m.name AS of_table, f.\"from\" AS of_column FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
                 WHERE m.type = 'table' AND f.seq = 0 AND f.\"table\" NOT IN ({KEPT})"
            ),
            &format!(
                "SELECT c.conrelid::regclass::text AS of_table, a.attname::text AS of_column FROM pg_constraint c \
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
                 WHERE c.contype = 'f' AND c.confrelid::regclass::text NOT IN ({KEPT})"
            ),
        );
        let indexed = columns(
            conn,
            "SELECT m.name AS of_table, i.name AS of_column FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i \
             WHERE m.type = 'table' AND i.seqno = 0",
            "SELECT x.indrelid::regclass::text AS of_table, a.attname::text AS of_column FROM pg_index x \
             JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0] \
             JOIN pg_namespace n ON n.oid = (SELECT relnamespace FROM pg_class WHERE oid = x.indrelid) WHERE n.nspname = 'public'",
        );
        (keys, indexed)
    });
    assert!(keys.len() > 10, "{keys:?}");
    for key in keys {
        assert!(indexed.contains(&key), "{}.{} has no index", key.of_table, key.of_column);
    }
}

#[test]
fn diesel_s_tables_are_the_database_s() {
    let stored = look(|conn| {
        columns(
            conn,
            "SELECT m.name AS of_table, c.name AS of_column FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
            "SELECT table_name::text AS of_table, column_name::text AS of_column FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'",
        )
    });
    let source = concat!(
        include_str!("../../crates/persistence/src/schema/attachments_room.rs"),
        include_str!("../../crates/persistence/src/schema/ground.rs"),
        include_str!("../../crates/persistence/src/schema/deadlines.rs"),
        include_str!("../../crates/persistence/src/schema/dossiers_room.rs"),
        include_str!("../../crates/persistence/src/schema/feedback_room.rs"),
        include_str!("../../crates/persistence/src/schema/messages.rs"),
        include_str!("../../crates/persistence/src/schema/people.rs"),
        include_str!("../../crates/persistence/src/schema/registry.rs"),
        include_str!("../../crates/persistence/src/schema/reports_room.rs"),
    );
    let mut written = Vec::new();
    let mut table = String::new();
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = name.to_owned();
        } else if let Some((column, _)) = line.split_once(" -> ").filter(|_| line.ends_with(',')) {
            written.push(Column { of_table: table.clone(), of_column: column.to_owned() });
        }
    }
    written.sort();
    assert_eq!(written, stored);
}

#[test]
fn stored_codes_are_codes_of_their_lists() {
    use kstt_domain::codes::Code;
    fn known<C: Code>() -> Vec<&'static str> {
        C::ALL.iter().map(|code| code.code()).collect()
    }
    let lists = [
        ("units", "kind", known::<kstt_domain::units::UnitKind>()),
        ("unit_successions", "kind", known::<kstt_domain::units::SuccessionKind>()),
        ("grants", "role", known::<kstt_domain::policy::Role>()),
        ("calendar_exceptions", "kind", known::<kstt_domain::calendar::DayKind>()),
        ("calendar_exceptions", "status", known::<kstt_domain::calendar::DayStatus>()),
        ("obligations", "outcome", known::<kstt_domain::obligations::ObligationOutcome>()),
        ("feedback", "state", known::<kstt_domain::feedback::FeedbackState>()),
        ("feedback", "channel", known::<kstt_domain::feedback::FeedbackChannel>()),
        ("feedback_facts", "state", known::<kstt_domain::feedback::FeedbackState>()),
        ("feedback_facts", "channel", known::<kstt_domain::feedback::FeedbackChannel>()),
        ("feedback_entries", "event", known::<kstt_domain::feedback::FeedbackEvent>()),
        ("feedback_ledger", "state", known::<kstt_domain::feedback::LedgerState>()),
        ("attachments", "state", known::<kstt_domain::attachments::AttachmentState>()),
        ("dossier_counts", "level", known::<kstt_domain::units::UnitLevel>()),
        ("dossier_counts", "channel", known::<kstt_domain::dossiers::CountChannel>()),
        ("notifications", "kind", known::<kstt_domain::notifications::NoticeKind>()),
        ("deliveries", "state", known::<kstt_domain::notifications::DeliveryState>()),
        ("audit", "action", known::<kstt_domain::policy::Action>()),
        ("audit", "actor_kind", known::<kstt_domain::policy::ActorKind>()),
    ];
    look(move |conn| {
        for (table, column, known) in lists {
            let query = format!("SELECT DISTINCT '{table}' AS of_table, {column} AS of_column FROM {table}");
            for value in diesel::sql_query(query).load::<Column>(conn).unwrap() {
                assert!(
                    known.contains(&value.of_column.as_str()),
                    "{table}.{column} holds {}",
                    value.of_column
                );
            }
        }
    });
}
