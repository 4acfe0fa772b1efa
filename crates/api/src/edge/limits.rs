//! Rate limits per address and per account, told in `RateLimit-*` headers.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::app::App;
use crate::http::{ApiError, ProblemCode};

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// The limiters of a process.
pub struct Limits(Option<Limiters>);

struct Limiters {
    burst: u32,
    per_second: u32,
    addresses: Keyed<IpAddr>,
    accounts: Keyed<String>,
    /// Feedback without an account.
    sends: Keyed<IpAddr>,
}

impl Limits {
    /// `per_second` requests with bursts of `burst`, and so much feedback of one address; `None` switches
    /// limits off.
    pub fn new(per_second: Option<u32>, burst: u32, sends_an_hour: u32) -> Self {
        let sends = Quota::per_hour(NonZeroU32::new(sends_an_hour).unwrap_or(NonZeroU32::MIN));
        let quota = per_second.and_then(NonZeroU32::new).map(|rate| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            (rate.get(), Quota::per_second(rate).allow_burst(burst))
        });
        Self(quota.map(|(per_second, quota)| Limiters {
            burst: quota.burst_size().get(),
            per_second,
            addresses: RateLimiter::dashmap(quota).with_middleware(),
            accounts: RateLimiter::dashmap(quota).with_middleware(),
            sends: RateLimiter::dashmap(sends).with_middleware(),
        }))
    }

    /// Forgets addresses and accounts that have been quiet.
    pub fn tidy(&self) {
        if let Some(limiters) = &self.0 {
            limiters.addresses.retain_recent();
            limiters.accounts.retain_recent();
            limiters.sends.retain_recent();
        }
    }
}

/// How a caller stands with its limit.
pub enum Standing {
    Unlimited,
    Within { limit: u32, remaining: u32, reset: u64 },
    Over { limit: u32, wait: u64 },
}

impl Standing {
    /// The refusal of a caller that is over its limit.
    pub fn refusal(&self) -> Option<ApiError> {
        let Self::Over { wait, .. } = self else { return None };
        let mut error = ApiError::new(ProblemCode::TooManyRequests);
        error.0.retry_after = Some(*wait);
        Some(error)
    }

    /// The headers that tell it.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let (limit, remaining, reset) = match self {
            Self::Unlimited => return Vec::new(),
            Self::Within { limit, remaining, reset } => (*limit, *remaining, *reset),
            Self::Over { limit, wait } => (*limit, 0, *wait),
        };
        vec![
            ("ratelimit-limit", limit.to_string()),
            ("ratelimit-remaining", remaining.to_string()),
            ("ratelimit-reset", reset.to_string()),
        ]
    }
}

/// Counts one request of an address.
pub fn check_address(app: &App, address: Option<IpAddr>) -> Standing {
    match (&app.limits.0, address) {
        (Some(limiters), Some(address)) => standing(limiters, &limiters.addresses, &address),
        _ => Standing::Unlimited,
    }
}

/// Counts one request of an account or service client.
pub(crate) fn limit_account(app: &App, account: &str) -> Result<(), ApiError> {
    let Some(limiters) = &app.limits.0 else { return Ok(()) };
    standing(limiters, &limiters.accounts, &account.to_owned()).refusal().map_or(Ok(()), Err)
}

/// Counts one feedback that an address sends.
pub(crate) fn limit_sends(app: &App, address: Option<IpAddr>) -> Result<(), ApiError> {
    let (Some(limiters), Some(address)) = (&app.limits.0, address) else { return Ok(()) };
    standing(limiters, &limiters.sends, &address).refusal().map_or(Ok(()), Err)
}

fn standing<K: std::hash::Hash + Eq + Clone>(limiters: &Limiters, limiter: &Keyed<K>, key: &K) -> Standing {
    match limiter.check_key(key) {
        Ok(snapshot) => {
            let remaining = snapshot.remaining_burst_capacity();
            let missing = limiters.burst.saturating_sub(remaining);
            Standing::Within {
                limit: limiters.burst,
                remaining,
                reset: u64::from(missing.div_ceil(limiters.per_second)),
            }
        }
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Standing::Over { limit: limiters.burst, wait: seconds_up(wait) }
        }
    }
}

fn seconds_up(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
