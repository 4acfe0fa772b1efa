//! Files that come with feedback.

diesel::table! {
    attachments (id) {
        id -> Text,
        feedback_id -> Nullable<Text>,
        report_id -> Nullable<Text>,
        number -> BigInt,
        name -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Text,
        state -> Text,
        place -> Text,
        by_citizen -> Bool,
        author -> Text,
        created_at -> Timestamp,
        scanned_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}
