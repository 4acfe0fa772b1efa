//! Messages to people and machines.

diesel::table! {
    reminders (obligation_id, due_on, step) {
        obligation_id -> Text,
        due_on -> Date,
        step -> Text,
        sent -> Bool,
        at -> Timestamp,
    }
}

diesel::table! {
    feed_positions (reader) {
        reader -> Text,
        seq -> BigInt,
    }
}

diesel::table! {
    notifications (id) {
        id -> Text,
        user_id -> Text,
        event_id -> Text,
        kind -> Text,
        unit_id -> Nullable<Text>,
        subject_kind -> Text,
        subject_id -> Text,
        facts -> Text,
        created_at -> Timestamp,
        read_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    notification_preferences (user_id) {
        user_id -> Text,
        email -> Bool,
        language -> Text,
        muted -> Text,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Text,
        name -> Text,
        url -> Text,
        unit_id -> Text,
        events -> Text,
        secret -> Text,
        old_secret -> Nullable<Text>,
        old_secret_until -> Nullable<Timestamp>,
        disabled_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    lanes (name) {
        name -> Text,
        lease_until -> Timestamp,
        rest_until -> Timestamp,
        failures -> BigInt,
        failing_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    deliveries (id) {
        id -> Text,
        lane -> Text,
        recipient -> Text,
        event_id -> Text,
        state -> Text,
        attempts -> BigInt,
        next_attempt_at -> Timestamp,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}
