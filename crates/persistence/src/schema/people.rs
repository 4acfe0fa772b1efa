//! Units, and the people and programs that act for them.

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
