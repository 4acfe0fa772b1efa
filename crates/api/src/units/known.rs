//! What is known of all units, read again only when one of them changed.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use kstt_domain::units::UnitKind;
use kstt_persistence::units::{self, UnitFilter, Viewers};
use kstt_persistence::{Conn, Error, revision};

/// Who sees the matters of whom, as of the last change of any unit.
#[derive(Default)]
pub struct KnownUnits(Mutex<Option<(i64, Arc<Viewers>)>>);

impl KnownUnits {
    /// Who sees the matters of which unit.
    pub fn viewers(&self, conn: &mut Conn) -> Result<Arc<Viewers>, Error> {
        let state = revision(conn)?.units;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, viewers)) = known.as_ref().filter(|(of, _)| *of == state) {
            return Ok(viewers.clone());
        }
        let viewers = Arc::new(Viewers::load(conn)?);
        *known = Some((state, viewers.clone()));
        Ok(viewers)
    }
}

/// The control office of a day (ND 63/2010 Art. 5): its id.
pub fn office_on(conn: &mut Conn, day: NaiveDate) -> Result<Option<String>, Error> {
    let filter = UnitFilter { kind: Some(UnitKind::Office), ..UnitFilter::default() };
    Ok(units::list(conn, day, &filter, None, 1)?.into_iter().next().map(|(unit, _)| unit.id))
}
