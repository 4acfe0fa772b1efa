//! Everything else that is read: single procedures, links, legal documents, the feed of the search
//! index, units, accounts and the trail.

use diesel::prelude::*;
use diesel::sql_types::Text;
use kstt_persistence::procedures::{self as registry, Filter, Query, ReferenceKind, SearchIndex, VersionRow};
use kstt_persistence::units::{self, UnitFilter};
use kstt_persistence::{Conn, Error, accounts, audit, calendar, documents, idempotency, revision};

use super::caught::Listener;
use super::fill::DAY;
use super::{PAGE, day, moment};

/// Single procedures and what hangs on them.
pub fn procedures(listener: &mut Listener<'_>) {
    let day = day(DAY);
    let versions: Vec<VersionRow> =
        listener.unheard(|conn| registry::list(conn, day, &Filter::default(), None, 200).unwrap());
    let ids: Vec<String> = versions.iter().map(|version| version.id.clone()).collect();
    for named in listener.unheard(most_and_least_named) {
        let code = named.code.as_str();
        listener.lookup(format!("by_code {code}"), |conn| registry::by_code(conn, code, day));
        listener.lookup(format!("ever_of_code {code}"), |conn| registry::ever_of_code(conn, code));
        listener.lookup(format!("naming {code}"), |conn| registry::naming(conn, code, day));
        for kind in [ReferenceKind::Related, ReferenceKind::Interlinked] {
            listener.lookup(format!("named_by {kind:?}"), |conn| {
                registry::named_by(conn, &named.version_id, kind, day)
            });
        }
        let version =
            listener.unheard(|conn| registry::by_version_ids(conn, &[named.version_id], day).unwrap());
        listener.lookup("dead_references", |conn| registry::dead_references(conn, &version[0]));
    }
    let one = &versions[100];
    let id = one.procedure_id.as_str();
    listener.lookup("by_id", |conn| registry::by_id(conn, id, day));
    listener.lookup("by_version_ids 200", |conn| registry::by_version_ids(conn, &ids, day));
    listener.lookup("by_version_ids 1", |conn| registry::by_version_ids(conn, &ids[..1], day));
    listener.lookup("ever_of_id", |conn| registry::ever_of_id(conn, id));
    listener.page("versions", |conn| registry::versions(conn, id, 0, PAGE));
    listener.lookup("version", |conn| registry::version(conn, id, 1));
    listener.lookup("fields", registry::fields);
    listener.lookup("texts", |conn| registry::texts(conn, &one.id));
    listener.lookup("unit_facets", |conn| registry::unit_facets(conn, &one.id));
    listener.lookup("missing_files", |conn| registry::missing_files(conn, &one.id));
    listener.lookup("waits_for_derivation", registry::waits_for_derivation);
    listener.page("each_in_force", first_page);
}

/// A code and a version in force that names it.
#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    version_id: String,
}

fn most_and_least_named(conn: &mut Conn) -> [Named; 2] {
    let query = "SELECT national_code AS code, max(version_id) AS version_id FROM procedure_references \
                 GROUP BY national_code ORDER BY count(*) DESC, national_code";
    let mut all: Vec<Named> = diesel::sql_query(query).load(conn).unwrap();
    [all.remove(0), all.pop().unwrap()]
}

/// Stops at the second page.
fn first_page(conn: &mut Conn) -> Result<(), Error> {
    let mut seen = 0;
    let stopped = registry::each_in_force(conn, day(DAY), |_, _, _| {
        seen += 1;
        if seen > 200 { Err(Error::Corrupt("enough".to_owned())) } else { Ok(()) }
    });
    assert_eq!((seen, stopped.is_err()), (201, true));
    Ok(())
}

/// Legal documents, and files.
pub fn legal_documents(listener: &mut Listener<'_>) {
    let today = day(DAY);
    let all = listener.unheard(|conn| registry::documents(conn, None, None, None, 20_000).unwrap());
    assert!(all.len() > 10_000, "{} legal documents", all.len());
    let keys: Vec<String> = all.iter().step_by(100).take(20).map(|row| row.key.clone()).collect();
    let middle = all[all.len() / 2].key.as_str();
    for prefix in [None, Some("123-2015"), Some("1"), Some("nothing")] {
        for since in [None, Some(moment("2019-03-01")), Some(moment("2019-07-20"))] {
            for after in [None, Some(middle)] {
                let said = format!("documents {prefix:?} {since:?} {after:?}");
                listener.page(said, |conn| registry::documents(conn, prefix, since, after, PAGE));
            }
        }
    }
    listener.lookup("procedures_resting_on 20", |conn| registry::procedures_resting_on(conn, &keys, today));
    // Originals rest under many procedures, copies under few.
    for key in [&all[0].key, &all[1].key, &middle.to_owned()] {
        listener.lookup(format!("document {key}"), |conn| registry::document(conn, key));
        listener.lookup(format!("places {key}"), |conn| registry::places(conn, key, today));
        listener.lookup(format!("procedures_resting_on {key}"), |conn| {
            registry::procedures_resting_on(conn, std::slice::from_ref(key), today)
        });
        listener.lookup("documents::find", |conn| documents::find(conn, key));
        listener.lookup("documents::is_public", |conn| documents::is_public(conn, key));
    }
}

