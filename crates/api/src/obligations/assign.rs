//! Giving work to an officer of the unit that owes it.

use actix_web::{HttpResponse, post, web};
use kstt_domain::calendar::vn_date;
use kstt_domain::policy::Action;
use kstt_domain::policy::actions::AssignObligation;
use kstt_persistence::accounts;
use kstt_persistence::obligations::{self as rows, ObligationRow};
use kstt_persistence::units::Viewers;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::act::{expect, finish, refuse_closed};
use super::sight;
use super::wire::ObligationView;
use crate::contract::problems;
use crate::http::{ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, Reply, Tx, say};

/// Whom it is given to.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ObligationAssignment, example = json!({ "officer_id": "0197a000-0000-7000-8000-000000000001" }))]
struct Assignment {
    /// Id of an account with a role at the unit that owes it or inherited it; null takes it back.
    #[schema(max_length = 36)]
    officer_id: Option<String>,
}

/// Give an obligation to an officer
///
/// It then stands in the officer's own list, `mine`. The unit goes on owing it.
#[utoipa::path(tag = "obligations", operation_id = "assignObligation", request_body = Assignment,
    params(("id" = String, Path, description = "UUID of the obligation", max_length = 36), IfMatch, IdempotencyKey),
    responses((status = 200, description = "The obligation as it is now", body = ObligationView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision, problems::Precondition),
    extensions(("x-action" = json!("obligations.assign"))))]
#[post("/v1/obligations/{id}/assign")]
async fn assign_obligation(
    caller: Caller,
    id: web::Path<String>,
    body: Body<Assignment>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::AssignObligation)?;
    let (expected, wanted) = (caller.expected_version(), body.value);
    caller.write(&body.hash, move |tx| assign_in(tx, &id, expected.clone()?, &wanted)).await
}

fn assign_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &Assignment) -> Result<Reply, Halt> {
    let (row, permit) = sight::open::<AssignObligation>(tx, id)?;
    expect(tx, &row, expected)?;
    let officer = wanted.officer_id.as_deref();
    if let Some(officer) = officer
        && !is_of_the_unit(tx, &row, officer)?
    {
        let mut faults = Faults::default();
        let detail =
            say("Người này không có vai trò tại đơn vị.", "This person has no role at the unit today.");
        faults.add("/officer_id", "not_of_the_unit", detail);
        faults.finish()?;
    }
    refuse_closed(&row)?;
    let after = rows::assign(tx.conn, &permit, &row, officer, tx.now.naive_utc())?;
    finish(tx, &permit, &row, after, json!({ "officer_id": officer }), None)
}

/// Whether someone has a role today at the unit whose matter it is today.
fn is_of_the_unit(tx: &mut Tx<'_>, row: &ObligationRow, officer: &str) -> Result<bool, ApiError> {
    let today = vn_date(tx.now);
    let viewers = Viewers::load(tx.conn)?.of(&row.unit_id);
    let mut owners = viewers.iter().filter(|viewer| viewer.own && viewer.period.contains(today));
    let grants = accounts::live_grants(tx.conn, officer, today)?;
    Ok(owners.any(|owner| grants.iter().any(|(grant, _)| grant.unit_id == owner.unit_id)))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(assign_obligation);
}
