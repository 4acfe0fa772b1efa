//! Leases: which process does a piece of background work now. Row locks exist on one engine only.

use chrono::{DateTime, NaiveDateTime};
use diesel::prelude::*;

use crate::db::insert_row;
use crate::schema::leases;
use crate::{Conn, Error};

/// Gives up the leases of `holder`, so that whoever comes next need not wait for their end.
pub fn give_up(conn: &mut Conn, holder: &str) -> Result<(), Error> {
    diesel::update(leases::table.filter(leases::holder.eq(holder)))
        .set(leases::lease_until.eq(DateTime::UNIX_EPOCH.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// Takes or renews the lease `name` for `holder` until `until`; answers whether it was free.
pub fn take(
    conn: &mut Conn,
    name: &str,
    holder: &str,
    now: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<bool, Error> {
    let free = leases::table.find(name).filter(leases::lease_until.lt(now).or(leases::holder.eq(holder)));
    let taken =
        diesel::update(free).set((leases::holder.eq(holder), leases::lease_until.eq(until))).execute(conn)?;
    if taken == 1 {
        return Ok(true);
    }
    let exists: Option<String> = leases::table.find(name).select(leases::name).first(conn).optional()?;
    if exists.is_some() {
        return Ok(false);
    }
    let values = (leases::name.eq(name), leases::holder.eq(holder), leases::lease_until.eq(until));
    insert_row(conn, leases::table, values)?;
    Ok(true)
}
