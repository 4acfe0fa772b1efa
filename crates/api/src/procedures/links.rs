//! From one procedure to the others it names, and back.

use chrono::NaiveDate;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, Link, ProcedureOnDay, ReferenceKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::find::href;
use crate::http::ApiError;

kstt_domain::codes! {
    /// What is known of a procedure that another one names.
    pub enum LinkState : "procedure_link_state" {
        InForce = "in_force", "Đang có hiệu lực", "In force";
        NotInForce = "not_in_force", "Không có hiệu lực vào ngày này", "Not in force on this day";
        Unknown = "unknown", "Không có trong cơ sở dữ liệu", "Not in the registry";
    }
}

/// Procedures that name one another, as they are on the day.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct LinksView {
    /// Procedures a reader should know as well.
    #[schema(max_items = 200)]
    pub related: Vec<LinkView>,
    /// Procedures settled in one chain with this one (liên thông).
    #[schema(max_items = 200)]
    pub interlinked: Vec<LinkView>,
    /// Procedures in force that name this one.
    #[schema(max_items = 200)]
    pub named_by: Vec<LinkView>,
}

/// Another procedure.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// Code in the national database; null only where a procedure without a code names this one.
    #[schema(max_length = 60, example = "1.004884")]
    pub national_code: Option<String>,
    pub state: LinkState,
    /// Its name on the day; null when it is not in force.
    #[schema(max_length = 30_000)]
    pub name: Option<String>,
    /// Where to read it; null when the registry does not know it.
    #[schema(max_length = 300)]
    pub href: Option<String>,
}

/// The links of a procedure on a day.
pub fn links(conn: &mut Conn, found: &ProcedureOnDay, day: NaiveDate) -> Result<LinksView, ApiError> {
    let (procedure, version) = found;
    let related = registry::named_by(conn, &version.id, ReferenceKind::Related, day)?;
    let interlinked = registry::named_by(conn, &version.id, ReferenceKind::Interlinked, day)?;
    let naming = match &procedure.national_code {
        Some(code) => registry::naming(conn, code, day)?,
        None => Vec::new(),
    };
    Ok(LinksView {
        related: related.into_iter().map(|link| named(conn, link)).collect::<Result<_, _>>()?,
        interlinked: interlinked.into_iter().map(|link| named(conn, link)).collect::<Result<_, _>>()?,
        named_by: naming.iter().map(in_force).collect::<Result<_, _>>()?,
    })
}

fn named(conn: &mut Conn, link: Link) -> Result<LinkView, ApiError> {
    if let Some(procedure) = &link.procedure {
        return in_force(procedure);
    }
    let known = registry::ever_of_code(conn, &link.national_code)?;
    let (state, href) = match known.first() {
        Some(procedure) => (LinkState::NotInForce, Some(format!("{}/versions", href(procedure)))),
        None => (LinkState::Unknown, None),
    };
    Ok(LinkView { national_code: Some(link.national_code), state, name: None, href })
}

fn in_force((procedure, version): &ProcedureOnDay) -> Result<LinkView, ApiError> {
    let summary = version.summary()?;
    Ok(LinkView {
        national_code: procedure.national_code.clone(),
        state: LinkState::InForce,
        name: Some(summary.gist.name),
        href: Some(href(procedure)),
    })
}
