//! The rules behind the deadlines, and their later versions.

use actix_web::{HttpResponse, get, put, web};
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::obligations::{DeadlineRule, RuleKind, RuleShape, Timing};
use kstt_domain::period::{OPEN_END, OPEN_START, known_end, known_start};
use kstt_domain::policy::actions::EditDeadlineRule;
use kstt_domain::policy::{Action, Target};
use kstt_persistence::audit::Change;
use kstt_persistence::obligations::{self as rows, NewRuleVersion, RuleRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, Halt, IfMatch, IfNoneMatch, Page, Params, ProblemCode, Reply, Tx,
    Visitor, as_of, say,
};

/// A deadline rule in one of its versions.
#[derive(Debug, Serialize, ToSchema)]
struct RuleVersion {
    /// Versions are counted from 1.
    #[schema(minimum = 1, maximum = 1000000)]
    version: i64,
    /// The first day it holds; null: from the beginning.
    valid_from: Option<NaiveDate>,
    /// The first day it no longer holds; null: still open.
    valid_to: Option<NaiveDate>,
    /// Why it was changed; null for what was shipped.
    #[schema(max_length = 500)]
    reason: Option<String>,
    created_at: DateTime<Utc>,
    /// How the deadline is set, a code of the list `rule_shape`.
    shape: RuleShape,
    rule: DeadlineRule,
}

impl RuleVersion {
    fn of(row: RuleRow) -> Result<Self, ApiError> {
        let rule = row.read()?;
        Ok(Self {
            version: row.version,
            valid_from: known_start(row.valid_from),
            valid_to: known_end(row.valid_to),
            reason: row.reason,
            created_at: row.created_at.and_utc(),
            shape: rule.timing.shape(),
            rule,
        })
    }
}

/// Which rules to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RulesQuery {
    /// The day they hold; today when missing.
    as_of: Option<NaiveDate>,
    /// Only rules of this shape.
    shape: Option<RuleShape>,
    /// Only rules of this kind.
    kind: Option<RuleKind>,
}

/// List the deadline rules
///
/// Every clock of the law that holds on a day, in the order of ids, with its legal basis and how sure it
/// is. There are fewer than a hundred, so that they come in one page.
#[utoipa::path(tag = "obligations", operation_id = "listDeadlineRules", security(()), params(RulesQuery, IfNoneMatch),
    responses((status = 200, description = "The rules", body = Page<RuleVersion>), (status = 304, description = "Nothing changed"), problems::Open))]
#[get("/v1/deadline-rules")]
async fn list_rules(visitor: Visitor, query: Params<RulesQuery>) -> Result<HttpResponse, ApiError> {
    let query = query.0;
    let day = as_of(query.as_of, visitor.today());
    let found = visitor.read(move |conn| Ok(rows::rules_on(conn, day)?)).await?;
    let mut items = Vec::new();
    for row in found {
        let version = RuleVersion::of(row)?;
        let kind = query.kind.is_none_or(|kind| kind == version.rule.kind);
        if kind && query.shape.is_none_or(|shape| shape == version.shape) {
            items.push(version);
        }
    }
    Ok(visitor.answer(Reply::ok(&Page { items, next_cursor: None, count: None })?.tagged(1)))
}

/// A rule with its history.
#[derive(Debug, Serialize, ToSchema)]
struct RuleHistory {
    /// As it holds on the day asked for; null when it does not hold on that day.
    current: Option<RuleVersion>,
    /// All versions, oldest first.
    #[schema(max_items = 1000)]
    versions: Vec<RuleVersion>,
}

/// The day a rule is read for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayQuery {
    /// Today when missing.
    as_of: Option<NaiveDate>,
}

/// Read a deadline rule
///
/// As it holds on a day, with all its versions.
#[utoipa::path(tag = "obligations", operation_id = "getDeadlineRule", security(()),
    params(("id" = String, Path, description = "Id of the rule", max_length = 10, example = "K-30"), DayQuery, IfNoneMatch),
    responses((status = 200, description = "The rule", body = RuleHistory), (status = 304, description = "Nothing changed"), problems::Open, problems::Missing))]
#[get("/v1/deadline-rules/{id}")]
async fn get_rule(
    visitor: Visitor,
    id: web::Path<String>,
    query: Params<DayQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = as_of(query.0.as_of, visitor.today());
    let versions = visitor.read(move |conn| Ok(rows::rule_versions(conn, &id)?)).await?;
    Ok(visitor.answer(history(versions, day)?))
}

fn history(versions: Vec<RuleRow>, day: NaiveDate) -> Result<Reply, ApiError> {
    let last = versions.last().ok_or_else(ApiError::not_found)?.version;
    let holds = |row: &&RuleRow| row.valid_from <= day && day < row.valid_to;
    let current = versions.iter().find(holds).cloned().map(RuleVersion::of).transpose()?;
    let versions = versions.into_iter().map(RuleVersion::of).collect::<Result<_, _>>()?;
    Ok(Reply::ok(&RuleHistory { current, versions })?.tagged(last))
}

