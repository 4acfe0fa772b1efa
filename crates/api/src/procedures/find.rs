//! Which procedure a path names: by national code, `code~variant`, or id.

use chrono::NaiveDate;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, ProcedureOnDay, ProcedureRow};

use crate::http::{ApiError, ProblemCode, say};

/// Versions of one procedure that are looked through.
const MAX_VERSIONS: i64 = 200;

/// The name in a path, taken apart.
enum Name<'n> {
    Id(&'n str),
    Code { code: &'n str, variant: Option<&'n str> },
}

impl<'n> Name<'n> {
    fn of(text: &'n str) -> Self {
        match text.split_once('~') {
            Some((code, variant)) => Self::Code { code, variant: Some(variant) },
            None if uuid::Uuid::parse_str(text).is_ok() => Self::Id(text),
            None => Self::Code { code: text, variant: None },
        }
    }
}

/// The procedure in force on `day`, and all variants of its code in force.
pub fn on_day(
    conn: &mut Conn,
    name: &str,
    day: NaiveDate,
) -> Result<(ProcedureOnDay, Vec<ProcedureOnDay>), ApiError> {
    match Name::of(name) {
        Name::Id(id) => {
            let found = registry::by_id(conn, id, day)?.ok_or_else(not_in_force)?;
            let variants = match &found.0.national_code {
                Some(code) => registry::by_code(conn, code, day)?,
                None => vec![found.clone()],
            };
            Ok((found, variants))
        }
        Name::Code { code, variant } => {
            let all = registry::by_code(conn, code, day)?;
            let found = match variant {
                None => all.first(),
                Some(variant) => {
                    let at = of_variant(conn, all.iter().map(|(row, _)| row), variant)?;
                    at.and_then(|at| all.get(at))
                }
            };
            Ok((found.cloned().ok_or_else(not_in_force)?, all))
        }
    }
}

/// The procedure, in force or not: of a bare code the variant that comes first.
pub fn ever(conn: &mut Conn, name: &str) -> Result<ProcedureRow, ApiError> {
    let found = match Name::of(name) {
        Name::Id(id) => registry::ever_of_id(conn, id)?,
        Name::Code { code, variant } => {
            let all = registry::ever_of_code(conn, code)?;
            let at = match variant {
                None => Some(0),
                Some(variant) => of_variant(conn, all.iter(), variant)?,
            };
            at.and_then(|at| all.into_iter().nth(at))
        }
    };
    found.ok_or_else(ApiError::not_found)
}

/// The place of a variant's procedure: of the one that began as it, else of one that moved to that level
/// later.
fn of_variant<'r>(
    conn: &mut Conn,
    all: impl Iterator<Item = &'r ProcedureRow> + Clone,
    variant: &str,
) -> Result<Option<usize>, ApiError> {
    if let Some(at) = all.clone().position(|row| row.variant == variant) {
        return Ok(Some(at));
    }
    for (at, row) in all.enumerate() {
        for version in registry::versions(conn, &row.id, 0, MAX_VERSIONS)? {
            if version.summary()?.gist.variant == variant {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

fn not_in_force() -> ApiError {
    let detail = say(
        "Không có thủ tục này đang có hiệu lực vào ngày đó.",
        "No such procedure is in force on that day.",
    );
    ApiError::because(ProblemCode::NotFound, detail)
}

/// Where a procedure is read.
pub fn href(procedure: &ProcedureRow) -> String {
    match &procedure.national_code {
        Some(code) => format!("/v1/procedures/{code}~{}", procedure.variant),
        None => format!("/v1/procedures/{}", procedure.id),
    }
}
