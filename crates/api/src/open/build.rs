//! Making the files: one walk over the procedures in force, in the order of their ids.

use std::io::Write;
use std::path::Path;

use chrono::NaiveDate;
use jsonwebtoken::EncodingKey;
use kstt_domain::period::{known_end, known_start};
use kstt_domain::procedures::ProcedureContent;
use kstt_domain::units::UnitKind;
use kstt_persistence::procedures::{CatalogueFile, CatalogueRow, Summary, each_in_force};
use kstt_persistence::units::{self, UnitFilter};
use kstt_persistence::{Conn, Revision};
use serde::Serialize;
use serde_json::value::RawValue;

use super::catalogue::sign;
use super::cpsv::{self, OpenProcedure, OpenUnit};
use super::table;
use crate::app::App;
use crate::export::{csv_lines, unwritable};
use crate::http::{ApiError, ProblemCode};
use crate::procedures::{CITY_NAME, Settlers, SettlingUnit};

/// What is taken away, and who signs it.
pub struct Taken<'a> {
    pub app: &'a App,
    pub day: NaiveDate,
    pub revision: Revision,
    /// Id of the key, and the key.
    pub signer: (String, EncodingKey),
}

/// One procedure as the files show it.
#[derive(Serialize)]
pub struct OpenItem<'a> {
    pub id: &'a str,
    pub national_code: Option<&'a str>,
    pub variant: &'a str,
    pub locality: Option<&'a str>,
    pub version_id: &'a str,
    pub number: i64,
    pub origin: &'a str,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub settled_by: &'a [SettlingUnit],
    pub content: &'a RawValue,
}

/// Every procedure in force, each with its content as it is stored.
fn each(
    conn: &mut Conn,
    taken: &Taken<'_>,
    mut visit: impl FnMut(&OpenItem<'_>, &Summary) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let settlers = Settlers::on(conn, &taken.app.settlers, taken.day)?;
    each_in_force(conn, taken.day, |conn, (procedure, version), content| {
        let settled_by = settlers.of(conn, &version)?;
        let summary = version.summary()?;
        let item = OpenItem {
            id: &procedure.id,
            national_code: procedure.national_code.as_deref(),
            variant: &summary.gist.variant,
            locality: procedure.locality.as_deref(),
            version_id: &version.id,
            number: version.number,
            origin: &version.origin,
            valid_from: known_start(version.valid_from),
            valid_to: known_end(version.valid_to),
            settled_by: &settled_by,
            content: serde_json::from_str(&content).map_err(unreadable)?,
        };
        visit(&item, &summary)
    })
}

/// One JSON object a line.
pub fn ndjson(conn: &mut Conn, taken: &Taken<'_>, out: &mut impl Write) -> Result<(), ApiError> {
    each(conn, taken, |item, _| {
        serde_json::to_writer(&mut *out, item).map_err(unreadable)?;
        out.write_all(b"\n").map_err(|error| unwritable("NDJSON".as_ref(), &error))
    })
}

/// One row each.
pub fn csv(conn: &mut Conn, taken: &Taken<'_>, out: &mut impl Write) -> Result<(), ApiError> {
    let base = taken.app.config.issuer.trim_end_matches('/').to_owned();
    csv_lines(out, table::COLUMNS.iter().copied(), |line| {
        each(conn, taken, |item, _| {
            let content: ProcedureContent = serde_json::from_str(item.content.get()).map_err(unreadable)?;
            line(table::row(&base, item, &content))
        })
    })
}

/// One graph, a node at a time.
pub fn json_ld(conn: &mut Conn, taken: &Taken<'_>, out: &mut impl Write) -> Result<(), ApiError> {
    let failed = |error: std::io::Error| unwritable("JSON-LD".as_ref(), &error);
    let base = &taken.app.config.issuer;
    let city = city(conn, taken.day)?;
    write!(
        out,
        "{{\"@context\":{},\"@graph\":[\n{}",
        cpsv::context(),
        cpsv::catalogue(base, &city, taken.day)
    )
    .map_err(failed)?;
    each(conn, taken, |item, _| {
        let content: ProcedureContent = serde_json::from_str(item.content.get()).map_err(unreadable)?;
        let units: Vec<OpenUnit> = item.settled_by.iter().map(open_unit).collect();
        let procedure = OpenProcedure {
            id: item.id,
            national_code: item.national_code,
            variant: item.variant,
            valid_from: item.valid_from,
            valid_to: item.valid_to,
            content: &content,
            units: &units,
        };
        let nodes = cpsv::nodes(base, &city, &procedure);
        nodes.iter().try_for_each(|node| write!(out, ",\n{node}")).map_err(failed)
    })?;
    out.write_all(b"\n]}\n").map_err(failed)
}

/// Tables and a signature.
pub fn sqlite(conn: &mut Conn, taken: &Taken<'_>, path: &Path) -> Result<(), ApiError> {
    let mut file = CatalogueFile::create(path)?;
    each(conn, taken, |item, summary| {
        let document = serde_json::to_string(item).map_err(unreadable)?;
        let row = CatalogueRow {
            id: item.id,
            national_code: item.national_code,
            variant: item.variant,
            version_id: item.version_id,
            number: item.number,
            valid_from: item.valid_from,
            valid_to: item.valid_to,
            name: &summary.gist.name,
            field: summary.gist.field.as_ref().map(|field| field.slug.as_str()),
            document: &document,
        };
        Ok(file.add(&row)?)
    })?;
    let signature = sign(taken, &file.fingerprint()?)?;
    Ok(file.finish(&signature)?)
}

fn open_unit(unit: &SettlingUnit) -> OpenUnit {
    OpenUnit { code: unit.code.clone(), name: unit.name.clone() }
}

/// The city itself, for whatever is nobody else's.
fn city(conn: &mut Conn, day: NaiveDate) -> Result<OpenUnit, ApiError> {
    let filter = UnitFilter { kind: Some(UnitKind::CityCommittee), ..UnitFilter::default() };
    let found = units::list(conn, day, &filter, None, 1)?;
    Ok(found.into_iter().next().map_or_else(
        || OpenUnit { code: "city".into(), name: CITY_NAME.into() },
        |(unit, period)| OpenUnit { code: unit.code, name: period.name },
    ))
}

fn unreadable(error: serde_json::Error) -> ApiError {
    log::error!("open data: {error}");
    ApiError::new(ProblemCode::Internal)
}
