//! Administration of accounts: an administrator of the centre for all, one of a lower unit for
//! accounts whose grants lie in its tree.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, put, web};
use base64::Engine;
use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::policy::actions::{ChangeAccount, CreateAccount, GiveGrant, ReadAccounts, ResetPassword};
use kstt_domain::policy::{Action, ActionKind, Actor, Permit, Reach, Target, permit, reach};
use kstt_persistence::accounts::{self, AccountChange, UserFilter, UserRow};
use kstt_persistence::audit::Change;
use kstt_persistence::{Conn, units};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::grants::{audit_grant, new_grant, own_tree};
use super::wire::{AccountUpdate, AccountView, IssuedAccount, NewAccount};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, Faults, Halt, IdempotencyKey, IfMatch, IfNoneMatch, Page, Params, Reply,
    Tx, say, stored_moment,
};

/// Lists accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AccountQuery {
    /// Only accounts changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// Whether the caller may do `A` to an account: as far as any of its live grants lies in reach, to
/// read it; as far as all of them and all that are to come do, to change it. A password set today
/// still opens the account when a grant of tomorrow begins.
fn account_permit<A: ActionKind>(
    conn: &mut Conn,
    actor: &Actor,
    user_id: &str,
    today: NaiveDate,
) -> Result<Option<Permit<A>>, ApiError> {
    let reading = A::ACTION == Action::ReadAccounts;
    let mut paths = Vec::new();
    for (grant, unit) in accounts::grants_of(conn, user_id)? {
        let is_to_come = grant.valid_from > today;
        if grant.valid_to > today && !(reading && is_to_come) {
            paths.push(units::path_of(conn, &unit.id, grant.valid_from.max(today))?);
        }
    }
    if paths.is_empty() {
        paths.push(Vec::new());
    }
    let permits: Vec<_> =
        paths.into_iter().map(|path| permit::<A>(actor, &Target::unit(user_id, path))).collect();
    if !reading && permits.iter().any(Result::is_err) {
        return Ok(None);
    }
    Ok(permits.into_iter().find_map(Result::ok))
}

/// The account of `id` and the permit to do `A` to it: 404 when the caller may not even read it.
pub fn account_for<A: ActionKind>(tx: &mut Tx<'_>, id: &str) -> Result<(UserRow, Permit<A>), ApiError> {
    let today = kstt_domain::calendar::vn_date(tx.now);
    let user = accounts::user(tx.conn, id)?.ok_or_else(ApiError::not_found)?;
    account_permit::<ReadAccounts>(tx.conn, tx.actor, id, today)?.ok_or_else(ApiError::not_found)?;
    let permit = account_permit::<A>(tx.conn, tx.actor, id, today)?.ok_or_else(ApiError::forbidden)?;
    if A::ACTION != Action::ReadAccounts {
        refuse_oneself(tx, id)?;
    }
    Ok((user, permit))
}

/// Nobody administers their own account: not their rights, nor a lock they could not undo.
pub fn refuse_oneself(tx: &Tx<'_>, id: &str) -> Result<(), ApiError> {
    if tx.actor.id != id {
        return Ok(());
    }
    let vi = "Không tự quản trị tài khoản của mình; hãy nhờ một quản trị viên khác.";
    Err(ApiError::conflict(say(vi, "Nobody administers their own account; ask another administrator.")))
}

/// List accounts
///
/// Accounts in the order of usernames: all for an administrator of the centre, those with a grant in
/// its tree for one of a lower unit.
#[utoipa::path(tag = "accounts", operation_id = "listAccounts", params(AccountQuery), responses(
    (status = 200, description = "A page of accounts", body = Page<AccountView>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("accounts.read"))))]
#[get("/v1/accounts")]
async fn list(caller: Caller, query: Params<AccountQuery>) -> Result<HttpResponse, ApiError> {
    let range = reach(&caller.actor, Action::ReadAccounts).ok_or_else(ApiError::forbidden)?;
    let query = query.0;
    let limit = crate::http::limit(query.limit)?;
    let filters = format!("accounts {:?} {}", query.updated_since, caller.actor.id);
    let secret = caller.app.cursor_secret().to_vec();
    let after = query.cursor.map(|text| Cursor::open(&text, &filters, &secret)).transpose()?;
    let (today, own) = (caller.today(), caller.actor.unit.clone());
    let rows = caller
        .read(move |conn| {
            let units = match (range, own) {
                (Reach::City, _) => None,
                (_, Some(unit)) => Some(units::subtree_of(conn, &unit.id, today)?),
                (_, None) => Some(Vec::new()),
            };
            let filter = UserFilter { units, updated_since: query.updated_since.map(stored_moment) };
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            Ok(accounts::list(conn, &filter, today, after, i64::from(limit) + 1)?)
        })
        .await?;
    let next =
        |row: &UserRow| Cursor::after(&row.username, "", &filters, None).seal(caller.app.cursor_secret());
    Ok(Reply::ok(&Page::of(rows, usize::from(limit), None, next, AccountView::from))?.into_response())
}

