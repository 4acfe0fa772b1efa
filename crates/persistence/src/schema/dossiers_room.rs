//! Dossiers: counts of them.

diesel::table! {
    dossier_counts (id) {
        id -> Text,
        unit_id -> Text,
        lead_unit_id -> Text,
        field -> Text,
        level -> Text,
        channel -> Text,
        first_day -> Date,
        last_day -> Date,
        received -> BigInt,
        early -> BigInt,
        on_time -> BigInt,
        late -> BigInt,
        in_time -> BigInt,
        overdue -> BigInt,
        by_status -> Text,
        cause_dossier -> BigInt,
        cause_staff -> BigInt,
        cause_coordination -> BigInt,
        cause_law -> BigInt,
        cause_system -> BigInt,
        cause_other -> BigInt,
        source -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}
