//! The procedures room against real rows. `scripts/test` leaves the module out, loudly, where the
//! reference data is not there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod real_rows;
