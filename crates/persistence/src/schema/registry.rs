//! Procedures and what they rest on.

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
