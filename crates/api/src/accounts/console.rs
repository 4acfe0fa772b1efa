//! What an administrator does at the console, as the system itself, on record.

use base64::Engine;
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::period::Period;
use kstt_domain::policy::actions::{CreateAccount, GiveGrant, RotateKeys};
use kstt_domain::policy::{Actor, Role, Target};
use kstt_persistence::accounts::{self, GrantRow, UserRow};
use kstt_persistence::audit::Change;
use kstt_persistence::units;
use serde_json::json;

use super::grants::audit_grant;
use super::password::hash_password;
use crate::app::App;
use crate::http::{ApiError, Halt, Tx};

/// Creates an account with one grant from today; answers its temporary password.
pub fn create_from_console(
    app: &App,
    username: &str,
    name: &str,
    role: &str,
    unit: &str,
) -> Result<String, String> {
    let role = Role::from_code(role)
        .ok_or("the role is one of admin, controller, chairman, head, officer, clerk")?;
    let mut faults = crate::http::Faults::default();
    super::admin::check_username(&mut faults, username);
    let name = faults.line("/name", name, 200);
    faults.finish().map_err(|error| error.sentence())?;
    let password = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(app.ids.random(15));
    let hash = hash_password(&password, app.ids.as_ref())?;
    let actor = Actor::system("console");
    let today = vn_date(app.clock.now());
    let stored = app.db.write(|conn| {
        let mut tx = Tx::of_system(conn, app, &actor);
        if accounts::by_username(tx.conn, username)?.is_some() {
            return Err(Halt::Refused(ApiError::conflict(crate::http::say("", "the username is taken"))));
        }
        let found = units::by_code(tx.conn, unit)?;
        let unit = found.ok_or_else(|| {
            Halt::Refused(ApiError::conflict(crate::http::say("", "there is no such unit")))
        })?;
        let user = UserRow::fresh(tx.id(), username, &name, &hash, tx.now.naive_utc());
        let permit = tx.permit::<CreateAccount>(&Target::city(&user.id))?;
        accounts::create(tx.conn, &permit, &user)?;
        let after = json!({ "username": user.username, "display_name": user.display_name });
        let change = Change {
            kind: "account",
            id: &user.id,
            key: username,
            unit_id: Some(&unit.id),
            after: Some(after),
            ..Change::default()
        };
        tx.audit(&permit, change)?;
        let period = Period::of(Some(today), None);
        let grant = GrantRow::fresh(tx.id(), &user.id, role, &unit.id, period, tx.now.naive_utc());
        let may_grant = tx.permit::<GiveGrant>(&Target::city(&grant.id))?;
        accounts::give_grant(tx.conn, &may_grant, &grant)?;
        audit_grant(&mut tx, &may_grant, (&grant, &unit), None)?;
        Ok(())
    });
    stored.map_err(|halt: Halt| halt.to_string())?;
    Ok(password)
}

/// Makes a new signing key; answers its id.
pub fn rotate_keys_from_console(app: &App) -> Result<String, String> {
    let actor = Actor::system("console");
    let rotated = app.db.write(|conn| {
        let mut tx = Tx::of_system(conn, app, &actor);
        let permit = tx.permit::<RotateKeys>(&Target::city("signing_keys"))?;
        let real_now = app.clock.real_now();
        let row = crate::keys::rotate(tx.conn, &permit, &app.master, real_now, app.ids.as_ref())
            .map_err(|error| Halt::from(kstt_persistence::Error::Setup(error)))?;
        let change = Change { kind: "key", id: &row.kid, key: &row.kid, ..Change::default() };
        tx.audit(&permit, change)?;
        Ok(row.kid)
    });
    rotated.map_err(|halt: Halt| halt.to_string())
}
