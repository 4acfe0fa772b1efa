//! Tables as diesel sees them. Written to follow `migrations/`; a test compares the two.

diesel::table! {
    counters (series, unit_code, period) {
        series -> Text,
        unit_code -> Text,
        period -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        lease_until -> Timestamp,
    }
}

diesel::table! {
    clock_settings (name) {
        name -> Text,
        offset_microseconds -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    idempotency_keys (scope, idempotency_key) {
        scope -> Text,
        idempotency_key -> Text,
        request_hash -> Text,
        status -> Integer,
        headers -> Text,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        at -> Timestamp,
        action -> Text,
        actor_kind -> Text,
        actor_id -> Text,
        actor_name -> Text,
        actor_unit -> Nullable<Text>,
        subject_kind -> Text,
        subject_id -> Text,
        subject_key -> Text,
        unit_id -> Nullable<Text>,
        before_state -> Nullable<Text>,
        after_state -> Nullable<Text>,
        reason -> Nullable<Text>,
        trace_id -> Text,
        client_address -> Nullable<Text>,
    }
}

diesel::table! {
    seal_queue (audit_id) {
        audit_id -> Text,
    }
}

diesel::table! {
    seals (seq) {
        seq -> BigInt,
        audit_id -> Text,
        hash -> Text,
    }
}

diesel::table! {
    units (id) {
        id -> Text,
        code -> Text,
        kind -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    unit_periods (id) {
        id -> Text,
        unit_id -> Text,
        valid_from -> Date,
        valid_to -> Date,
        subtype -> Text,
        name -> Text,
        name_key -> Text,
        short_name -> Text,
        parent_id -> Nullable<Text>,
        gso_code -> Nullable<Text>,
        agency_code -> Nullable<Text>,
        legal_basis -> Nullable<Text>,
    }
}

diesel::table! {
    unit_successions (id) {
        id -> Text,
        from_unit_id -> Text,
        to_unit_id -> Text,
        effective_on -> Date,
        kind -> Text,
        legal_basis -> Text,
    }
}

diesel::table! {
    focal_officers (id) {
        id -> Text,
        unit_id -> Text,
        person -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        appointing_paper -> Text,
        valid_from -> Date,
        valid_to -> Date,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        username -> Text,
        display_name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        password_hash -> Text,
        must_change_password -> Bool,
        disabled_at -> Nullable<Timestamp>,
        failed_logins -> Integer,
        locked_until -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    grants (id) {
        id -> Text,
        user_id -> Text,
        role -> Text,
        unit_id -> Text,
        valid_from -> Date,
        valid_to -> Date,
        basis -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    service_clients (id) {
        id -> Text,
        name -> Text,
        secret_hash -> Text,
        scopes -> Text,
        disabled_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        user_id -> Text,
        unit_id -> Text,
        user_agent -> Nullable<Text>,
        client_address -> Nullable<Text>,
        created_at -> Timestamp,
        used_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Text,
        session_id -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        public_key -> Text,
        sealed_private_key -> Text,
        created_at -> Timestamp,
        retired_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    calendar_versions (version) {
        version -> BigInt,
        created_at -> Timestamp,
        reason -> Text,
        first_year -> Integer,
        last_year -> Integer,
    }
}

diesel::table! {
    calendar_exceptions (id) {
        id -> Text,
        on_date -> Date,
        kind -> Text,
        name_vi -> Text,
        compensates -> Nullable<Date>,
        swaps_with -> Nullable<Date>,
        status -> Text,
        from_version -> BigInt,
        to_version -> BigInt,
    }
}

diesel::table! {
    registry_revision (name) {
        name -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    fields (slug) {
        slug -> Text,
        name -> Text,
    }
}

diesel::table! {
    procedures (id) {
        id -> Text,
        national_code -> Nullable<Text>,
        variant -> Text,
        source_key -> Text,
        locality -> Nullable<Text>,
        precedence -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    procedure_versions (id) {
        id -> Text,
        procedure_id -> Text,
        number -> BigInt,
        valid_from -> Date,
        valid_to -> Date,
        origin -> Text,
        sort_key -> Text,
        checksum -> Text,
        revision -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        summary -> Text,
        derived -> BigInt,
    }
}

diesel::table! {
    procedure_texts (version_id) {
        version_id -> Text,
        content -> Text,
        source -> Text,
        faults -> Text,
    }
}

diesel::table! {
    procedure_facets (facet, value, sort_key, version_id) {
        facet -> Text,
        value -> Text,
        sort_key -> Text,
        version_id -> Text,
    }
}

diesel::table! {
    procedure_references (version_id, kind, national_code) {
        version_id -> Text,
        kind -> Text,
        national_code -> Text,
    }
}

diesel::table! {
    legal_documents (key) {
        key -> Text,
        number -> Nullable<Text>,
        title -> Nullable<Text>,
        issuer -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    files (sha256) {
        sha256 -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        content -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    procedure_files (version_id, sha256) {
        version_id -> Text,
        sha256 -> Text,
    }
}

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
);
