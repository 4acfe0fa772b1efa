//! People and service clients, their grants, sessions and refresh tokens, and the signing keys.

mod clients;
mod grants;
mod keys;
mod sessions;
mod users;

pub use clients::{ServiceClientRow, client, clients, create_client, update_client};
pub use grants::{
    GrantRow, GrantWithUnit, end_grant, give_grant, grant, grants_of, holders, insert_grant, live_grants,
};
pub use keys::{SigningKeyRow, has_keys, insert_key, live_keys, rotate};
pub use sessions::{
    RefreshTokenRow, SessionRow, end_session, end_sessions_of, insert_refresh_token, open_session,
    refresh_token, session, sessions_of, spend_refresh_token, use_session,
};
pub use users::{
    AccountChange, UserFilter, UserRow, by_username, change, create, insert_user, list, lock, note_failure,
    note_success, password_hashes, set_password, user,
};
