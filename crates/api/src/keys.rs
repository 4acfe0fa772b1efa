//! Secrets of the process: the master key, what is derived from it, and the token signing keys.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::RwLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use hmac::{Hmac, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey};
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::RotateKeys;
use kstt_persistence::accounts::{self, SigningKeyRow};
use kstt_persistence::audit::{self, SealKey};
use kstt_persistence::{Conn, Db, Error};
use sha2::Sha256;

use crate::clock::{Ids, random_bytes};
use crate::config::Config;

/// Old keys verify this long after a rotation: longer than any access token lives.
const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// The key that seals what is stored, and the secrets derived from it.
pub struct MasterKey {
    key: [u8; 32],
    cursor: Vec<u8>,
}

impl MasterKey {
    fn new(key: [u8; 32]) -> Self {
        let mut master = Self { key, cursor: Vec::new() };
        master.cursor = master.derive("cursor");
        master
    }

    /// A secret for one purpose.
    pub fn derive(&self, purpose: &str) -> Vec<u8> {
        // Any length is a valid HMAC key.
        <Hmac<Sha256> as Mac>::new_from_slice(&self.key).map_or_else(
            |_| Vec::new(),
            |mut mac| {
                mac.update(purpose.as_bytes());
                mac.finalize().into_bytes().to_vec()
            },
        )
    }

    pub(crate) fn cursor_secret(&self) -> &[u8] {
        &self.cursor
    }

    /// Encrypts `plain`, bound to `context`.
    pub fn seal(&self, plain: &[u8], context: &str, nonce: [u8; 24]) -> Result<String, String> {
        let cipher = XChaCha20Poly1305::new(&self.key.into());
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed =
            cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| "cannot seal a secret")?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// Decrypts what [`Self::seal`] made with the same context.
    pub fn open(&self, sealed: &str, context: &str) -> Result<Vec<u8>, String> {
        let wrong = || {
            "a stored secret cannot be opened: KSTT_MASTER_KEY is not the key it was sealed with".to_owned()
        };
        let bytes = STANDARD.decode(sealed).map_err(|_| wrong())?;
        let (nonce, body) = bytes.split_at_checked(24).ok_or_else(wrong)?;
        let cipher = XChaCha20Poly1305::new(&self.key.into());
        cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: context.as_bytes() })
            .map_err(|_| wrong())
    }
}

/// The master key and the audit key: configured, or in a demo made once and kept in the var directory.
pub fn load_secrets(config: &Config, db: &Db) -> Result<(MasterKey, SealKey), String> {
    let (has_secrets, has_seals) = db
        .read(|conn| Ok::<_, Error>((accounts::has_keys(conn)?, audit::head(conn)?.is_some())))
        .map_err(|e| e.to_string())?;
    let take = |configured: &Option<Vec<u8>>, name: &str, is_used: bool| match configured {
        Some(key) => Ok(key.clone()),
        None => kept_secret(&config.var_dir, name, is_used),
    };
    let master = take(&config.master_key, "master.key", has_secrets)?;
    let audit = take(&config.audit_key, "audit.key", has_seals)?;
    let master: [u8; 32] = master.try_into().map_err(|_| "the master key must be 32 bytes".to_owned())?;
    Ok((MasterKey::new(master), SealKey(audit)))
}

/// The secret in a file, which is made where none `is_used` yet: with another one, what is sealed stays so.
fn kept_secret(directory: &Path, name: &str, is_used: bool) -> Result<Vec<u8>, String> {
    let path = directory.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            return STANDARD
                .decode(text.trim())
                .map_err(|_| format!("{} is not a key in base64", path.display()));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("cannot read {}: {error}", path.display()));
        }
        Err(_) if is_used => {
            return Err(format!(
                "{} is missing, and the database holds what was sealed with it: put it back, or begin with a new \
                 database",
                path.display()
            ));
        }
        Err(_) => {}
    }
    let key = random_bytes(32);
    std::fs::create_dir_all(directory)
        .and_then(|()| write_private(&path, &STANDARD.encode(&key)))
        .map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    Ok(key)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

