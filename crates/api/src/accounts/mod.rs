//! Accounts: logging in, one's own account, and the administration of accounts, grants and clients.

mod admin;
mod authenticate;
mod clients;
mod console;
mod grants;
mod jwks;
mod me;
mod password;
mod token;
mod wire;

pub use authenticate::{Identity, authenticate};
pub(crate) use clients::new_secret;
pub use console::{create_from_console, rotate_keys_from_console};
pub(crate) use password::is_password;
pub use password::{PasswordGate, hash_password};
pub use wire::NewAccount;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    token::routes(config);
    jwks::routes(config);
    me::routes(config);
    admin::routes(config);
    grants::routes(config);
    clients::routes(config);
}
