//! The file store: a directory, or a bucket of something that speaks S3.
//!
//! Its calls wait for disk or network, so they are for threads that may wait, outside any transaction.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};

use super::bucket::Connector;
use crate::config::{Bucket, FilesAt};
use crate::http::{ApiError, ProblemCode};

/// Where attachments lie in the store.
const ROOM: &str = "attachments";

/// A bucket that fails is tried so often more, for so long: whoever sends a file is waiting.
const RETRIES: usize = 2;
const RETRY_WITHIN: Duration = Duration::from_secs(5);

/// Where files are kept.
pub struct FileStore(Arc<dyn ObjectStore>);

/// The key of the file of an id.
pub fn place_of(id: &str) -> String {
    format!("{ROOM}/{id}")
}

impl FileStore {
    /// Opens the store. The error is one sentence for the operator.
    pub fn open(at: &FilesAt) -> Result<Self, String> {
        Ok(Self(match at {
            FilesAt::Directory(directory) => {
                let unusable = |error: String| format!("{} cannot keep files: {error}", directory.display());
                std::fs::create_dir_all(directory).map_err(|error| unusable(error.to_string()))?;
                let local = LocalFileSystem::new_with_prefix(directory)
                    .map_err(|error| unusable(error.to_string()))?;
                // A file is on the disk before its row says that it is there.
                Arc::new(local.with_fsync(true))
            }
            FilesAt::Bucket(bucket) => Arc::new(remote(bucket)?),
        }))
    }

    /// Keeps a file.
    pub fn put(&self, place: &str, content: Bytes) -> Result<(), Error> {
        run(self.0.put(&Path::from(place), PutPayload::from(content))).map(drop)
    }

    /// What is in a file.
    pub fn get(&self, place: &str) -> Result<Bytes, Error> {
        run(async { self.0.get(&Path::from(place)).await?.bytes().await })
    }

    /// Removes a file; one that is not there is as good as removed.
    pub fn delete(&self, place: &str) -> Result<(), Error> {
        match run(self.0.delete(&Path::from(place))) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ids of the files that came before a moment of real time.
    pub fn older_than(&self, moment: DateTime<Utc>) -> Result<Vec<String>, Error> {
        run(async {
            let mut found = self.0.list(Some(&Path::from(ROOM)));
            let mut ids = Vec::new();
            while let Some(object) = poll_fn(|cx| found.as_mut().poll_next(cx)).await {
                let object = object?;
                if object.last_modified < moment {
                    ids.extend(object.location.filename().map(str::to_owned));
                }
            }
            Ok(ids)
        })
    }
}

fn remote(bucket: &Bucket) -> Result<PrefixStore<object_store::aws::AmazonS3>, String> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(&bucket.secret_key)
        // Few stores beside the original take several deletions at once.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: RETRY_WITHIN,
            ..RetryConfig::default()
        })
        .with_http_connector(Connector);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    let store = builder.build().map_err(|error| format!("KSTT_FILES cannot be used: {error}"))?;
    Ok(PrefixStore::new(store, bucket.prefix.as_str()))
}

/// Waits for the store on this thread.
fn run<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Error::Generic { store: "files", source: Box::new(error) })?;
    runtime.block_on(work)
}

/// What a caller hears of a store that fails.
pub fn out_of_reach(error: &Error) -> ApiError {
    log::error!("file store: {error}");
    let mut unavailable = ApiError::new(ProblemCode::Unavailable);
    unavailable.0.retry_after = Some(10);
    unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_keeps_lists_and_forgets() {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let directory = std::env::temp_dir().join(format!("kstt-files-{name}"));
        let store = FileStore::open(&FilesAt::Directory(directory.clone())).unwrap();
        let place = place_of("a-b");
        assert!(matches!(store.get(&place), Err(Error::NotFound { .. })));
        store.put(&place, Bytes::from_static(b"content")).unwrap();
        assert_eq!(store.get(&place).unwrap(), "content");
        assert_eq!(store.older_than(DateTime::<Utc>::MAX_UTC).unwrap(), ["a-b"]);
        assert!(store.older_than(DateTime::UNIX_EPOCH).unwrap().is_empty());
        store.delete(&place).unwrap();
        store.delete(&place).unwrap();
        assert!(store.older_than(DateTime::<Utc>::MAX_UTC).unwrap().is_empty());
        std::fs::remove_dir_all(directory).unwrap();
    }
}