/// Read an account
///
/// With its `ETag`, which every change of it needs.
#[utoipa::path(tag = "accounts", operation_id = "getAccount",
    params(("id" = String, Path, description = "UUID of the account", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The account", body = AccountView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("accounts.read"))))]
#[get("/v1/accounts/{id}")]
async fn get_account(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadAccounts)?;
    let (actor, today) = (caller.actor.clone(), caller.today());
    let row = caller
        .read(move |conn| {
            let user = accounts::user(conn, &id)?.ok_or_else(ApiError::not_found)?;
            let permit = account_permit::<ReadAccounts>(conn, &actor, &user.id, today)?;
            permit.map(|_| user).ok_or_else(ApiError::not_found)
        })
        .await?;
    let version = row.version;
    Ok(caller.answer(Reply::ok(&AccountView::from(row))?.tagged(version)))
}

fn temporary_password(app: &crate::app::App) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(app.ids.random(15))
}

/// Create an account
///
/// With its first grant and a temporary password that is shown once and must be changed.
#[utoipa::path(tag = "accounts", operation_id = "createAccount", params(IdempotencyKey), request_body = NewAccount, responses(
    (status = 201, description = "The account and its temporary password", body = IssuedAccount),
    problems::Open, problems::Guarded, problems::Content, problems::Collision,
), extensions(("x-action" = json!("accounts.create"))))]
#[post("/v1/accounts")]
async fn create(caller: Caller, body: Body<NewAccount>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::CreateAccount)?;
    let wanted = body.value;
    let password = temporary_password(&caller.app);
    let hash = caller.app.passwords.hash(password.clone(), caller.app.ids.random(16)).await?;
    caller.write(&body.hash, move |tx| create_in(tx, &wanted, &password, &hash)).await
}

fn create_in(tx: &mut Tx<'_>, wanted: &NewAccount, password: &str, hash: &str) -> Result<Reply, Halt> {
    let mut faults = Faults::default();
    let display_name = faults.line("/display_name", &wanted.display_name, 200);
    let email = faults.optional_line("/email", wanted.email.as_deref(), 200);
    let phone = faults.optional_line("/phone", wanted.phone.as_deref(), 40);
    check_username(&mut faults, &wanted.username);
    let user_id = tx.id();
    let (grant, unit) = new_grant(tx, &mut faults, "/grant", &user_id, &wanted.grant)?;
    let path = own_tree(tx, &unit.id)?;
    let permit = tx.permit::<CreateAccount>(&Target::unit(&user_id, path.clone()))?;
    let may_grant = tx.permit::<GiveGrant>(&Target::unit(&grant.id, path))?;
    faults.finish()?;
    if accounts::by_username(tx.conn, &wanted.username)?.is_some() {
        let detail = say("Tên đăng nhập đã có.", "The username is taken.");
        return Err(ApiError::conflict(detail).into());
    }
    let fresh = UserRow::fresh(user_id, &wanted.username, &display_name, hash, tx.now.naive_utc());
    let row = UserRow { email, phone, ..fresh };
    accounts::create(tx.conn, &permit, &row)?;
    accounts::give_grant(tx.conn, &may_grant, &grant)?;
    let after = json!({ "username": row.username, "display_name": row.display_name });
    let change = Change {
        kind: "account",
        id: &row.id,
        key: &row.username,
        unit_id: Some(&unit.id),
        after: Some(after),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    audit_grant(tx, &may_grant, (&grant, &unit), None)?;
    let location = format!("/v1/accounts/{}", row.id);
    issued(StatusCode::CREATED, Some(location), row, password).map_err(Halt::from)
}

/// Checks a new username.
pub fn check_username(faults: &mut Faults, username: &str) {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let first = username.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !(3..=60).contains(&username.len()) || !first || !username.chars().all(inside) {
        let detail = say(
            "Tên đăng nhập gồm 3–60 chữ thường a–z, chữ số, dấu . _ -.",
            "A username is 3–60 of a–z, digits, . _ -.",
        );
        faults.add("/username", "pattern", detail);
    }
}

/// The account with its new password; what is kept for a retry holds no password.
fn issued(
    status: StatusCode,
    location: Option<String>,
    row: UserRow,
    password: &str,
) -> Result<Reply, ApiError> {
    let version = row.version;
    let mut answer =
        IssuedAccount { account: AccountView::from(row), temporary_password: Some(password.to_owned()) };
    let etag = Reply::ok(&answer.account)?.tagged(version).etag;
    let mut reply = Reply::ok(&answer)?;
    answer.temporary_password = None;
    reply.kept = Some(Reply::ok(&answer)?.body);
    (reply.status, reply.location, reply.etag) = (status, location, etag);
    Ok(reply)
}

/// Change an account
///
/// Replaces name and contacts, disables or enables. Disabling ends all sessions.
#[utoipa::path(tag = "accounts", operation_id = "updateAccount", request_body = AccountUpdate,
    params(("id" = String, Path, description = "UUID of the account", max_length = 36), IfMatch),
    responses((status = 200, description = "The account as it is now", body = AccountView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Precondition, problems::Collision),
    extensions(("x-action" = json!("accounts.change"))))]
