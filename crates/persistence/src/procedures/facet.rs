//! Facets: the closed properties by which lists and searches are narrowed.

use chrono::NaiveDateTime;
use kstt_domain::codes::Code;
use kstt_domain::procedures::{ChannelKind, FindingCode, Level, ServiceLevel, SubjectKind};

/// A kind of facet, those that usually leave fewest procedures first: a list is driven by the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetKind {
    /// A place in a legal document.
    Article,
    /// A legal document the version rests on.
    Document,
    Field,
    Unit,
    Level,
    ServiceLevel,
    Subject,
    Channel,
    /// Something that is missing or doubtful.
    Finding,
    /// Stands on every version.
    Every,
}

impl FacetKind {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Document => "document",
            Self::Field => "field",
            Self::Unit => "unit",
            Self::Level => "level",
            Self::ServiceLevel => "service_level",
            Self::Subject => "subject",
            Self::Channel => "channel",
            Self::Finding => "finding",
            Self::Every => "every",
        }
    }
}

/// One property of a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facet {
    pub kind: FacetKind,
    pub value: String,
}

impl Facet {
    fn new(kind: FacetKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }

    /// The facet of every version.
    pub fn every() -> Self {
        Self::new(FacetKind::Every, "")
    }

    /// Subject area, by slug.
    pub fn field(slug: &str) -> Self {
        Self::new(FacetKind::Field, slug)
    }

    /// A unit that settles the procedure, by code.
    pub fn unit(code: &str) -> Self {
        Self::new(FacetKind::Unit, code)
    }

    /// Level of government.
    pub fn level(level: Level) -> Self {
        Self::new(FacetKind::Level, level.code())
    }

    /// Level of online service; values of different scales are different facets.
    pub fn service_level(level: ServiceLevel) -> Self {
        Self::new(FacetKind::ServiceLevel, format!("{}:{}", level.scale, level.value))
    }

    /// Who performs the procedure.
    pub fn subject(kind: SubjectKind) -> Self {
        Self::new(FacetKind::Subject, kind.code())
    }

    /// Way to send the dossier.
    pub fn channel(kind: ChannelKind) -> Self {
        Self::new(FacetKind::Channel, kind.code())
    }

    /// Something that is missing or doubtful.
    pub fn finding(code: FindingCode) -> Self {
        Self::new(FacetKind::Finding, code.code())
    }

    /// A legal document, by key.
    pub fn document(key: &str) -> Self {
        Self::new(FacetKind::Document, key)
    }

    /// A place such as `5.2.a` in the legal document of a key.
    pub fn article(key: &str, place: &str) -> Self {
        Self::new(FacetKind::Article, format!("{key}#{place}"))
    }
}

/// Some values of one kind of facet: one of them must stand on a version. No values: nothing does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    pub kind: FacetKind,
    pub values: Vec<String>,
}

impl Condition {
    /// One of `values`.
    pub fn any(kind: FacetKind, mut values: Vec<String>) -> Self {
        values.sort();
        values.dedup();
        Self { kind, values }
    }
}

impl From<Facet> for Condition {
    fn from(facet: Facet) -> Self {
        Self { kind: facet.kind, values: vec![facet.value] }
    }
}

/// What a list or a search is narrowed by: all of it must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub conditions: Vec<Condition>,
    /// Only versions written or closed at this moment or later.
    pub updated_since: Option<NaiveDateTime>,
}
