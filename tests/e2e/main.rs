//! End-to-end scenarios through HTTP, one file per room, on SQLite, or on PostgreSQL when
//! `KSTT_TEST_PG_URL` names a server that may create databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod accounts;
mod analytics;
mod audit;
mod calendar;
mod city;
mod contract;
mod documents;
mod dossiers;
mod feedback;
mod hostile;
mod notifications;
mod obligations;
mod open;
mod plans;
mod procedures;
mod real_rows;
mod reform;
mod reports;
mod schema;
mod start;
mod trail;
mod units;
mod walk;
