//! The tree of units on one day.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::schema::unit_periods;
use crate::{Conn, Error};

/// No chain of parents is longer; a longer one would be a loop.
const MAX_DEPTH: usize = 8;

/// `unit_id` and all units above it on `day`, nearest first. A unit that does not exist on `day` is
/// placed by the latest parent it had before.
pub fn path_of(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Vec<String>, Error> {
    let mut path = vec![unit_id.to_owned()];
    while path.len() < MAX_DEPTH {
        let Some(current) = path.last().cloned() else { break };
        let parent: Option<Option<String>> = unit_periods::table
            .filter(unit_periods::unit_id.eq(current))
            .filter(unit_periods::valid_from.le(day))
            .order(unit_periods::valid_from.desc())
            .select(unit_periods::parent_id)
            .first(conn)
            .optional()?;
        match parent.flatten() {
            Some(parent) if !path.contains(&parent) => path.push(parent),
            _ => break,
        }
    }
    Ok(path)
}

/// `unit_id` and all units below it on `day`.
pub fn subtree_of(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Vec<String>, Error> {
    let pairs: Vec<(String, Option<String>)> = unit_periods::table
        .filter(unit_periods::valid_from.le(day))
        .filter(unit_periods::valid_to.gt(day))
        .select((unit_periods::unit_id, unit_periods::parent_id))
        .load(conn)?;
    let mut below: HashMap<String, Vec<String>> = HashMap::new();
    for (unit, parent) in pairs {
        if let Some(parent) = parent {
            below.entry(parent).or_default().push(unit);
        }
    }
    let mut found = vec![unit_id.to_owned()];
    let mut next = 0;
    while let Some(unit) = found.get(next).cloned() {
        for child in below.remove(&unit).unwrap_or_default() {
            if !found.contains(&child) {
                found.push(child);
            }
        }
        next += 1;
    }
    Ok(found)
}

/// The first day, from `day` on, on which `unit_id` would stand below itself or deeper than any chain
/// may reach.
pub fn unsound_from(conn: &mut Conn, unit_id: &str, day: NaiveDate) -> Result<Option<NaiveDate>, Error> {
    type Span = (String, NaiveDate, NaiveDate, Option<String>);
    let spans: Vec<Span> = unit_periods::table
        .filter(unit_periods::valid_to.gt(day))
        .select((
            unit_periods::unit_id,
            unit_periods::valid_from,
            unit_periods::valid_to,
            unit_periods::parent_id,
        ))
        .load(conn)?;
    let mut days: Vec<NaiveDate> = spans.iter().map(|span| span.1.max(day)).collect();
    days.sort_unstable();
    days.dedup();
    Ok(days.into_iter().find(|day| {
        let above: HashMap<&str, &str> = spans
            .iter()
            .filter(|span| span.1 <= *day && *day < span.2)
            .filter_map(|span| Some((span.0.as_str(), span.3.as_deref()?)))
            .collect();
        let mut at = unit_id;
        (1..=MAX_DEPTH).all(|_| above.get(at).map(|parent| at = parent).is_some())
    }))
}
