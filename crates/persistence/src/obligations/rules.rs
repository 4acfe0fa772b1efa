//! Deadline rules in versions. A version ends where the next one begins.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use kstt_domain::obligations::DeadlineRule;
use kstt_domain::policy::Permit;
use kstt_domain::policy::actions::EditDeadlineRule;

use crate::db::insert_row;
use crate::revision::raise_rules;
use crate::schema::deadline_rules;
use crate::{Conn, Error};

/// A version of a rule. The rule itself is kept as the JSON it is written in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = deadline_rules, treat_none_as_default_value = false)]
pub struct RuleRow {
    pub rule: String,
    pub version: i64,
    pub valid_from: NaiveDate,
    /// Exclusive.
    pub valid_to: NaiveDate,
    pub body: String,
    /// Why it was changed; none for what was shipped.
    pub reason: Option<String>,
    pub created_at: NaiveDateTime,
}

impl RuleRow {
    /// The rule as it is written.
    pub fn read(&self) -> Result<DeadlineRule, Error> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// The rules in force on a day, by id.
pub fn rules_on(conn: &mut Conn, day: NaiveDate) -> Result<Vec<RuleRow>, Error> {
    Ok(deadline_rules::table
        .filter(deadline_rules::valid_from.le(day))
        .filter(deadline_rules::valid_to.gt(day))
        .order(deadline_rules::rule.asc())
        .select(RuleRow::as_select())
        .load(conn)?)
}

/// A rule as it is on a day.
pub fn rule_on(conn: &mut Conn, rule: &str, day: NaiveDate) -> Result<Option<RuleRow>, Error> {
    Ok(deadline_rules::table
        .filter(deadline_rules::rule.eq(rule))
        .filter(deadline_rules::valid_from.le(day))
        .filter(deadline_rules::valid_to.gt(day))
        .select(RuleRow::as_select())
        .first(conn)
        .optional()?)
}

/// One version of a rule.
pub fn rule(conn: &mut Conn, rule: &str, version: i64) -> Result<Option<RuleRow>, Error> {
    Ok(deadline_rules::table.find((rule, version)).select(RuleRow::as_select()).first(conn).optional()?)
}

/// All versions of all rules, by id, oldest first.
pub fn all_rules(conn: &mut Conn) -> Result<Vec<RuleRow>, Error> {
    Ok(deadline_rules::table
        .order((deadline_rules::rule.asc(), deadline_rules::version.asc()))
        .select(RuleRow::as_select())
        .load(conn)?)
}

/// All versions of a rule, oldest first.
pub fn rule_versions(conn: &mut Conn, rule: &str) -> Result<Vec<RuleRow>, Error> {
    Ok(deadline_rules::table
        .filter(deadline_rules::rule.eq(rule))
        .order(deadline_rules::version.asc())
        .select(RuleRow::as_select())
        .load(conn)?)
}

/// Stores a version that is shipped.
pub fn insert_rule(conn: &mut Conn, row: &RuleRow) -> Result<(), Error> {
    insert_row(conn, deadline_rules::table, row)?;
    raise_rules(conn)
}

/// A version that follows another from a day on.
#[derive(Debug)]
pub struct NewRuleVersion {
    /// The version that holds until then.
    pub before: i64,
    pub row: RuleRow,
}

/// Stores a version and ends the one before it.
pub fn publish_rule(
    conn: &mut Conn,
    _: &Permit<EditDeadlineRule>,
    new: &NewRuleVersion,
) -> Result<(), Error> {
    diesel::update(deadline_rules::table.find((&new.row.rule, new.before)))
        .set(deadline_rules::valid_to.eq(new.row.valid_from))
        .execute(conn)?;
    insert_rule(conn, &new.row)
}