/// The search index: what feeds it, and what shows its hits.
pub fn search(listener: &mut Listener<'_>, index: &SearchIndex) {
    listener.lookup("revision", revision);
    listener.lookup("catch_up, up to date", |conn| index.catch_up(conn));
    listener.unheard(write_again);
    listener.page("catch_up", |conn| index.catch_up(conn));
    let filter = Filter::default();
    let query = Query { text: "dang ky", day: day(DAY), filter: &filter, after: None, limit: 201 };
    let hits = index.search(&query).unwrap();
    assert!(hits.total > 10, "{hits:?}");
    let ids: Vec<String> = hits.items.into_iter().map(|hit| hit.version_id).collect();
    listener.lookup("by_version_ids of a search", |conn| registry::by_version_ids(conn, &ids, day(DAY)));
}

/// Gives the last 300 versions new revisions, as a write would.
fn write_again(conn: &mut Conn) {
    use diesel::connection::SimpleConnection;
    conn.batch_execute(
        "UPDATE procedure_versions SET revision = 2000000 - revision WHERE revision < \
         (SELECT revision FROM procedure_versions ORDER BY revision LIMIT 1 OFFSET 300); \
         UPDATE registry_revision SET revision = 3000000 WHERE name = 'procedures'",
    )
    .unwrap();
}

/// Units and the calendar.
pub fn units(listener: &mut Listener<'_>) {
    let today = day(DAY);
    let parent = listener.unheard(|conn| units::by_code(conn, "UBNDTP").unwrap().unwrap());
    let filters = [
        UnitFilter::default(),
        UnitFilter { parent_id: Some(parent.id.clone()), ..UnitFilter::default() },
        UnitFilter { updated_since: Some(moment("2019-07-01")), ..UnitFilter::default() },
    ];
    for filter in &filters {
        listener.page(format!("units::list {filter:?}"), |conn| {
            units::list(conn, today, filter, Some("S"), PAGE)
        });
        listener.lookup(format!("units::count {filter:?}"), |conn| units::count(conn, today, filter, PAGE));
    }
    listener.lookup("standing_for", |conn| units::standing_for(conn, "SXD", today));
    listener.lookup("standing_in", |conn| units::standing_in(conn, "SXD", today));
    listener.lookup("path_of", |conn| units::path_of(conn, &parent.id, today));
    listener.lookup("subtree_of", |conn| units::subtree_of(conn, &parent.id, today));
    listener.lookup("successions", |conn| units::successions(conn, &parent.id));
    listener.lookup("focal_officers", |conn| units::focal_officers(conn, &parent.id, Some(today)));
    listener.lookup("calendar::latest", calendar::latest);
    listener.page("calendar::versions", |conn| calendar::versions(conn, Some(9), PAGE));
}

/// People, programs, sessions, kept answers.
pub fn accounts(listener: &mut Listener<'_>) {
    let today = day(DAY);
    let users = listener
        .unheard(|conn| accounts::list(conn, &accounts::UserFilter::default(), today, None, 20_000).unwrap());
    assert!(users.len() > 5_000, "{} accounts", users.len());
    let user = &users[2_000];
    let unit = listener.unheard(|conn| accounts::grants_of(conn, &user.id).unwrap())[0].1.id.clone();
    for units in [None, Some(vec![unit])] {
        for updated_since in [None, Some(moment("2019-03-01")), Some(moment("2019-07-20"))] {
            for after in [None, Some(user.username.as_str())] {
                let filter = accounts::UserFilter { units: units.clone(), updated_since };
                let said = format!("accounts::list {filter:?} {after:?}");
                listener.page(said, |conn| accounts::list(conn, &filter, today, after, PAGE));
            }
        }
    }
    listener.lookup("user", |conn| accounts::user(conn, &user.id));
    listener.lookup("by_username", |conn| accounts::by_username(conn, &user.username));
    listener.lookup("live_grants", |conn| accounts::live_grants(conn, &user.id, today));
    listener.lookup("grants_of", |conn| accounts::grants_of(conn, &user.id));
    listener.lookup("sessions_of", |conn| accounts::sessions_of(conn, &user.id, moment("2026-01-05")));
    listener.lookup("session", |conn| accounts::session(conn, "none"));
    listener.lookup("refresh_token", |conn| accounts::refresh_token(conn, "none"));
    listener.page("clients", |conn| accounts::clients(conn, None, PAGE));
    let key = idempotency::Key { scope: "s".to_owned(), key: "k".to_owned(), request_hash: "h".to_owned() };
    listener.lookup("idempotency::find", |conn| idempotency::find(conn, &key));
}

/// The trail and the changes feed.
pub fn trail(listener: &mut Listener<'_>) {
    let city = audit::Sight::City;
    let rows = listener.unheard(|conn| audit::list(conn, &city, None, None, 60_000).unwrap());
    assert!(rows.len() > 10_000, "{} rows of the trail", rows.len());
    let (row, _) = &rows[5_000];
    let unit = rows.iter().find_map(|(row, _)| row.unit_id.clone()).unwrap();
    let own = audit::Sight::Units(vec![unit.clone()]);
    let several = audit::Sight::Units(vec![unit, "none".to_owned(), "other".to_owned()]);
    for sight in [&city, &own, &several] {
        for subject in [None, Some((row.subject_kind.as_str(), row.subject_key.as_str()))] {
            for before in [None, Some(row.id.as_str())] {
                let said = format!("audit::list {sight:?} {subject:?} {before:?}");
                listener.page(said, |conn| audit::list(conn, sight, subject, before, PAGE));
            }
        }
    }
    for after in [0, 200_000, 9_000_000] {
        listener.page(format!("audit::changes {after}"), |conn| audit::changes(conn, after, PAGE));
    }
    listener.lookup("audit::head", audit::head);
    listener.lookup("audit::is_waiting", audit::is_waiting);
}
