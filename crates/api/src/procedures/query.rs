//! The list and search query: filters, text, paging.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::codes::Code;
use kstt_domain::procedures::{
    ChannelKind, FindingCode, Level, ServiceLevel, ServiceLevelScale, ServiceLevelValue, SubjectKind,
};
use kstt_persistence::Conn;
use kstt_persistence::procedures::{Condition, Facet, FacetKind, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::settlers::settled_by;
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
    /// Only procedures in which this is missing or doubtful.
    pub finding: Option<FindingCode>,
    /// Only procedures that rest on this legal document: its key in `/v1/legal-documents`.
    #[param(max_length = 120, pattern = "^[a-z0-9-]{1,120}$", example = "123-2015-nd-cp")]
    pub legal_document: Option<String>,
    /// With `legal_document`: only those that name this place in it, as article, article.clause or
    /// article.clause.point.
    #[param(
        max_length = 20,
        pattern = r"^[0-9]{1,4}[a-z]{0,2}(\.[0-9a-z]{0,4}(\.[a-z0-9]{1,2})?)?$",
        example = "5.2.a"
    )]
    pub article: Option<String>,
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
    /// Also count what each of these facets would leave, separated by commas: `field`, `level`, `unit`,
    /// `channel`, `service_level`, `subject`, `finding`. A facet's own filter does not narrow its counts.
    #[param(
        max_length = 100,
        pattern = "^(field|level|unit|channel|service_level|subject|finding)(,(field|level|unit|channel|service_level|subject|finding)){0,6}$",
        example = "field,level"
    )]
    pub facets: Option<String>,
}

impl ProcedureQuery {
    /// What a cursor belongs to.
    pub fn fingerprint(&self) -> String {
        let Self { q, field, level, unit, channel, service_level, subject, updated_since, .. } = self;
        let Self { finding, legal_document, article, .. } = self;
        format!(
            "{q:?} {field:?} {level:?} {unit:?} {channel:?} {service_level:?} {subject:?} {updated_since:?} \
             {finding:?} {legal_document:?} {article:?}"
        )
    }

    /// The conditions of the filters on `day`.
    pub fn filter(&self, conn: &mut Conn, day: NaiveDate) -> Result<Filter, ApiError> {
        let mut facets = Vec::new();
        facets.extend(self.field.as_deref().map(Facet::field));
        facets.extend(self.level.map(Facet::level));
        facets.extend(self.channel.map(Facet::channel));
        facets.extend(self.subject.map(Facet::subject));
        facets.extend(self.finding.map(Facet::finding));
        facets
            .extend(self.service_level.as_deref().map(service_level).transpose()?.map(Facet::service_level));
        facets.extend(self.place()?);
        let mut conditions: Vec<Condition> = facets.into_iter().map(Condition::from).collect();
        if let Some(code) = &self.unit {
            conditions.push(settled_by(conn, code, day)?);
        }
        Ok(Filter { conditions, updated_since: self.updated_since.map(stored_moment) })
    }

    fn place(&self) -> Result<Option<Facet>, ApiError> {
        match (&self.legal_document, &self.article) {
            (Some(key), Some(place)) => Ok(Some(Facet::article(key, place))),
            (Some(key), None) => Ok(Some(Facet::document(key))),
            (None, None) => Ok(None),
            (None, Some(_)) => {
                let detail = say("Cần kèm legal_document.", "It needs legal_document beside it.");
                Err(ApiError::parameter(ProblemCode::Invalid, "article", detail))
            }
        }
    }

    /// The facets to be counted, each once.
    pub fn counted_facets(&self) -> Result<Vec<FacetKind>, ApiError> {
        let named = self.facets.iter().flat_map(|names| names.split(','));
        let kinds: Option<BTreeSet<FacetKind>> = named.map(facet_kind).collect();
        kinds.map(|kinds| kinds.into_iter().collect()).ok_or_else(|| {
            let detail = say(
                "Chỉ có field, level, unit, channel, service_level, subject, finding.",
                "There are only field, level, unit, channel, service_level, subject, finding.",
            );
            ApiError::parameter(ProblemCode::Malformed, "facets", detail)
        })
    }
}

/// The facets people may count by.
const COUNTED: &[FacetKind] = &[
    FacetKind::Field,
    FacetKind::Unit,
    FacetKind::Level,
    FacetKind::ServiceLevel,
    FacetKind::Subject,
    FacetKind::Channel,
    FacetKind::Finding,
];

fn facet_kind(name: &str) -> Option<FacetKind> {
    COUNTED.iter().copied().find(|kind| kind.code() == name)
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
