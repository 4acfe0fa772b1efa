//! Tables as diesel sees them. Written to follow `migrations/`; a test compares the two.

mod attachments_room;
mod deadlines;
mod dossiers_room;
mod feedback_room;
mod ground;
mod messages;
mod people;
mod registry;
mod reports_room;

pub use attachments_room::*;
pub use deadlines::*;
pub use dossiers_room::*;
pub use feedback_room::*;
pub use ground::*;
pub use messages::*;
pub use people::*;
pub use registry::*;
pub use reports_room::*;

diesel::joinable!(unit_periods -> units (unit_id));
diesel::joinable!(seal_queue -> audit (audit_id));
diesel::joinable!(seals -> audit (audit_id));
diesel::joinable!(focal_officers -> units (unit_id));
diesel::joinable!(grants -> users (user_id));
diesel::joinable!(grants -> units (unit_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(sessions -> units (unit_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(calendar_exceptions -> calendar_versions (from_version));
diesel::joinable!(procedure_versions -> procedures (procedure_id));
diesel::joinable!(procedure_texts -> procedure_versions (version_id));
diesel::joinable!(procedure_facets -> procedure_versions (version_id));
diesel::joinable!(procedure_references -> procedure_versions (version_id));
diesel::joinable!(procedure_files -> procedure_versions (version_id));
diesel::joinable!(visible_to -> obligations (subject_id));
diesel::joinable!(feedback_ledger -> feedback (feedback_id));
diesel::joinable!(feedback_public -> feedback (feedback_id));
diesel::joinable!(feedback_senders -> feedback (feedback_id));
diesel::joinable!(feedback_prints -> feedback (feedback_id));
diesel::joinable!(attachments -> feedback (feedback_id));
diesel::joinable!(report_revisions -> reports (report_id));
diesel::joinable!(report_ledger -> reports (report_id));
diesel::joinable!(deliveries -> audit (event_id));
diesel::joinable!(notifications -> audit (event_id));

diesel::allow_tables_to_appear_in_same_query!(
    counters,
    leases,
    clock_settings,
    idempotency_keys,
    audit,
    seal_queue,
    seals,
    units,
    unit_periods,
    unit_successions,
    focal_officers,
    users,
    grants,
    service_clients,
    sessions,
    refresh_tokens,
    signing_keys,
    calendar_versions,
    calendar_exceptions,
    registry_revision,
    fields,
    procedures,
    procedure_versions,
    procedure_texts,
    procedure_facets,
    procedure_references,
    legal_documents,
    files,
    procedure_files,
    deadline_rules,
    obligations,
    obligation_pauses,
    visible_to,
    duty_feeds,
    reminders,
    feed_positions,
    notifications,
    notification_preferences,
    webhooks,
    lanes,
    deliveries,
    feedback,
    feedback_senders,
    feedback_prints,
    feedback_entries,
    feedback_ledger,
    feedback_public,
    feedback_facts,
    attachments,
    report_forms,
    reporting_periods,
    reports,
    report_revisions,
    report_ledger,
    dossier_counts,
);
