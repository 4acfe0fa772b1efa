//! A registry of more than 50,000 versions, made from the demo registry by a few statements that both
//! engines speak.

use diesel::connection::SimpleConnection;
use kstt_persistence::{Conn, Error};

/// Copies made of every demo procedure.
const COPIES: usize = 700;

/// A day on which all copies have begun, and every seventh is in its second version.
pub const DAY: &str = "2019-08-01";

/// `copies` has a row for each copy of a version to be made. A third of the copies rest on documents of
/// their own; one field and one unit in a hundred are rare as well.
///
/// Revisions are negative: the index has seen them long ago.
const STATEMENTS: &[&str] = &[
    "CREATE TEMPORARY TABLE copies AS WITH RECURSIVE numbers (n) AS \
     (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies}) \
     SELECT n, 1 AS part, '-' || n AS tail, '-' || n AS whose, substr(CAST(1000 + n AS TEXT), 2) AS place \
     FROM numbers UNION ALL \
     SELECT n, 2, '-' || n || '-2', '-' || n, substr(CAST(1000 + n AS TEXT), 2) FROM numbers WHERE n % 7 = 0",
    "INSERT INTO procedures SELECT id || tail, national_code || tail, variant, source_key || tail, \
     locality, precedence, created_at FROM procedures CROSS JOIN copies WHERE part = 1",
    "INSERT INTO procedure_versions SELECT id || tail, procedure_id || whose, part, \
     CASE part WHEN 2 THEN '2019-07-01' ELSE valid_from END, \
     CASE WHEN part = 1 AND n % 7 = 0 THEN '2019-07-01' ELSE valid_to END, \
     origin, place || ' ' || substr(sort_key, 1, 30), checksum, -1000 * (2 * n + part) - revision, created_at, \
     CASE WHEN n > 698 THEN '2019-07-20 00:00:00' WHEN n > 500 OR part = 2 THEN '2019-07-01 00:00:00' \
          ELSE updated_at END, \
     summary, derived FROM procedure_versions CROSS JOIN copies",
    "INSERT INTO procedure_texts SELECT version_id || tail, '{}', '{}', '[]' \
     FROM procedure_texts CROSS JOIN copies",
    "INSERT INTO procedure_facets SELECT facet, \
     CASE WHEN facet = 'document' AND n % 3 = 0 THEN value || whose \
          WHEN facet = 'article' AND n % 3 = 0 THEN replace(value, '#', whose || '#') \
          WHEN facet IN ('field', 'unit') AND n % 100 = 0 THEN value || whose ELSE value END, \
     place || ' ' || substr(sort_key, 1, 30), version_id || tail \
     FROM (SELECT * FROM procedure_facets ORDER BY facet, value, sort_key) AS original CROSS JOIN copies",
    // One in five names what everyone names.
    "INSERT INTO procedure_references SELECT version_id || tail, kind, \
     CASE WHEN n % 5 = 0 THEN national_code ELSE national_code || whose END \
     FROM procedure_references CROSS JOIN copies",
    "INSERT INTO legal_documents SELECT key || whose, number, title, issuer, issued_on, \
     CASE WHEN n > 696 THEN '2019-07-20 00:00:00' ELSE created_at END \
     FROM legal_documents CROSS JOIN copies WHERE part = 1 AND n % 3 = 0",
    "INSERT INTO files SELECT key, 'application/pdf', 1, CAST('x' AS BYTEA), created_at FROM legal_documents",
    "INSERT INTO procedure_files SELECT version_id, value FROM procedure_facets \
     WHERE facet = 'document' AND version_id LIKE '%7'",
    "INSERT INTO audit SELECT id || tail, at, action, actor_kind, actor_id, actor_name, actor_unit, subject_kind, \
     subject_id || tail, subject_key || tail, CASE WHEN n % 20 = 0 THEN unit ELSE unit_id END, before_state, \
     after_state, reason, trace_id, client_address \
     FROM audit CROSS JOIN (SELECT min(id) AS unit FROM units) AS first CROSS JOIN copies WHERE n <= 200",
    "INSERT INTO seals SELECT seq + 1000 * (2 * n + part), audit_id || tail, hash \
     FROM seals CROSS JOIN copies WHERE n <= 200",
    "INSERT INTO users SELECT id || tail, username || tail, display_name, email, phone, password_hash, \
     must_change_password, disabled_at, failed_logins, locked_until, version, created_at, updated_at \
     FROM users CROSS JOIN copies WHERE n <= 200 AND part = 1",
    "INSERT INTO grants SELECT id || tail, user_id || tail, role, unit, valid_from, valid_to, basis, version, \
     created_at, updated_at FROM grants CROSS JOIN copies \
     JOIN (SELECT id AS unit, row_number() OVER (ORDER BY code) AS nr FROM units) AS numbered ON nr = 1 + n % 100 \
     WHERE n <= 200 AND part = 1",
    "INSERT INTO sessions SELECT id, user_id, unit_id, NULL, NULL, created_at, created_at, \
     '2026-01-06 00:00:00', NULL, NULL FROM grants",
    // Years of deadlines: one in forty still to be done.
    "INSERT INTO obligations SELECT id || tail, CAST(2018 - n % 9 AS TEXT) || substr(sort_key, 5) || tail, rule, \
     rule_version, subject_kind, subject_id || tail, unit_id, sequence, NULL, trigger_at, soon_at, warn_at, due_at, \
     due_on, calendar_version, NULL, CASE WHEN n % 40 = 0 THEN NULL ELSE trigger_at END, NULL, \
     CASE WHEN n % 40 = 0 THEN 'pending' ELSE 'met' END, NULL, 1, created_at, updated_at, NULL \
     FROM obligations CROSS JOIN copies WHERE n <= 20 AND part = 1",
    "INSERT INTO visible_to SELECT unit_id, room, CAST(2018 - n % 9 AS TEXT) || substr(sort_key, 5) || tail, \
     subject_id || tail, valid_from, valid_to, own, CASE WHEN n % 40 = 0 THEN 'pending' ELSE 'met' END \
     FROM visible_to CROSS JOIN copies WHERE n <= 20 AND part = 1",
    // Years of feedback in the hands of every unit: one in forty still to be answered, one in a hundred about a
    // procedure.
    "INSERT INTO feedback SELECT id || tail, 'PAKN.' || id || tail, \
     CASE WHEN n % 40 = 0 THEN CAST(2010 + n % 9 AS TEXT) || '-06-15 ' ELSE '9999-12-31 ' END || id || tail, NULL, \
     CASE WHEN n % 40 = 0 THEN 'transferred' ELSE 'closed' END, CASE WHEN n % 2 = 0 THEN 'conduct' ELSE 'regulation' END, \
     CASE WHEN n % 3 = 0 THEN 'telephone' ELSE 'portal' END, 'title', 'content', NULL, \
     CASE WHEN n % 100 = 0 THEN '1.001193' END, CASE WHEN n % 50 = 0 THEN 'field' END, NULL, NULL, NULL, id, created_at, \
     created_at, created_at, id, created_at, NULL, '', NULL, NULL, NULL, NULL, \
     CASE WHEN n % 40 = 0 THEN NULL ELSE created_at END, CASE WHEN n % 400 = 0 THEN created_at END, NULL, 1, created_at \
     FROM units CROSS JOIN copies WHERE n <= 480 AND part = 1",
    "INSERT INTO visible_to SELECT handler_unit_id, 'feedback', sort_key, id, '1900-01-01', '9999-12-31', \
     parent_id IS NULL, state FROM feedback",
    "INSERT INTO feedback_senders SELECT id, 'x', substr(id, 1, 30), substr(id, 1, 31), received_at, NULL FROM feedback",
    "INSERT INTO feedback_ledger SELECT id, CASE WHEN state = 'closed' THEN 'entered' ELSE 'to_enter' END, NULL, NULL, NULL, \
     NULL, 1, updated_at FROM feedback",
    "INSERT INTO feedback_prints SELECT id, length(id), length(id), length(code), length(sort_key), received_at FROM feedback \
     WHERE state = 'transferred'",
    "INSERT INTO feedback_public SELECT id, row_number() OVER (ORDER BY id), title, content, 'answer', updated_at \
     FROM feedback WHERE state = 'closed'",
    // Years of reports: one in ten still to be accepted.
    "INSERT INTO reporting_periods SELECT code || tail, kind, title, first_day, last_day, data_from, data_to, due_on, \
     frozen_at, version, created_at, updated_at FROM reporting_periods CROSS JOIN copies WHERE n <= 20 AND part = 1",
    "INSERT INTO reports SELECT id || tail, period || tail, form, form_version, unit_id, \
     CASE WHEN n % 10 = 0 THEN 'submitted' ELSE 'accepted' END, 1, due_on, nothing_arose, arrival_number, created_at, \
     created_at, version, created_at, updated_at FROM reports CROSS JOIN copies WHERE n <= 20 AND part = 1",
    "INSERT INTO report_revisions SELECT id, 1, '{}', '[]', '[]', NULL, created_at, NULL, '{}', created_at, \
     CASE WHEN state = 'accepted' THEN created_at END, NULL FROM reports",
    "INSERT INTO report_ledger SELECT id, CASE WHEN state = 'accepted' THEN 'entered' ELSE 'to_enter' END, NULL, NULL, \
     NULL, NULL, 1, updated_at FROM reports",
    // What is counted of feedback, spread over days that the calendar names.
    "INSERT INTO feedback_facts SELECT id, day, day, day, CASE WHEN state = 'closed' THEN day END, \
     CASE WHEN state = 'closed' THEN 5 END, CASE WHEN state = 'closed' THEN received_at <= updated_at END, \
     handler_unit_id, field, class, channel, state, procedure_code, NULL, day, CASE WHEN state = 'closed' THEN day END \
     FROM (SELECT feedback.*, row_number() OVER (ORDER BY id) AS place FROM feedback) AS items \
     JOIN (SELECT day, row_number() OVER (ORDER BY day) AS nr \
           FROM (SELECT DISTINCT on_date AS day FROM calendar_exceptions) AS days) AS numbered ON nr = 1 + place % 10",
    // Counts of every unit, in fields of its own, for the days that the calendar names.
    "INSERT INTO dossier_counts SELECT units.id || tail || '-' || row_number() OVER (ORDER BY day), units.id, units.id, \
     CASE WHEN n % 10 = 0 THEN 'rare' ELSE 'field' END || tail, 'commune', CASE WHEN n % 3 = 0 THEN 'post' ELSE 'online' END, \
     day, day, 1, 1, 0, 0, 0, 0, '{}', 0, 0, 0, 0, 0, 0, 'source', 1, created_at, created_at \
     FROM units CROSS JOIN (SELECT DISTINCT on_date AS day FROM calendar_exceptions) AS days CROSS JOIN copies \
     WHERE n <= 10 AND part = 1",
];

/// Fills the registry, in the transaction of the caller.
pub fn fill(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        // The pages of one great transaction do not fit into what requests need.
        Conn::Sqlite(conn) => conn.batch_execute("PRAGMA cache_size = -400000")?,
        // Copies keep the keys of their originals: who may, leaves out looking for each of a million.
        Conn::Pg(conn) => conn.batch_execute(
            "DO $$ BEGIN SET LOCAL session_replication_role = replica; \
             EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
        )?,
    }
    for statement in STATEMENTS {
        conn.batch_execute(&statement.replace("{copies}", &COPIES.to_string()))?;
    }
    conn.batch_execute("DROP TABLE copies")?;
    Ok(())
}
