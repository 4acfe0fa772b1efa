//! Files that come with feedback and with reports: of citizens and of staff, searched for malware, had by signed
//! addresses.
//!
//! A file is put into the store first and gets its row in the transaction of the change, so that a row
//! always has its file. What is left in the store without a row is swept up later.

mod bucket;
mod clamd;
mod download;
mod judge;
mod read;
mod reports;
mod store;
mod take;
mod turn;
mod upload;
mod wire;

use std::sync::Mutex;

use utoipa_actix_web::service_config::ServiceConfig;

use self::clamd::Scanner;
use self::store::FileStore;
use self::turn::Rests;
use crate::config::Config;

pub use take::{Holder, Sent, attach, drop_unless_stored, receive};
pub use turn::turn;

/// The kind of these files in the trail.
const KIND: &str = "attachment";

/// What a process needs for files.
pub struct Attachments {
    store: FileStore,
    /// None: nothing is scanned.
    scanner: Option<Scanner>,
    /// Held by the one thread that scans and sweeps.
    rests: Mutex<Rests>,
}

impl Attachments {
    /// As configured. The error is one sentence for the operator.
    pub fn open(config: &Config) -> Result<Self, String> {
        Ok(Self {
            store: FileStore::open(&config.files)?,
            scanner: config.clamav.clone().map(Scanner::at),
            rests: Mutex::default(),
        })
    }
}

pub fn routes(config: &mut ServiceConfig) {
    upload::routes(config);
    read::routes(config);
    reports::routes(config);
    download::routes(config);
}
