//! Reports: forms, periods, what units declared, the ledger.

diesel::table! {
    report_forms (code, version) {
        code -> Text,
        version -> BigInt,
        valid_from -> Date,
        valid_to -> Date,
        body -> Text,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    reporting_periods (code) {
        code -> Text,
        kind -> Text,
        title -> Nullable<Text>,
        first_day -> Date,
        last_day -> Date,
        data_from -> Date,
        data_to -> Date,
        due_on -> Nullable<Date>,
        frozen_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    reports (id) {
        id -> Text,
        period -> Text,
        form -> Text,
        form_version -> BigInt,
        unit_id -> Text,
        state -> Text,
        revision -> BigInt,
        due_on -> Nullable<Date>,
        nothing_arose -> Bool,
        arrival_number -> Nullable<Text>,
        first_submitted_at -> Nullable<Timestamp>,
        accepted_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    report_revisions (report_id, revision) {
        report_id -> Text,
        revision -> BigInt,
        cells -> Text,
        sections -> Text,
        objections -> Text,
        computed_at -> Nullable<Timestamp>,
        submitted_at -> Nullable<Timestamp>,
        submitted_by -> Nullable<Text>,
        shared -> Text,
        sent_at -> Nullable<Timestamp>,
        accepted_at -> Nullable<Timestamp>,
        returned_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    report_ledger (report_id) {
        report_id -> Text,
        state -> Text,
        national_code -> Nullable<Text>,
        entered_at -> Nullable<Timestamp>,
        missing -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}
