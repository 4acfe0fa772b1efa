//! The two clocks and the maker of ids: the only places that read real time and randomness.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The product's time: every date and deadline counts by it.
    fn now(&self) -> DateTime<Utc>;
    /// Real time: tokens, sessions and locks count by it, whatever the demo clock says.
    fn real_now(&self) -> DateTime<Utc>;
    /// Moves the product's time to `moment`, answering the new offset in microseconds; `None` when
    /// this clock cannot be moved.
    fn move_to(&self, moment: DateTime<Utc>) -> Option<i64>;
}

/// Real time, to the microsecond both databases keep.
#[allow(clippy::disallowed_methods)]
fn system_now() -> DateTime<Utc> {
    let now = Utc::now();
    now - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos() % 1000))
}

/// Real time in both roles.
pub struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> DateTime<Utc> {
        system_now()
    }

    fn real_now(&self) -> DateTime<Utc> {
        system_now()
    }

    fn move_to(&self, _: DateTime<Utc>) -> Option<i64> {
        None
    }
}

/// A clock that runs at real speed from wherever it was moved to.
pub struct DemoClock {
    offset_microseconds: AtomicI64,
}

impl DemoClock {
    /// A clock standing `offset` microseconds from real time.
    pub fn with_offset(offset: i64) -> Self {
        Self { offset_microseconds: AtomicI64::new(offset) }
    }

    /// The offset that makes it `moment` now, in microseconds.
    pub fn offset_to(moment: DateTime<Utc>) -> i64 {
        (moment - system_now()).num_microseconds().unwrap_or(0)
    }
}

impl Clock for DemoClock {
    fn now(&self) -> DateTime<Utc> {
        system_now() + TimeDelta::microseconds(self.offset_microseconds.load(Ordering::Relaxed))
    }

    fn real_now(&self) -> DateTime<Utc> {
        system_now()
    }

    fn move_to(&self, moment: DateTime<Utc>) -> Option<i64> {
        let offset = Self::offset_to(moment);
        self.offset_microseconds.store(offset, Ordering::Relaxed);
        Some(offset)
    }
}

/// Makes ids and secrets.
pub trait Ids: Send + Sync {
    /// A UUIDv7, later ones ordered after earlier ones of the same process.
    fn id(&self) -> String;
    /// `length` random bytes.
    fn random(&self, length: usize) -> Vec<u8>;
}

/// Ids from real time and the system's random source.
#[derive(Default)]
pub struct SystemIds {
    context: Mutex<ContextV7>,
}

impl Ids for SystemIds {
    #[allow(clippy::disallowed_methods)]
    fn id(&self) -> String {
        let context = self.context.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::now(&*context)).to_string()
    }

    fn random(&self, length: usize) -> Vec<u8> {
        random_bytes(length)
    }
}

/// Names of requests: unlike those of any other process, and cheap.
pub struct TraceIds {
    process: u64,
    next: AtomicU64,
}

impl Default for TraceIds {
    fn default() -> Self {
        let process = random_bytes(8).iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        Self { process, next: AtomicU64::new(1) }
    }
}

impl TraceIds {
    /// 32 hexadecimal digits.
    pub fn id(&self) -> String {
        format!("{:016x}{:016x}", self.process, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// `length` bytes of the system's random source.
#[expect(clippy::expect_used, reason = "without randomness no secret is safe")]
pub fn random_bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the system's random source answers");
    bytes
}