struct LiveKey {
    kid: String,
    public_key: String,
    verify: DecodingKey,
    sign: EncodingKey,
}

/// The keys that sign and verify access tokens, as last read from the database.
pub struct SigningKeys(RwLock<Vec<LiveKey>>);

impl SigningKeys {
    /// Reads the live keys, making the first one when there is none.
    pub fn load(db: &Db, master: &MasterKey, real_now: DateTime<Utc>, ids: &dyn Ids) -> Result<Self, String> {
        let rows =
            db.read(|conn| accounts::live_keys(conn, real_now.naive_utc())).map_err(|e| e.to_string())?;
        if rows.is_empty() {
            let row = new_key(master, real_now, ids)?;
            db.write(|conn| accounts::insert_key(conn, &row)).map_err(|e: Error| e.to_string())?;
        }
        let keys = Self(RwLock::new(Vec::new()));
        db.read(|conn| keys.refresh(conn, master, real_now).map_err(Error::Setup))
            .map_err(|e| e.to_string())?;
        Ok(keys)
    }

    /// Reads the live keys again.
    pub fn refresh(
        &self,
        conn: &mut Conn,
        master: &MasterKey,
        real_now: DateTime<Utc>,
    ) -> Result<(), String> {
        let rows = accounts::live_keys(conn, real_now.naive_utc()).map_err(|e| e.to_string())?;
        let keys: Result<Vec<LiveKey>, String> = rows.into_iter().map(|row| live(master, row)).collect();
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = keys?;
        Ok(())
    }

    /// The id and the key that sign now.
    pub fn signer(&self) -> Option<(String, EncodingKey)> {
        self.keys().first().map(|key| (key.kid.clone(), key.sign.clone()))
    }

    /// The key that verifies tokens of `kid`.
    pub fn verifier(&self, kid: &str) -> Option<DecodingKey> {
        self.keys().iter().find(|key| key.kid == kid).map(|key| key.verify.clone())
    }

    /// (kid, public key) of every live key.
    pub fn public(&self) -> Vec<(String, String)> {
        self.keys().iter().map(|key| (key.kid.clone(), key.public_key.clone())).collect()
    }

    fn keys(&self) -> std::sync::RwLockReadGuard<'_, Vec<LiveKey>> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn live(master: &MasterKey, row: SigningKeyRow) -> Result<LiveKey, String> {
    let secret = master.open(&row.sealed_private_key, &row.kid)?;
    let verify = DecodingKey::from_ed_components(&row.public_key).map_err(|e| e.to_string())?;
    Ok(LiveKey { sign: EncodingKey::from_ed_der(&secret), verify, kid: row.kid, public_key: row.public_key })
}

fn new_key(master: &MasterKey, real_now: DateTime<Utc>, ids: &dyn Ids) -> Result<SigningKeyRow, String> {
    let seed: [u8; 32] = ids.random(32).try_into().map_err(|_| "no randomness")?;
    let nonce: [u8; 24] = ids.random(24).try_into().map_err(|_| "no randomness")?;
    let key = SigningKey::from_bytes(&seed);
    let der = key.to_pkcs8_der().map_err(|e| e.to_string())?;
    let kid = ids.id();
    Ok(SigningKeyRow {
        sealed_private_key: master.seal(der.as_bytes(), &kid, nonce)?,
        public_key: URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes()),
        kid,
        created_at: real_now.naive_utc(),
        retired_at: None,
    })
}

/// Makes a new key that signs from now on; the old ones go on verifying for an hour.
pub fn rotate(
    conn: &mut Conn,
    permit: &Permit<RotateKeys>,
    master: &MasterKey,
    real_now: DateTime<Utc>,
    ids: &dyn Ids,
) -> Result<SigningKeyRow, String> {
    let row = new_key(master, real_now, ids)?;
    accounts::rotate(conn, permit, &row, (real_now + OVERLAP).naive_utc()).map_err(|e| e.to_string())?;
    Ok(row)
}
