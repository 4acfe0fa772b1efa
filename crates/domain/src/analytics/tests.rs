use chrono::NaiveDate;

use super::*;
use crate::codes::Code;

fn window(from: &str, to: &str) -> Window {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    Window { from: day(from), to: day(to) }
}

#[test]
fn a_window_of_months_is_compared_with_months() {
    use AnalyticsComparison::{LastYear, Previous};
    let february = window("2020-02-01", "2020-02-29");
    assert_eq!(february.compared(Previous), Some(window("2020-01-01", "2020-01-31")));
    assert_eq!(february.compared(LastYear), Some(window("2019-02-01", "2019-02-28")));
    let quarter = window("2019-01-01", "2019-03-31");
    assert_eq!(quarter.compared(Previous), Some(window("2018-10-01", "2018-12-31")));
    let days = window("2019-03-04", "2019-03-10");
    assert_eq!(days.compared(Previous), Some(window("2019-02-25", "2019-03-03")));
    assert_eq!(days.compared(LastYear), Some(window("2018-03-04", "2018-03-10")));
}

#[test]
fn keys_of_time_come_in_order_and_weeks_are_iso() {
    let turn = window("2018-12-30", "2019-01-07");
    assert_eq!(turn.keys(AnalyticsDimension::Week), ["2018-W52", "2019-W01", "2019-W02"]);
    assert_eq!(turn.keys(AnalyticsDimension::Month), ["2018-12", "2019-01"]);
    assert_eq!(turn.keys(AnalyticsDimension::Quarter), ["2018-Q4", "2019-Q1"]);
    assert_eq!(turn.keys(AnalyticsDimension::Year), ["2018", "2019"]);
    assert!(turn.keys(AnalyticsDimension::Unit).is_empty());
    for time in AnalyticsDimension::ALL.iter().copied().filter(|dimension| dimension.is_time()) {
        for day in turn.from.iter_days().take(400) {
            assert_eq!(time.start_of(day).and_then(|start| time.key_of(start)), time.key_of(day), "{day}");
        }
    }
}

#[test]
fn figures_round_and_percentiles_are_of_the_nearest_rank() {
    let mut days = Tally::default();
    assert_eq!(days.figure(AnalyticsKind::Average, None), None);
    assert_eq!(days.figure(AnalyticsKind::Count, None), Some(Figure::Whole(0)));
    for (weight, amount) in [(1, 3), (4, 5), (30, 2)] {
        days.add(weight, amount);
    }
    // 83 days of 10 answers.
    assert_eq!(days.figure(AnalyticsKind::Average, None), Some(Figure::Tenths(83)));
    assert_eq!(days.figure(AnalyticsKind::Percentile, Some(50)), Some(Figure::Whole(4)));
    assert_eq!(days.figure(AnalyticsKind::Percentile, Some(80)), Some(Figure::Whole(4)));
    assert_eq!(days.figure(AnalyticsKind::Percentile, Some(90)), Some(Figure::Whole(30)));
    let mut ratio = Tally::default();
    ratio.add(1, 2);
    ratio.add(0, 1);
    assert_eq!(ratio.figure(AnalyticsKind::Ratio, None), Some(Figure::Tenths(667)));
}

#[test]
fn what_is_told_by_a_dimension_is_narrowed_by_it_as_well() {
    for measure in AnalyticsMeasure::ALL {
        let traits = measure.traits();
        for dimension in traits.dimensions.iter().filter(|dimension| !dimension.is_time()) {
            let filter = AnalyticsFilter::from_code(dimension.code());
            assert!(filter.is_some_and(|filter| traits.filters.contains(&filter)), "{measure} {dimension}");
        }
        assert_eq!(measure.percentile().is_some(), traits.kind == AnalyticsKind::Percentile);
    }
}
