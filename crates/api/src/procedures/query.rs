//! The list and search query: filters, text, paging.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::codes::Code;
use kstt_domain::procedures::{
    ALL_COMMUNES, ALL_DISTRICTS, ChannelKind, Level, ServiceLevel, ServiceLevelScale, ServiceLevelValue,
    SubjectKind,
};
use kstt_domain::units::UnitKind;
use kstt_persistence::procedures::{Facet, Filter};
use kstt_persistence::{Conn, units};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::{ApiError, Count, ProblemCode, say, stored_moment};

/// Lists or searches procedures.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProcedureQuery {
    /// Words to find in code, name, keywords and components: with or without diacritics, any order,
    /// beginnings of words are enough. Answers best first.
    #[param(min_length = 1, max_length = 300, example = "dang ky khai sinh")]
    pub q: Option<String>,
    /// Only this subject area: its slug.
    #[param(max_length = 120, example = "ho-tich")]
    pub field: Option<String>,
    /// Only procedures settled at this level.
    pub level: Option<Level>,
    /// Only procedures this unit settles: its code.
    #[param(max_length = 20, example = "SXD")]
    pub unit: Option<String>,
    /// Only procedures that take dossiers this way.
    pub channel: Option<ChannelKind>,
    /// Only this level of online service, as `scale:value`.
    #[param(
        max_length = 40,
        example = "nd43:4",
        pattern = "^(nd43:[1-4]|nd42:(full|partial|information)|nd224_proactive:[1-4])$"
    )]
    pub service_level: Option<String>,
    /// Only procedures for these subjects.
    pub subject: Option<SubjectKind>,
    /// The registry as it was on this day; today when missing.
    pub as_of: Option<NaiveDate>,
    /// Only versions written or closed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    pub cursor: Option<String>,
    /// Count the whole list, up to 10,000.
    pub count: Option<Count>,
}

impl ProcedureQuery {
    /// What a cursor belongs to.
    pub fn fingerprint(&self) -> String {
        let Self { q, field, level, unit, channel, service_level, subject, updated_since, .. } = self;
        format!(
            "{q:?} {field:?} {level:?} {unit:?} {channel:?} {service_level:?} {subject:?} {updated_since:?}"
        )
    }

    /// The facets of the filters. A unit that settles nothing by name settles what all of its kind do.
    pub fn filter(&self, conn: &mut Conn) -> Result<Filter, ApiError> {
        let mut facets = Vec::new();
        facets.extend(self.field.as_deref().map(Facet::field));
        facets.extend(self.level.map(Facet::level));
        facets.extend(self.channel.map(Facet::channel));
        facets.extend(self.subject.map(Facet::subject));
        if let Some(text) = &self.service_level {
            facets.push(Facet::service_level(service_level(text)?));
        }
        if let Some(code) = &self.unit {
            facets.push(Facet::unit(settler(conn, code)?));
        }
        let updated_since = self.updated_since.map(stored_moment);
        Ok(Filter { facets, updated_since })
    }
}

/// The facet value a unit is found by: communes and districts settle as a group.
fn settler<'c>(conn: &mut Conn, code: &'c str) -> Result<&'c str, ApiError> {
    if code == ALL_COMMUNES || code == ALL_DISTRICTS {
        return Ok(code);
    }
    Ok(match units::by_code(conn, code)?.map(|unit| unit.kind.0) {
        Some(UnitKind::Commune) => ALL_COMMUNES,
        Some(UnitKind::District) => ALL_DISTRICTS,
        _ => code,
    })
}

fn service_level(text: &str) -> Result<ServiceLevel, ApiError> {
    let parsed = text.split_once(':').and_then(|(scale, value)| {
        let (scale, value) = (ServiceLevelScale::from_code(scale)?, ServiceLevelValue::from_code(value)?);
        scale.admits(value).then_some(ServiceLevel { scale, value })
    });
    parsed.ok_or_else(|| {
        let detail = say(
            "Viết scale:value, như nd43:4 hoặc nd42:full.",
            "Write scale:value, such as nd43:4 or nd42:full.",
        );
        ApiError::parameter(ProblemCode::Malformed, "service_level", detail)
    })
}
