//! Service clients: programs with a secret and scopes.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, put, web};
use base64::Engine;
use kstt_domain::codes::Code;
use kstt_domain::policy::actions::ManageClients;
use kstt_domain::policy::{Action, Permit, Target};
use kstt_persistence::accounts::{self, ServiceClientRow};
use kstt_persistence::audit::Change;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::wire::{ClientSpec, ClientView, IssuedClient};
use crate::contract::problems;
use crate::http::{
    ApiError, Body, Caller, Cursor, Faults, Halt, IdempotencyKey, IfMatch, IfNoneMatch, Page, Params, Reply,
    Tx, canonical,
};

/// Lists service clients.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ClientQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// List service clients
///
/// All of them, oldest first, without their secrets.
#[utoipa::path(tag = "accounts", operation_id = "listClients", params(ClientQuery), responses(
    (status = 200, description = "A page of clients", body = Page<ClientView>), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("clients.manage"))))]
#[get("/v1/clients")]
async fn list(caller: Caller, query: Params<ClientQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageClients)?;
    let limit = crate::http::limit(query.0.limit)?;
    let secret = caller.app.cursor_secret().to_vec();
    let after = query.0.cursor.map(|text| Cursor::open(&text, "clients", &secret)).transpose()?;
    let rows = caller
        .read(move |conn| {
            let after = after.as_ref().map(|cursor| cursor.key.as_str());
            Ok(accounts::clients(conn, after, i64::from(limit) + 1)?)
        })
        .await?;
    let next =
        |row: &ServiceClientRow| Cursor::after(&row.id, "", "clients", None).seal(caller.app.cursor_secret());
    Ok(Reply::ok(&Page::of(rows, usize::from(limit), None, next, ClientView::from))?.into_response())
}

/// Read a service client
///
/// With its `ETag`, which every change of it needs.
#[utoipa::path(tag = "accounts", operation_id = "getClient",
    params(("id" = String, Path, description = "The client_id", max_length = 36), IfNoneMatch),
    responses((status = 200, description = "The client", body = ClientView), (status = 304, description = "Nothing changed"),
        problems::Open, problems::Guarded, problems::Missing),
    extensions(("x-action" = json!("clients.manage"))))]
#[get("/v1/clients/{id}")]
async fn get_client(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageClients)?;
    let row = caller.read(move |conn| accounts::client(conn, &id)?.ok_or_else(ApiError::not_found)).await?;
    let version = row.version;
    Ok(caller.answer(Reply::ok(&ClientView::from(row))?.tagged(version)))
}

/// A secret that nobody guesses, in characters that need no escaping anywhere.
pub fn new_secret(app: &crate::app::App) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(app.ids.random(32))
}

fn check_scopes(faults: &mut Faults, scopes: &[kstt_domain::policy::ClientScope]) {
    if !(1..=20).contains(&scopes.len()) {
        faults.add(
            "/scopes",
            "length",
            crate::http::say("Cần 1 đến 20 phạm vi.", "It needs 1 to 20 scopes."),
        );
    }
}

fn scopes_text(scopes: &[kstt_domain::policy::ClientScope]) -> String {
    let mut scopes: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes.join(" ")
}

fn audited(tx: &mut Tx<'_>, permit: &Permit<ManageClients>, row: &ServiceClientRow) -> Result<(), ApiError> {
    let after = json!({ "name": row.name, "scopes": row.scopes, "disabled": row.disabled_at.is_some() });
    let change =
        Change { kind: "client", id: &row.id, key: &row.id, after: Some(after), ..Change::default() };
    tx.audit(permit, change)
}

/// The client with its new secret; what is kept for a retry holds no secret.
fn issued(
    status: StatusCode,
    location: Option<String>,
    row: ServiceClientRow,
    secret: &str,
) -> Result<Reply, ApiError> {
    let version = row.version;
    let mut answer = IssuedClient { client: ClientView::from(row), client_secret: Some(secret.to_owned()) };
    let etag = Reply::ok(&answer.client)?.tagged(version).etag;
    let mut reply = Reply::ok(&answer)?;
    answer.client_secret = None;
    reply.kept = Some(Reply::ok(&answer)?.body);
    (reply.status, reply.location, reply.etag) = (status, location, etag);
    Ok(reply)
}

