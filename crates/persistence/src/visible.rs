//! Who sees what, room by room: one narrow row for each unit that may see a thing, in the order of the room's
//! lists. The whole city reads a room's own table, a unit what is visible to it.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::insert_rows;
use crate::schema::visible_to as v;
use crate::units::Viewer;
use crate::{Conn, Error};

/// Whose things are read.
#[derive(Debug, Clone)]
pub enum Scope {
    City,
    /// What one unit sees on a day.
    Unit {
        unit_id: String,
        day: NaiveDate,
        /// Its own matters and those it inherited, not those of units below it.
        own: bool,
    },
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    pub after: Option<&'a str>,
    pub limit: i64,
}

/// A thing as its lists have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed<'a> {
    pub room: &'a str,
    pub id: &'a str,
    pub sort_key: &'a str,
    /// What has become of it, by which lists are narrowed.
    pub outcome: &'a str,
}

#[derive(Clone, Insertable)]
#[diesel(table_name = v, treat_none_as_default_value = false)]
struct SightRow {
    unit_id: String,
    room: String,
    sort_key: String,
    subject_id: String,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    own: bool,
    outcome: String,
}

/// Stores who sees each of some things.
pub(crate) fn show(conn: &mut Conn, things: &[(Listed<'_>, Vec<Viewer>)]) -> Result<(), Error> {
    let sights: Vec<SightRow> = things
        .iter()
        .flat_map(|(thing, viewers)| {
            viewers.iter().map(|viewer| SightRow {
                unit_id: viewer.unit_id.clone(),
                room: thing.room.to_owned(),
                sort_key: thing.sort_key.to_owned(),
                subject_id: thing.id.to_owned(),
                valid_from: viewer.period.from,
                valid_to: viewer.period.to,
                own: viewer.own,
                outcome: thing.outcome.to_owned(),
            })
        })
        .collect();
    Ok(insert_rows!(conn, v::table, sights)?)
}

impl Listed<'_> {
    /// Stores who sees it.
    pub fn show(self, conn: &mut Conn, viewers: Vec<Viewer>) -> Result<(), Error> {
        show(conn, &[(self, viewers)])
    }

    /// Forgets who sees it.
    pub fn hide(self, conn: &mut Conn) -> Result<(), Error> {
        let shown = v::table.filter(v::subject_id.eq(self.id)).filter(v::room.eq(self.room));
        diesel::delete(shown).execute(conn)?;
        Ok(())
    }

    /// After it was changed: another outcome, or another place in the lists.
    pub fn follow(self, conn: &mut Conn) -> Result<(), Error> {
        let shown = v::table.filter(v::subject_id.eq(self.id)).filter(v::room.eq(self.room));
        diesel::update(shown)
            .set((v::sort_key.eq(self.sort_key), v::outcome.eq(self.outcome)))
            .execute(conn)?;
        Ok(())
    }
}
