//! Feedback: items, senders, entries, the ledger, what is public, what is counted.

diesel::table! {
    feedback (id) {
        id -> Text,
        code -> Text,
        sort_key -> Text,
        parent_id -> Nullable<Text>,
        state -> Text,
        class -> Nullable<Text>,
        channel -> Text,
        title -> Text,
        content -> Text,
        redacted -> Nullable<Text>,
        procedure_code -> Nullable<Text>,
        field -> Nullable<Text>,
        named_unit_id -> Nullable<Text>,
        about_unit_id -> Nullable<Text>,
        about_person -> Nullable<Text>,
        place_unit_id -> Text,
        received_at -> Timestamp,
        registered_at -> Timestamp,
        valid_at -> Nullable<Timestamp>,
        handler_unit_id -> Text,
        handler_received_at -> Nullable<Timestamp>,
        officer_id -> Nullable<Text>,
        grounds -> Text,
        guided_to -> Nullable<Text>,
        merged_into_id -> Nullable<Text>,
        answer -> Nullable<Text>,
        approved_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        next_window_at -> Nullable<Timestamp>,
        satisfied -> Nullable<Bool>,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    feedback_senders (feedback_id) {
        feedback_id -> Text,
        sealed -> Nullable<Text>,
        phone_hash -> Nullable<Text>,
        email_hash -> Nullable<Text>,
        received_at -> Timestamp,
        erased_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    feedback_prints (feedback_id) {
        feedback_id -> Text,
        band_1 -> BigInt,
        band_2 -> BigInt,
        band_3 -> BigInt,
        band_4 -> BigInt,
        received_at -> Timestamp,
    }
}

diesel::table! {
    feedback_entries (id) {
        id -> Text,
        feedback_id -> Text,
        event -> Text,
        open -> Bool,
        author -> Text,
        unit_id -> Nullable<Text>,
        text -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    feedback_ledger (feedback_id) {
        feedback_id -> Text,
        state -> Text,
        national_code -> Nullable<Text>,
        entered_at -> Nullable<Timestamp>,
        missing -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    feedback_public (feedback_id) {
        feedback_id -> Text,
        number -> BigInt,
        title -> Text,
        content -> Text,
        answer -> Text,
        published_at -> Timestamp,
    }
}

diesel::table! {
    feedback_facts (feedback_id) {
        feedback_id -> Text,
        received_on -> Date,
        registered_on -> Date,
        due_on -> Nullable<Date>,
        answered_on -> Nullable<Date>,
        days_to_answer -> Nullable<BigInt>,
        on_time -> Nullable<Bool>,
        unit_id -> Text,
        field -> Nullable<Text>,
        class -> Nullable<Text>,
        channel -> Text,
        state -> Text,
        procedure_code -> Nullable<Text>,
        satisfied -> Nullable<Bool>,
        received_month -> Date,
        answered_month -> Nullable<Date>,
    }
}
