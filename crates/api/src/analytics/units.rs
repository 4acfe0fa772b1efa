//! Whose figures someone sees, and units as figures tell them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::policy::Action;
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error};

use crate::http::{ApiError, Caller};
use crate::sight::units_listed;

/// All units, as far as figures need them.
pub struct Units {
    viewers: Arc<Viewers>,
    /// Code and level, by id.
    known: HashMap<String, (String, &'static str)>,
    /// Whose figures the caller sees; none: everyone's.
    seen: Option<Vec<String>>,
    today: NaiveDate,
}

impl Units {
    /// As the caller sees them.
    pub fn seen_by(conn: &mut Conn, caller: &Caller) -> Result<Self, ApiError> {
        let today = caller.today();
        let seen = units_listed(conn, &caller.actor, Action::ReadReports, None, today)?;
        let viewers = caller.app.units.viewers(conn)?;
        let ids: Vec<String> = viewers.units().map(str::to_owned).collect();
        let known = units::by_ids(conn, &ids)?;
        let known = known.into_iter().map(|unit| (unit.id, (unit.code, unit.kind.0.level().code())));
        Ok(Self { viewers, known: known.collect(), seen, today })
    }

    /// The id of a code. None: there is no such unit. One whose figures the caller does not see is refused.
    pub fn of_code(&self, code: &str) -> Result<Option<String>, ApiError> {
        let Some((id, _)) = self.known.iter().find(|(_, (known, _))| known == code) else { return Ok(None) };
        match &self.seen {
            Some(seen) if !seen.contains(id) => Err(ApiError::forbidden()),
            _ => Ok(Some(id.clone())),
        }
    }

    /// Whose records are counted: of those the caller sees, a unit with those it stands above on a day, and
    /// those of a level. None: everyone's.
    pub fn counted(
        &self,
        conn: &mut Conn,
        unit_id: Option<&str>,
        level: Option<&str>,
        day: NaiveDate,
    ) -> Result<Option<Vec<String>>, Error> {
        let below = unit_id.map(|id| units::subtree_of(conn, id, day)).transpose()?;
        if self.seen.is_none() && below.is_none() && level.is_none() {
            return Ok(None);
        }
        let answers_for = |id: &str, other: &str| {
            let mut viewers = self.viewers.of(other).into_iter();
            viewers.any(|viewer| viewer.unit_id == id && viewer.period.contains(self.today))
        };
        let mut found: Vec<String> = match &self.seen {
            Some(seen) => seen.clone(),
            None => self.known.keys().cloned().collect(),
        };
        found.retain(|id| level.is_none_or(|level| self.level(id) == Some(level)));
        if let (Some(below), Some(of)) = (below, unit_id) {
            found.retain(|id| below.contains(id) || answers_for(of, id));
        }
        found.sort_unstable();
        Ok(Some(found))
    }

    /// Every unit there ever was.
    pub fn all(&self) -> Vec<String> {
        self.known.keys().cloned().collect()
    }

    pub fn code(&self, id: &str) -> Option<&str> {
        self.known.get(id).map(|(code, _)| code.as_str())
    }

    pub fn level(&self, id: &str) -> Option<&'static str> {
        self.known.get(id).map(|(_, level)| *level)
    }
}
