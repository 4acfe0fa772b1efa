//! Grants: who holds which role where, and since when.

use actix_web::{HttpResponse, get, post, web};
use kstt_domain::calendar::vn_date;
use kstt_domain::period::{OPEN_END, Period};
use kstt_domain::policy::actions::{EndGrant, GiveGrant, ReadAccounts};
use kstt_domain::policy::{Action, ActionKind, Permit, Target};
use kstt_persistence::accounts::{self, GrantRow};
use kstt_persistence::audit::Change;
use kstt_persistence::units::{self, UnitRow};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use super::admin::{account_for, refuse_oneself};
use super::wire::{Ending, GrantView, NewGrant};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Faults, Halt, IdempotencyKey, IfMatch, IfNoneMatch, Page, Reply, Tx, say,
};

/// The path of a unit today, for the policy.
pub fn own_tree(tx: &mut Tx<'_>, unit_id: &str) -> Result<Vec<String>, ApiError> {
    Ok(units::path_of(tx.conn, unit_id, vn_date(tx.now))?)
}

/// Reads a wanted grant; faults are collected, an unknown unit is refused at once.
pub fn new_grant(
    tx: &mut Tx<'_>,
    faults: &mut Faults,
    pointer: &str,
    user_id: &str,
    wanted: &NewGrant,
) -> Result<(GrantRow, UnitRow), ApiError> {
    let today = vn_date(tx.now);
    let from = faults.day(&format!("{pointer}/valid_from"), wanted.valid_from.unwrap_or(today));
    let to = wanted.valid_to.map(|day| faults.day(&format!("{pointer}/valid_to"), day));
    let period = Period::of(Some(from), to);
    if !period.is_proper() {
        let detail = say("Ngày thôi phải sau ngày bắt đầu.", "The end must come after the start.");
        faults.add(format!("{pointer}/valid_to"), "empty_period", detail);
    }
    let basis = faults.optional_line(&format!("{pointer}/basis"), wanted.basis.as_deref(), 300);
    let Some(unit) = units::by_code(tx.conn, &wanted.unit)? else {
        let detail = say("Không có đơn vị này.", "There is no such unit.");
        faults.add(format!("{pointer}/unit"), "unknown_unit", detail);
        return Err(std::mem::take(faults).finish().err().unwrap_or_else(ApiError::not_found));
    };
    if units::period_on(tx.conn, &unit.id, from)?.is_none() {
        let detail =
            say("Đơn vị không tồn tại vào ngày bắt đầu.", "The unit does not exist on the first day.");
        faults.add(format!("{pointer}/unit"), "unit_not_there", detail);
    }
    let fresh = GrantRow::fresh(tx.id(), user_id, wanted.role, &unit.id, period, tx.now.naive_utc());
    let row = GrantRow { basis, ..fresh };
    Ok((row, unit))
}

/// Writes the audit row of a grant given or ended.
pub fn audit_grant<A: ActionKind>(
    tx: &mut Tx<'_>,
    permit: &Permit<A>,
    (grant, unit): (&GrantRow, &UnitRow),
    reason: Option<&str>,
) -> Result<(), ApiError> {
    let last = (grant.valid_to != OPEN_END).then_some(grant.valid_to);
    let after = json!({
        "user_id": grant.user_id, "role": grant.role.0, "unit": unit.code,
        "valid_from": grant.valid_from, "valid_to": last,
    });
    let change = Change {
        kind: "grant",
        id: &grant.id,
        key: &grant.id,
        unit_id: Some(&grant.unit_id),
        after: Some(after),
        reason,
        ..Change::default()
    };
    tx.audit(permit, change)
}

/// List the grants of an account
///
/// All of them, past and to come, oldest first.
#[utoipa::path(tag = "accounts", operation_id = "listGrants",
    params(("id" = String, Path, description = "UUID of the account", max_length = 36)),
    responses((status = 200, description = "The grants", body = Page<GrantView>), problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("accounts.read"))))]
#[get("/v1/accounts/{id}/grants")]
async fn list(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadAccounts)?;
    let here = caller.clone();
    let rows = caller
        .read(move |conn| {
            account_for::<ReadAccounts>(&mut Tx::of_request(conn, &here, &here.actor), &id)?;
            Ok(accounts::grants_of(conn, &id)?)
        })
        .await?;
    let items = rows.into_iter().map(GrantView::from).collect();
    Ok(Reply::ok(&Page { items, next_cursor: None, count: None })?.into_response())
}

