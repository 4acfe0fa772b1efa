//! What is known of all units, read again only when one of them changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use kstt_domain::units::UnitKind;
use kstt_persistence::units::{self, UnitFilter, Viewers};
use kstt_persistence::{Conn, Error, Revision, revision};

/// Who sees the matters of whom, as of the last change of any unit.
#[derive(Default)]
pub struct KnownUnits(Mutex<Known>);

#[derive(Default)]
struct Known {
    of: i64,
    viewers: Option<Arc<Viewers>>,
    offices: HashMap<NaiveDate, Option<String>>,
}

impl KnownUnits {
    /// Who sees the matters of which unit.
    pub fn viewers(&self, conn: &mut Conn) -> Result<Arc<Viewers>, Error> {
        let now = revision(conn)?;
        self.viewers_at(conn, now)
    }

    /// The same, as of a revision that was just read.
    pub fn viewers_at(&self, conn: &mut Conn, now: Revision) -> Result<Arc<Viewers>, Error> {
        self.looked_up(now, |known| {
            if known.viewers.is_none() {
                known.viewers = Some(Arc::new(Viewers::load(conn)?));
            }
            Ok(known.viewers.clone().unwrap_or_default())
        })
    }

    /// The control office of a day (ND 63/2010 Art. 5): its id.
    pub fn office_on(&self, conn: &mut Conn, now: Revision, day: NaiveDate) -> Result<Option<String>, Error> {
        self.looked_up(now, |known| {
            if let Some(office) = known.offices.get(&day) {
                return Ok(office.clone());
            }
            let filter = UnitFilter { kind: Some(UnitKind::Office), ..UnitFilter::default() };
            let office =
                units::list(conn, day, &filter, None, 1)?.into_iter().next().map(|(unit, _)| unit.id);
            known.offices.insert(day, office.clone());
            Ok(office)
        })
    }

    fn looked_up<T>(
        &self,
        now: Revision,
        look: impl FnOnce(&mut Known) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.of != now.units {
            *known = Known { of: now.units, ..Known::default() };
        }
        look(&mut known)
    }
}
