//! Deadlines and who sees them.

diesel::table! {
    deadline_rules (rule, version) {
        rule -> Text,
        version -> BigInt,
        valid_from -> Date,
        valid_to -> Date,
        body -> Text,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    obligations (id) {
        id -> Text,
        sort_key -> Text,
        rule -> Text,
        rule_version -> BigInt,
        subject_kind -> Text,
        subject_id -> Text,
        unit_id -> Text,
        sequence -> BigInt,
        officer_id -> Nullable<Text>,
        trigger_at -> Timestamp,
        soon_at -> Timestamp,
        warn_at -> Timestamp,
        due_at -> Timestamp,
        due_on -> Date,
        calendar_version -> BigInt,
        paused_at -> Nullable<Timestamp>,
        met_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
        outcome -> Text,
        note -> Nullable<Text>,
        remind_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    obligation_pauses (id) {
        id -> Text,
        obligation_id -> Text,
        stopped_at -> Timestamp,
        resumed_at -> Nullable<Timestamp>,
        reason -> Text,
    }
}

diesel::table! {
    duty_feeds (id) {
        id -> Text,
        unit_id -> Text,
        token_hash -> Text,
        label -> Text,
        created_by -> Text,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    visible_to (unit_id, room, sort_key, valid_from) {
        unit_id -> Text,
        room -> Text,
        sort_key -> Text,
        subject_id -> Text,
        valid_from -> Date,
        valid_to -> Date,
        own -> Bool,
        outcome -> Text,
    }
}