#[put("/v1/accounts/{id}")]
async fn update(
    caller: Caller,
    id: web::Path<String>,
    body: Body<AccountUpdate>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ChangeAccount)?;
    let (expected, wanted, app) = (caller.expected_version(), body.value, caller.app.clone());
    let response = caller.write(&body.hash, move |tx| update_in(tx, &id, expected.clone()?, &wanted)).await;
    app.actors.clear();
    response
}

fn update_in(tx: &mut Tx<'_>, id: &str, expected: i64, wanted: &AccountUpdate) -> Result<Reply, Halt> {
    let (user, permit) = account_for::<ChangeAccount>(tx, id)?;
    let mut faults = Faults::default();
    let change = AccountChange {
        display_name: faults.line("/display_name", &wanted.display_name, 200),
        email: faults.optional_line("/email", wanted.email.as_deref(), 200),
        phone: faults.optional_line("/phone", wanted.phone.as_deref(), 40),
        disabled_at: wanted.disabled.then(|| user.disabled_at.unwrap_or(tx.now.naive_utc())),
        locked_until: None,
        failed_logins: 0,
        version: expected + 1,
        updated_at: tx.now.naive_utc(),
    };
    let reason = faults.optional_line("/reason", wanted.reason.as_deref(), 500);
    faults.finish()?;
    if !accounts::change(tx.conn, &permit, expected, &change)? {
        let etag = Reply::ok(&AccountView::from(user.clone()))?.tagged(user.version).etag;
        return Err(ApiError::stale(etag).into());
    }
    if wanted.disabled {
        let real_now = tx.app.clock.real_now().naive_utc();
        accounts::end_sessions_of(tx.conn, id, None, "account_disabled", real_now)?;
    }
    let row = accounts::user(tx.conn, id)?.ok_or_else(ApiError::not_found)?;
    let states = [&user, &row]
        .map(|row| json!({ "display_name": row.display_name, "disabled": row.disabled_at.is_some() }));
    let [before, after] = states;
    let change = Change {
        kind: "account",
        id,
        key: &row.username,
        before: Some(before),
        after: Some(after),
        reason: reason.as_deref(),
        ..Change::default()
    };
    tx.audit(&permit, change)?;
    let version = row.version;
    Ok(Reply::ok(&AccountView::from(row))?.tagged(version))
}

/// Reset a password
///
/// Makes a temporary password that is shown once and must be changed, and ends all sessions.
#[utoipa::path(tag = "accounts", operation_id = "resetPassword",
    params(("id" = String, Path, description = "UUID of the account", max_length = 36), IdempotencyKey),
    responses((status = 200, description = "The account and its temporary password", body = IssuedAccount),
        problems::Open, problems::Guarded, problems::Missing, problems::Collision),
    extensions(("x-action" = json!("accounts.reset_password"))))]
#[post("/v1/accounts/{id}/password-reset")]
async fn reset_password(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ResetPassword)?;
    let password = temporary_password(&caller.app);
    let hash = caller.app.passwords.hash(password.clone(), caller.app.ids.random(16)).await?;
    let app = caller.app.clone();
    let response = caller
        .write("", move |tx| {
            let (user, permit) = account_for::<ResetPassword>(tx, &id)?;
            accounts::set_password(tx.conn, &permit, &hash, true, tx.now.naive_utc())?;
            let real_now = tx.app.clock.real_now().naive_utc();
            accounts::end_sessions_of(tx.conn, &user.id, None, "password_reset", real_now)?;
            let change = Change { kind: "account", id: &user.id, key: &user.username, ..Change::default() };
            tx.audit(&permit, change)?;
            let row = accounts::user(tx.conn, &user.id)?.ok_or_else(ApiError::not_found)?;
            issued(StatusCode::OK, None, row, &password).map_err(Halt::from)
        })
        .await;
    app.actors.clear();
    response
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_account).service(create).service(update).service(reset_password);
}
