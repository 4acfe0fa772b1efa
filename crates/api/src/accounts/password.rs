//! Passwords: Argon2id at 19 MiB, at most two at a time, and how long wrong ones lock an account.

use std::time::Duration;

use actix_web::web;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::TimeDelta;
use tokio::sync::Semaphore;

use crate::clock::Ids;
use crate::http::{ApiError, Faults, ProblemCode, say};

/// Shortest and longest password, in characters.
const MIN_LENGTH: usize = 12;
const MAX_LENGTH: usize = 200;
/// Each hash takes 19 MiB: more of them at once would decide the memory of the whole process.
const AT_ONCE: usize = 2;
/// Someone who waited this long for their turn is asked to come back.
const PATIENCE: Duration = Duration::from_secs(3);
/// Wrong passwords before an account locks.
const FREE_FAILURES: i32 = 5;

/// Lets few passwords be hashed at a time.
pub struct PasswordGate(Semaphore);

impl Default for PasswordGate {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl PasswordGate {
    /// Whether `password` is the one of `hash`. Without a hash it takes as long and answers no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, ApiError> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            known & is_password(&password, &hash)
        })
        .await
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: String, salt: Vec<u8>) -> Result<String, ApiError> {
        self.run(move || hash_with(&password, &salt)).await?.map_err(|error| {
            log::error!("password: {error}");
            ApiError::new(ProblemCode::Internal)
        })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let busy = || {
            let mut error = ApiError::new(ProblemCode::TooManyRequests);
            error.0.retry_after = Some(1);
            error
        };
        let turn = tokio::time::timeout(PATIENCE, self.0.acquire()).await;
        let _turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
        web::block(work).await.map_err(|_| ApiError::new(ProblemCode::Unavailable))
    }
}

/// A hash nobody has the password of, made with the same parameters.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon() -> Argon2<'static> {
    // The parameters OWASP names for Argon2id with 19 MiB.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether `password` is the one of `hash`.
pub fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| argon().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// The hash of a password made by the system itself, outside any request.
pub fn hash_password(password: &str, ids: &dyn Ids) -> Result<String, String> {
    hash_with(password, &ids.random(16))
}

fn hash_with(password: &str, salt: &[u8]) -> Result<String, String> {
    let salt = SaltString::encode_b64(salt).map_err(|e| e.to_string())?;
    argon().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|e| e.to_string())
}

/// How long an account is locked after its `failures`-th wrong password in a row: half a minute after
/// the fifth, doubling up to an hour.
pub fn lock_after(failures: i32) -> Option<TimeDelta> {
    let beyond = failures - FREE_FAILURES;
    (beyond >= 0).then(|| TimeDelta::seconds((30_i64 << beyond.min(7)).min(3600)))
}

/// Checks a new password.
pub fn check_new(faults: &mut Faults, pointer: &str, password: &str, username: &str) {
    let length = password.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        faults.add(
            pointer,
            "length",
            say(
                format!("Mật khẩu dài {MIN_LENGTH}–{MAX_LENGTH} ký tự."),
                format!("A password has {MIN_LENGTH}–{MAX_LENGTH} characters."),
            ),
        );
    }
    if !username.is_empty() && password.to_lowercase().contains(&username.to_lowercase()) {
        let detail =
            say("Mật khẩu không được chứa tên đăng nhập.", "A password does not contain the username.");
        faults.add(pointer, "contains_username", detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_grow_up_to_an_hour() {
        assert_eq!(lock_after(4), None);
        assert_eq!(lock_after(5), Some(TimeDelta::seconds(30)));
        assert_eq!(lock_after(6), Some(TimeDelta::seconds(60)));
        assert_eq!(lock_after(50), Some(TimeDelta::hours(1)));
    }

    #[test]
    fn the_hash_of_nobody_is_well_formed() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
