//! What is asked of analytics, and what is told.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kstt_domain::analytics::{
    AnalyticsComparison, AnalyticsDimension, AnalyticsFilter, AnalyticsMeasure, Figure,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::http::{object, optional_object};

/// Questions in one call.
pub const MOST_QUERIES: usize = 10;
/// Characters of a question's name.
pub const LONGEST_NAME: usize = 60;
/// What names of questions are made of.
const NAME: &str = "^[A-Za-z0-9_.-]{1,60}$";

/// Questions, by names of the caller's own.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "queries": { "by_month": { "measure": "feedback_received", "dimensions": ["unit", "month"],
    "filters": { "class": "conduct" }, "from": "2019-01-01", "to": "2019-03-31", "compare": "last_year" } } }))]
pub struct AnalyticsQuestions {
    /// 1 to 10.
    #[serde(deserialize_with = "each_an_object")]
    #[schema(schema_with = queries)]
    pub queries: BTreeMap<String, AnalyticsQuery>,
    /// Only what was known on that day; today when missing.
    pub as_of: Option<NaiveDate>,
}

/// A measure of a window.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "measure": "feedback_received", "dimensions": ["unit", "month"], "from": "2019-01-01",
    "to": "2019-03-31" }))]
pub struct AnalyticsQuery {
    pub measure: AnalyticsMeasure,
    /// What it is told by: at most one of time. Nothing: only the total.
    #[serde(default)]
    #[schema(max_items = 2)]
    pub dimensions: Vec<AnalyticsDimension>,
    #[serde(default, deserialize_with = "optional_object")]
    pub filters: Option<AnalyticsFilters>,
    /// First day.
    pub from: NaiveDate,
    /// Last day; it is part of the window, which has at most 3,660.
    pub to: NaiveDate,
    /// Also tell the same of another window, beside each row.
    pub compare: Option<AnalyticsComparison>,
    /// Rows told; the total counts all of them.
    #[schema(minimum = 1, maximum = 10000, default = 1000)]
    pub limit: Option<u32>,
}

/// What a measure is narrowed by; all hold together. One that does not apply to the measure is named in the
/// answer and narrows nothing.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "unit": "D916", "class": "conduct" }))]
pub struct AnalyticsFilters {
    /// Code of a unit: it, what it inherited, and those below it.
    #[schema(min_length = 1, max_length = 20)]
    pub unit: Option<String>,
    /// Of units and dossiers a code of `unit_level`, of procedures one of `level`.
    #[schema(min_length = 1, max_length = 20)]
    pub level: Option<String>,
    /// Field (lĩnh vực), as it is stored.
    #[schema(min_length = 1, max_length = 200)]
    pub field: Option<String>,
    /// A code of `feedback_class`.
    #[schema(min_length = 1, max_length = 40)]
    pub class: Option<String>,
    /// Of feedback a code of `feedback_channel`, of dossiers one of `count_channel`.
    #[schema(min_length = 1, max_length = 40)]
    pub channel: Option<String>,
    /// Of feedback a code of `feedback_state`, of reports one of `report_state`.
    #[schema(min_length = 1, max_length = 40)]
    pub state: Option<String>,
    /// Code of a procedure.
    #[schema(min_length = 1, max_length = 40)]
    pub procedure: Option<String>,
}

/// The answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnalyticsAnswers {
    /// What was known on this day is told, where the measure allows it.
    pub as_of: NaiveDate,
    /// By the names of the questions.
    #[schema(schema_with = results)]
    pub results: BTreeMap<String, AnalyticsResult>,
}

/// The answer to one question.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnalyticsResult {
    /// By time in its order, else the largest first. What there is none of has no row.
    #[schema(max_items = 10000)]
    pub rows: Vec<AnalyticsRow>,
    /// Rows beyond the limit.
    #[schema(minimum = 0, maximum = 100000000)]
    pub left_out: usize,
    /// The measure of everything; null where there is nothing to take an average or a share of.
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 9007199254740991i64)]
    pub total: Option<Figure>,
    /// The other window and its total, when one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<ComparedWindow>,
    /// The day until which things are known that are told here.
    pub as_of: NaiveDate,
    #[schema(max_items = 8)]
    pub applied_filters: Vec<AnalyticsFilter>,
    /// What was asked for and does not apply to the measure.
    #[schema(max_items = 8)]
    pub ignored_filters: Vec<AnalyticsFilter>,
}

/// Another window of the same measure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedWindow {
    pub from: NaiveDate,
    /// Last day; it is part of the window.
    pub to: NaiveDate,
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 9007199254740991i64)]
    pub total: Option<Figure>,
}

/// One figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnalyticsRow {
    /// The value of each dimension asked for; null for what has none.
    #[schema(schema_with = keys)]
    pub keys: BTreeMap<AnalyticsDimension, Option<String>>,
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 9007199254740991i64)]
    pub value: Option<Figure>,
    /// Of the other window: keys of time stand beside those at the same place in it. Only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 9007199254740991i64)]
    pub compared: Option<Option<Figure>>,
}

fn each_an_object<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<String, AnalyticsQuery>, D::Error> {
    #[derive(Deserialize)]
    struct One(#[serde(deserialize_with = "object")] AnalyticsQuery);
    let found = BTreeMap::<String, One>::deserialize(input)?;
    Ok(found.into_iter().map(|(name, One(query))| (name, query)).collect())
}

/// Whether a question may have this name.
pub fn is_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(known)
}

fn named(schema: &str) -> ObjectBuilder {
    let names =
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(NAME)).max_length(Some(LONGEST_NAME));
    ObjectBuilder::new()
        .property_names(Some(Schema::Object(names.build())))
        .max_properties(Some(MOST_QUERIES))
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::Ref(Ref::from_schema_name(schema)))))
}

fn queries() -> Object {
    named("AnalyticsQuery").min_properties(Some(1)).build()
}

fn results() -> Object {
    named("AnalyticsResult").build()
}

fn keys() -> Object {
    let kinds = SchemaType::from_iter([Type::String, Type::Null]);
    let value = ObjectBuilder::new().schema_type(kinds).max_length(Some(200));
    ObjectBuilder::new()
        .max_properties(Some(2))
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(Schema::Object(value.build())))))
        .build()
}
