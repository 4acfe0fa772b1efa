//! What every room stands on: leases, the clock, retries, the trail, the calendar.

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
    installation (name) {
        name -> Text,
        value -> Text,
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
    export_progress (owner, key) {
        owner -> Text,
        key -> Text,
        name -> Text,
        state -> Text,
        rows_written -> BigInt,
        started_at -> Timestamp,
        updated_at -> Timestamp,
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