/// Read a grant
///
/// With its `ETag`, which ending it needs.
#[utoipa::path(tag = "accounts", operation_id = "getGrant",
    params(("id" = String, Path, description = "UUID of the account", max_length = 36),
        ("grant_id" = String, Path, description = "UUID of the grant", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The grant", body = GrantView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("accounts.read"))))]
#[get("/v1/accounts/{id}/grants/{grant_id}")]
async fn get_grant(caller: Caller, path: web::Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadAccounts)?;
    let here = caller.clone();
    let found = caller
        .read(move |conn| {
            account_for::<ReadAccounts>(&mut Tx::of_request(conn, &here, &here.actor), &path.0)?;
            accounts::grant(conn, &path.0, &path.1)?.ok_or_else(ApiError::not_found)
        })
        .await?;
    let version = found.0.version;
    Ok(caller.answer(Reply::ok(&GrantView::from(found))?.tagged(version)))
}

/// Give a grant
///
/// From its first day on, new tokens of the person may act in that role for that unit.
#[utoipa::path(tag = "accounts", operation_id = "giveGrant", request_body = NewGrant,
    params(("id" = String, Path, description = "UUID of the account", max_length = 36), IdempotencyKey),
    responses((status = 201, description = "The grant", body = GrantView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Collision),
    extensions(("x-action" = json!("grants.give"))))]
#[post("/v1/accounts/{id}/grants")]
async fn give(caller: Caller, id: web::Path<String>, body: Body<NewGrant>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::GiveGrant)?;
    let (wanted, app) = (body.value, caller.app.clone());
    let response = caller.write(&body.hash, move |tx| give_in(tx, &id, &wanted)).await;
    app.actors.clear();
    response
}

fn give_in(tx: &mut Tx<'_>, id: &str, wanted: &NewGrant) -> Result<Reply, Halt> {
    account_for::<ReadAccounts>(tx, id)?;
    let mut faults = Faults::default();
    let (grant, unit) = new_grant(tx, &mut faults, "", id, wanted)?;
    let path = own_tree(tx, &unit.id)?;
    let permit = tx.permit::<GiveGrant>(&Target::unit(&grant.id, path))?;
    refuse_oneself(tx, id)?;
    faults.finish()?;
    let period = Period { from: grant.valid_from, to: grant.valid_to };
    let doubled = accounts::grants_of(tx.conn, id)?.into_iter().any(|(other, _)| {
        other.role == grant.role
            && other.unit_id == grant.unit_id
            && Period { from: other.valid_from, to: other.valid_to }.overlaps(&period)
    });
    if doubled {
        let detail =
            say("Vai trò này đã được giao trong thời gian đó.", "The role is held in that period already.");
        return Err(ApiError::conflict(detail).into());
    }
    accounts::give_grant(tx.conn, &permit, &grant)?;
    audit_grant(tx, &permit, (&grant, &unit), None)?;
    let location = format!("/v1/accounts/{id}/grants/{}", grant.id);
    Ok(Reply::created(location, &GrantView::from((grant, unit)))?.tagged(1))
}

/// End a grant
///
/// The role no longer holds from the day named; `on` may lie in the future.
#[utoipa::path(tag = "accounts", operation_id = "endGrant", request_body = Ending,
    params(("id" = String, Path, description = "UUID of the account", max_length = 36),
        ("grant_id" = String, Path, description = "UUID of the grant", max_length = 36), IfMatch),
    responses((status = 200, description = "The grant as it is now", body = GrantView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Precondition, problems::Collision),
    extensions(("x-action" = json!("grants.end"))))]
#[post("/v1/accounts/{id}/grants/{grant_id}/end")]
async fn end_grant(
    caller: Caller,
    path: web::Path<(String, String)>,
    body: Body<Ending>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::EndGrant)?;
    let (expected, wanted, app) = (caller.expected_version(), body.value, caller.app.clone());
    let response =
        caller.write(&body.hash, move |tx| end_in(tx, (&path.0, &path.1), expected.clone()?, &wanted)).await;
    app.actors.clear();
    response
}

fn end_in(
    tx: &mut Tx<'_>,
    (id, grant_id): (&str, &str),
    expected: i64,
    wanted: &Ending,
) -> Result<Reply, Halt> {
    account_for::<ReadAccounts>(tx, id)?;
    let (grant, unit) = accounts::grant(tx.conn, id, grant_id)?.ok_or_else(ApiError::not_found)?;
    let path = own_tree(tx, &unit.id)?;
    let permit = tx.permit::<EndGrant>(&Target::unit(grant_id, path))?;
    refuse_oneself(tx, id)?;
    let mut faults = Faults::default();
    let reason = faults.optional_line("/reason", wanted.reason.as_deref(), 500);
    faults.day("/on", wanted.on);
    if wanted.on <= grant.valid_from || wanted.on > grant.valid_to {
        let detail =
            say("Phải nằm trong thời gian giữ vai trò.", "It must lie within the period of the grant.");
        faults.add("/on", "outside_period", detail);
    }
    faults.finish()?;
    if !accounts::end_grant(tx.conn, &permit, expected, wanted.on, tx.now.naive_utc())? {
        let version = grant.version;
        let etag = Reply::ok(&GrantView::from((grant, unit)))?.tagged(version).etag;
        return Err(ApiError::stale(etag).into());
    }
    let (grant, unit) = accounts::grant(tx.conn, id, grant_id)?.ok_or_else(ApiError::not_found)?;
    audit_grant(tx, &permit, (&grant, &unit), reason.as_deref())?;
    let version = grant.version;
    Ok(Reply::ok(&GrantView::from((grant, unit)))?.tagged(version))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_grant).service(give).service(end_grant);
}
