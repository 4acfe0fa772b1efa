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