/// Create a service client
///
/// With a secret that is shown once.
#[utoipa::path(tag = "accounts", operation_id = "createClient", params(IdempotencyKey), request_body = ClientSpec, responses(
    (status = 201, description = "The client and its secret", body = IssuedClient),
    problems::Open, problems::Guarded, problems::Content, problems::Collision,
), extensions(("x-action" = json!("clients.manage"))))]
#[post("/v1/clients")]
async fn create(caller: Caller, body: Body<ClientSpec>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageClients)?;
    let (wanted, secret) = (body.value, new_secret(&caller.app));
    caller
        .write(&body.hash, move |tx| {
            let id = tx.id();
            let permit = tx.permit::<ManageClients>(&Target::city(&id))?;
            let mut faults = Faults::default();
            let name = faults.line("/name", &wanted.name, 200);
            check_scopes(&mut faults, &wanted.scopes);
            faults.finish()?;
            let now = tx.now.naive_utc();
            let row = ServiceClientRow {
                id,
                name,
                secret_hash: canonical(secret.as_bytes()),
                scopes: scopes_text(&wanted.scopes),
                disabled_at: wanted.disabled.then_some(now),
                version: 1,
                created_at: now,
                updated_at: now,
            };
            accounts::create_client(tx.conn, &permit, &row)?;
            audited(tx, &permit, &row)?;
            let location = format!("/v1/clients/{}", row.id);
            issued(StatusCode::CREATED, Some(location), row, &secret).map_err(Halt::from)
        })
        .await
}

/// Stores a changed client under the version the caller read.
fn store(
    tx: &mut Tx<'_>,
    id: &str,
    expected: i64,
    edit: impl FnOnce(&mut ServiceClientRow),
) -> Result<ServiceClientRow, Halt> {
    let permit = tx.permit::<ManageClients>(&Target::city(id))?;
    let before = accounts::client(tx.conn, id)?.ok_or_else(ApiError::not_found)?;
    let mut row = before.clone();
    edit(&mut row);
    row.version = expected + 1;
    row.updated_at = tx.now.naive_utc();
    if !accounts::update_client(tx.conn, &permit, &row)? {
        let version = before.version;
        let etag = Reply::ok(&ClientView::from(before))?.tagged(version).etag;
        return Err(ApiError::stale(etag).into());
    }
    audited(tx, &permit, &row)?;
    Ok(row)
}

/// Change a service client
///
/// Replaces name and scopes, disables or enables; works within two seconds everywhere.
#[utoipa::path(tag = "accounts", operation_id = "updateClient", request_body = ClientSpec,
    params(("id" = String, Path, description = "The client_id", max_length = 36), IfMatch),
    responses((status = 200, description = "The client as it is now", body = ClientView), problems::Open, problems::Guarded,
        problems::Missing, problems::Content, problems::Precondition),
    extensions(("x-action" = json!("clients.manage"))))]
#[put("/v1/clients/{id}")]
async fn update(
    caller: Caller,
    id: web::Path<String>,
    body: Body<ClientSpec>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageClients)?;
    let (expected, wanted, app) = (caller.expected_version(), body.value, caller.app.clone());
    let response = caller
        .write(&body.hash, move |tx| {
            let mut faults = Faults::default();
            let name = faults.line("/name", &wanted.name, 200);
            check_scopes(&mut faults, &wanted.scopes);
            let now = tx.now.naive_utc();
            let known = accounts::client(tx.conn, &id)?.is_some();
            if !known {
                return Err(ApiError::not_found().into());
            }
            let expected = expected.clone()?;
            faults.finish()?;
            let row = store(tx, &id, expected, |row| {
                row.name = name;
                row.scopes = scopes_text(&wanted.scopes);
                row.disabled_at = wanted.disabled.then(|| row.disabled_at.unwrap_or(now));
            })?;
            let version = row.version;
            Ok(Reply::ok(&ClientView::from(row))?.tagged(version))
        })
        .await;
    app.actors.clear();
    response
}

/// Rotate a client's secret
///
/// The old secret stops working at once; the new one is shown once.
#[utoipa::path(tag = "accounts", operation_id = "rotateClientSecret",
    params(("id" = String, Path, description = "The client_id", max_length = 36), IfMatch),
    responses((status = 200, description = "The client and its new secret", body = IssuedClient), problems::Open,
        problems::Guarded, problems::Missing, problems::Precondition),
    extensions(("x-action" = json!("clients.manage"))))]
#[post("/v1/clients/{id}/secret-rotation")]
async fn rotate_secret(caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ManageClients)?;
    let (expected, secret) = (caller.expected_version(), new_secret(&caller.app));
    caller
        .write("", move |tx| {
            if accounts::client(tx.conn, &id)?.is_none() {
                return Err(ApiError::not_found().into());
            }
            let row =
                store(tx, &id, expected.clone()?, |row| row.secret_hash = canonical(secret.as_bytes()))?;
            issued(StatusCode::OK, None, row, &secret).map_err(Halt::from)
        })
        .await
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_client).service(create).service(update).service(rotate_secret);
}
