//! Subscriptions of other systems.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::ManageWebhooks;

use crate::db::insert_row;
use crate::schema::webhooks as w;
use crate::{Conn, Error};

/// Where events are sent, which, and under which secrets.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = w, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct WebhookRow {
    pub id: String,
    pub name: String,
    pub url: String,
    /// It hears what this unit may learn of.
    pub unit_id: String,
    /// Patterns of event types, separated by blanks.
    pub events: String,
    /// Sealed with the master key.
    pub secret: String,
    pub old_secret: Option<String>,
    /// Until then the old secret signs as well.
    pub old_secret_until: Option<NaiveDateTime>,
    pub disabled_at: Option<NaiveDateTime>,
    pub version: i64,
    pub created_at: NaiveDateTime,
    pub updated_at: NaiveDateTime,
}

/// One subscription.
pub fn webhook(conn: &mut Conn, id: &str) -> Result<Option<WebhookRow>, Error> {
    Ok(w::table.find(id).select(WebhookRow::as_select()).first(conn).optional()?)
}

/// Subscriptions by id, after `after`; of these units only, if any are named.
pub fn all_webhooks(
    conn: &mut Conn,
    units: Option<&[String]>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<WebhookRow>, Error> {
    let mut query = w::table.order(w::id.asc()).limit(limit).select(WebhookRow::as_select()).into_boxed();
    if let Some(units) = units {
        query = query.filter(w::unit_id.eq_any(units.to_vec()));
    }
    if let Some(after) = after {
        query = query.filter(w::id.gt(after.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Subscriptions that hear something now.
pub fn live_webhooks(conn: &mut Conn) -> Result<Vec<WebhookRow>, Error> {
    Ok(w::table
        .filter(w::disabled_at.is_null())
        .order(w::id.asc())
        .select(WebhookRow::as_select())
        .load(conn)?)
}

/// Stores a new subscription.
pub fn create_webhook(conn: &mut Conn, _: &Permit<ManageWebhooks>, row: &WebhookRow) -> Result<(), Error> {
    insert_row(conn, w::table, row)?;
    Ok(())
}

/// Stores a changed subscription; answers whether the version before it was still there.
pub fn update_webhook(conn: &mut Conn, _: &Permit<ManageWebhooks>, row: &WebhookRow) -> Result<bool, Error> {
    let target = w::table.find(&row.id).filter(w::version.eq(row.version - 1));
    Ok(diesel::update(target).set(row).execute(conn)? == 1)
}
