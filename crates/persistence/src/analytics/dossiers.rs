//! Dossiers, added up from the counts that one-stop systems gave.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Group, Grouping, Part, Read, Sought, When};
use crate::dossiers::{Led, led};
use crate::schema::dossier_counts as c;
use crate::{Conn, Error};

/// What is added up of dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DossierCount {
    Received,
    Settled,
    SettledLate,
}

impl DossierCount {
    fn sum(self) -> &'static str {
        match self {
            Self::Received => "CAST(sum(received) AS BIGINT)",
            Self::Settled => "CAST(sum(early + on_time + late) AS BIGINT)",
            Self::SettledLate => "CAST(sum(late) AS BIGINT)",
        }
    }
}

/// Movements of the periods of some units that lie within the window, by their first day.
pub fn dossier_groups(
    conn: &mut Conn,
    count: DossierCount,
    sought: &Sought,
    (unit_ids, whose): (&[String], Led<'_>),
) -> Result<Vec<Group>, Error> {
    let grouping = Grouping::of(sought, When { day: "first_day", month: None }, Part::One);
    let sum = sql::<BigInt>(count.sum());
    let columns = (grouping.day(), grouping.key(0), grouping.key(1), grouping.part(), sum);
    let mut query = c::table.group_by(grouping.by()).select(columns).into_boxed();
    let (from, to) = sought.days;
    query = query.filter(c::first_day.between(from, to)).filter(c::last_day.le(to));
    query = led!(query.filter(c::unit_id.eq_any(unit_ids.to_vec())), whose, unit_ids);
    if let Some(level) = &sought.level {
        query = query.filter(c::level.eq(level.clone()));
    }
    if let Some(field) = &sought.field {
        query = query.filter(c::field.eq(field.clone()));
    }
    if let Some(channel) = &sought.channel {
        query = query.filter(c::channel.eq(channel.clone()));
    }
    Ok(query.load::<Read>(conn)?.into_iter().map(Group::from).collect())
}
