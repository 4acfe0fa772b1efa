//! What the registry and the deadlines give to a form: a figure is how many records there are, in the row of the
//! whole.

use kstt_domain::procedures::Level;
use kstt_domain::reports::ReportMeasure;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{Facet, Filter, count};
use kstt_persistence::reports::{
    CountedVersion, DutyFate, Published, duty_count, duty_records, in_force, published,
};

use super::measure::Counted;
use super::records::{CountedRecord, Reader, read_on};
use crate::http::ApiError;

/// More procedures than there will ever be.
const ALL: i64 = 1_000_000;

/// What is counted.
pub enum Held {
    Published(Published),
    /// Procedures in force on the last day, of one level or of all.
    InForce(Option<Level>),
    Duties(DutyFate),
}

impl Held {
    /// What a measure counts, if it is of these.
    pub fn by(measure: ReportMeasure) -> Option<Self> {
        use ReportMeasure as M;
        Some(match measure {
            M::RegistryProcedures => Self::InForce(None),
            M::RegistryCity => Self::InForce(Some(Level::City)),
            M::RegistryDistrict => Self::InForce(Some(Level::District)),
            M::RegistryCommune => Self::InForce(Some(Level::Commune)),
            M::RegistryNew => Self::Published(Published::New),
            M::RegistryAmended => Self::Published(Published::Amended),
            M::RegistryRepealed => Self::Published(Published::Repealed),
            M::ObligationsMetOnTime => Self::Duties(DutyFate::MetOnTime),
            M::ObligationsMetLate => Self::Duties(DutyFate::MetLate),
            M::ObligationsOverdue => Self::Duties(DutyFate::Overdue),
            _ => return None,
        })
    }

    /// How many there are.
    pub fn count(&self, conn: &mut Conn, of: &Counted) -> Result<i64, ApiError> {
        Ok(match self {
            Self::Published(what) => published(conn, *what, of.days)?.len() as i64,
            Self::InForce(level) => count(conn, of.days.1, &of_level(*level), ALL)?,
            Self::Duties(fate) => duty_count(conn, of.duties(), *fate)?,
        })
    }

    /// The records that are counted and may be read, by id, after one.
    pub fn records(
        &self,
        conn: &mut Conn,
        of: &Counted,
        part: (Option<&str>, i64),
        reader: Reader<'_>,
    ) -> Result<Vec<CountedRecord>, ApiError> {
        let versions = match self {
            Self::Published(what) => published(conn, *what, of.days)?,
            Self::InForce(level) => in_force(conn, of.days.1, &of_level(*level))?,
            Self::Duties(fate) => {
                return read_on(part, |part| {
                    let found = duty_records(conn, of.duties(), *fate, part)?;
                    let told = |(id, rule, subject, unit): (String, String, String, String)| {
                        let reads = reader.reads_duty(&id, &unit);
                        (duty(id, &rule, &subject), reads)
                    };
                    Ok(found.into_iter().map(told).collect())
                });
            }
        };
        Ok(versions.into_iter().map(version).collect())
    }
}

fn of_level(level: Option<Level>) -> Filter {
    let conditions = level.map(|level| Facet::level(level).into()).into_iter().collect();
    Filter { conditions, updated_since: None }
}

fn version(of: CountedVersion) -> CountedRecord {
    let href = format!("/v1/procedures/{}/versions/{}", of.procedure_id, of.number);
    CountedRecord { kind: "procedure_version", id: of.id, code: of.code, value: 1, href }
}

fn duty(id: String, rule: &str, subject: &str) -> CountedRecord {
    let (code, href) = (format!("{rule} {subject}"), format!("/v1/obligations/{id}"));
    CountedRecord { kind: "obligation", id, code, value: 1, href }
}