/// Other numbers for a rule that the law leaves open.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "valid_from": "2020-01-01", "reason": "Công văn của Văn phòng Chính phủ",
    "timing": {"shape": "recurring", "every": {"rhythm": "quarter",
        "cutoffs": [{"owed_by": ["commune"], "month": 3, "day": 20, "inclusive": true}]}}
}))]
struct RuleChange {
    /// The first day it holds; later than the day the version before it began.
    valid_from: NaiveDate,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// When the deadline is; of the same shape as before.
    timing: Timing,
    /// A row is due soon from this many working days before it warns; as before when missing.
    #[schema(minimum = 0, maximum = 60)]
    soon_working_days: Option<u32>,
}

/// Set a rule that the law leaves open
///
/// From a day on, as a new version; what was counted by the version before keeps its dates until it is
/// recomputed. Rules that the law fixes are refused. `If-Match` is the `ETag` of the rule.
#[utoipa::path(tag = "obligations", operation_id = "setDeadlineRule", request_body = RuleChange,
    params(("id" = String, Path, description = "Id of the rule", max_length = 10, example = "K-30"), IfMatch),
    responses((status = 200, description = "The rule as it is now", body = RuleHistory), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("deadline_rules.edit"))))]
#[put("/v1/deadline-rules/{id}")]
async fn set_rule(
    caller: Caller,
    id: web::Path<String>,
    body: Body<RuleChange>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EditDeadlineRule)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| set_in(tx, &id, expected.clone()?, &wanted)).await
}

fn set_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &RuleChange) -> Result<Reply, Halt> {
    let versions = rows::rule_versions(tx.conn, id)?;
    let last = versions.last().cloned().ok_or_else(ApiError::not_found)?;
    let permit = tx.permit::<EditDeadlineRule>(&Target::city(id))?;
    if last.version != expected {
        let mut stale = ApiError::new(ProblemCode::StaleVersion);
        stale.0.current_etag = history(versions, kstt_domain::calendar::vn_date(tx.now))?.etag;
        return Err(stale.into());
    }
    let before = last.read()?;
    let (after, reason) = changed(&before, &last, wanted)?;
    if !before.open {
        let detail =
            say("Luật đã ấn định thời hạn này.", "The law fixes this deadline: it is not open to be set.");
        return Err(ApiError::conflict(detail).into());
    }
    let row = RuleRow {
        rule: id.to_owned(),
        version: last.version + 1,
        valid_from: wanted.valid_from,
        valid_to: last.valid_to,
        body: serde_json::to_string(&after).map_err(kstt_persistence::Error::from)?,
        reason: Some(reason.clone()),
        created_at: tx.now.naive_utc(),
    };
    rows::publish_rule(tx.conn, &permit, &NewRuleVersion { before: last.version, row })
        .map_err(|error| if error.is_unique_violation() { Halt::Raced } else { error.into() })?;
    let change = Change {
        kind: "deadline_rule",
        id,
        key: id,
        before: Some(json!({ "version": last.version, "timing": before.timing })),
        after: Some(json!({
            "version": last.version + 1, "valid_from": wanted.valid_from, "timing": after.timing
        })),
        reason: Some(&reason),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    Ok(history(rows::rule_versions(tx.conn, id)?, wanted.valid_from)?)
}

fn changed(
    before: &DeadlineRule,
    last: &RuleRow,
    wanted: &RuleChange,
) -> Result<(DeadlineRule, String), ApiError> {
    let mut faults = Faults::default();
    let reason = faults.line("/reason", &wanted.reason, 500);
    faults.day("/valid_from", wanted.valid_from);
    if wanted.valid_from <= last.valid_from.max(OPEN_START) || wanted.valid_from >= last.valid_to {
        let detail = say(
            "Phải sau ngày bắt đầu của phiên bản hiện có.",
            "It must lie after the first day of the version before it.",
        );
        faults.add("/valid_from", "outside_period", detail);
    }
    if wanted.timing.shape() != before.timing.shape() {
        let detail = say("Không đổi được cách tính của quy tắc.", "The shape of a rule does not change.");
        faults.add("/timing/shape", "other_shape", detail);
    }
    let after = DeadlineRule {
        timing: wanted.timing.clone(),
        soon_working_days: wanted.soon_working_days.unwrap_or(before.soon_working_days),
        valid_from: Some(wanted.valid_from),
        valid_to: (last.valid_to != OPEN_END).then_some(last.valid_to),
        ..before.clone()
    };
    for fault in after.faults() {
        faults.add(fault.pointer, fault.code, say("Quy tắc không hợp lệ.", "The rule is not sound."));
    }
    faults.finish()?;
    Ok((after, reason))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_rules).service(get_rule).service(set_rule);
}
