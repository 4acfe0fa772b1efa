//! Analytics: a closed catalogue of measures, what each may be told by, and the arithmetic of figures.

mod codes;
mod figures;
mod measures;
mod window;

#[cfg(test)]
mod tests;

pub use codes::{
    AnalyticsComparison, AnalyticsDimension, AnalyticsFilter, AnalyticsKind, AnalyticsMeasure, AnalyticsRoom,
    AnalyticsUnit,
};
pub use figures::{Figure, Tally};
pub use measures::MeasureTraits;
pub use window::{Window, first_of_month};
