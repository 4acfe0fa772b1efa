//! Service clients: programs that log in with a secret and hold scopes.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::ManageClients;

use crate::db::insert_row;
use crate::schema::service_clients;
use crate::{Conn, Error};

/// A service client; `scopes` are separated by blanks.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = service_clients, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ServiceClientRow {
    pub id: String,
    pub name: String,
    pub secret_hash: String,
    pub scopes: String,
    pub disabled_at: Option<NaiveDateTime>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// One client.
pub fn client(conn: &mut Conn, id: &str) -> Result<Option<ServiceClientRow>, Error> {
    Ok(service_clients::table.find(id).select(ServiceClientRow::as_select()).first(conn).optional()?)
}

/// Clients by id, after `after`.
pub fn clients(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<ServiceClientRow>, Error> {
    let mut query = service_clients::table
        .order(service_clients::id.asc())
        .limit(limit)
        .select(ServiceClientRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(service_clients::id.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Stores a new client.
pub fn create_client(
    conn: &mut Conn,
    _: &Permit<ManageClients>,
    row: &ServiceClientRow,
) -> Result<(), Error> {
    insert_row(conn, service_clients::table, row)?;
    Ok(())
}

/// Stores a changed client; answers whether the version before it was still there.
pub fn update_client(
    conn: &mut Conn,
    permit: &Permit<ManageClients>,
    row: &ServiceClientRow,
) -> Result<bool, Error> {
    let target =
        service_clients::table.find(permit.subject_id()).filter(service_clients::version.eq(row.version - 1));
    Ok(diesel::update(target).set(row).execute(conn)? == 1)
}
