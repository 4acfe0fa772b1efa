//! What can be measured.

use kstt_domain::analytics::{
    AnalyticsDimension, AnalyticsFilter, AnalyticsKind, AnalyticsMeasure, AnalyticsRoom, AnalyticsUnit,
};
use kstt_domain::codes::Code;
use serde::Serialize;
use utoipa::ToSchema;

/// The catalogue of analytics.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsCatalogue)]
pub struct Catalogue {
    #[schema(max_items = 200)]
    measures: Vec<MeasureView>,
    #[schema(max_items = 20)]
    dimensions: Vec<DimensionView>,
}

/// A measure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsMeasureTraits)]
struct MeasureView {
    measure: AnalyticsMeasure,
    label: Words,
    /// What exactly is counted.
    meaning: Words,
    /// Whose records are counted.
    room: AnalyticsRoom,
    kind: AnalyticsKind,
    unit: AnalyticsUnit,
    /// It is how things stand on the last day of a window, and not what happened in it.
    is_stock: bool,
    #[schema(max_items = 20)]
    dimensions: &'static [AnalyticsDimension],
    #[schema(max_items = 20)]
    filters: &'static [AnalyticsFilter],
}

/// A dimension.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsDimensionTraits)]
struct DimensionView {
    dimension: AnalyticsDimension,
    label: Words,
    /// A question has at most one of time.
    is_time: bool,
}

/// The same in two languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalyticsWords)]
struct Words {
    #[schema(max_length = 300)]
    vi: &'static str,
    #[schema(max_length = 300)]
    en: &'static str,
}

/// All there is.
pub fn catalogue() -> Catalogue {
    let measure = |measure: &AnalyticsMeasure| {
        let traits = measure.traits();
        let (vi, en) = traits.meaning;
        MeasureView {
            measure: *measure,
            label: label(*measure),
            meaning: Words { vi, en },
            room: traits.room,
            kind: traits.kind,
            unit: traits.unit,
            is_stock: traits.is_stock,
            dimensions: traits.dimensions,
            filters: traits.filters,
        }
    };
    let dimension = |dimension: &AnalyticsDimension| DimensionView {
        dimension: *dimension,
        label: label(*dimension),
        is_time: dimension.is_time(),
    };
    Catalogue {
        measures: AnalyticsMeasure::ALL.iter().map(measure).collect(),
        dimensions: AnalyticsDimension::ALL.iter().map(dimension).collect(),
    }
}

fn label(code: impl Code) -> Words {
    Words { vi: code.label_vi(), en: code.label_en() }
}
