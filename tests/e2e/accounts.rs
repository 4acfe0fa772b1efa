//! Accounts: logging in and staying in, passwords, grants, service clients, keys and tokens.

mod administration;
mod clients;
mod forged;
mod login;
mod passwords;
mod retries;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::city::{Answer, City, Person};

/// A password that keeps every rule.
const PASSWORD: &str = "mot-mat-khau-du-dai";

/// An account just made.
struct Made {
    id: String,
    temporary: String,
}

impl Made {
    fn path(&self) -> String {
        format!("/v1/accounts/{}", self.id)
    }
}

/// Makes an account with a temporary password.
fn make(admin: &Person<'_>, username: &str, role: &str, unit: &str) -> Made {
    let answer = admin.post("/v1/accounts", new_account(username, role, unit)).expect(201);
    Made { id: text(&answer.body["account"]["id"]), temporary: text(&answer.body["temporary_password"]) }
}

/// Makes an account whose temporary password was changed to [`PASSWORD`].
fn settle(admin: &Person<'_>, username: &str, role: &str, unit: &str) -> Made {
    let made = make(admin, username, role, unit);
    let person = admin.city.login_as(username, &made.temporary, None);
    change_password(&person, &made.temporary, PASSWORD).expect(204);
    made
}

fn new_account(username: &str, role: &str, unit: &str) -> Value {
    json!({ "username": username, "display_name": "Người thử", "grant": { "role": role, "unit": unit } })
}

fn change_password(person: &Person<'_>, current: &str, new: &str) -> Answer {
    person.put("/v1/me/password", json!({ "current_password": current, "new_password": new }))
}

fn log_in(city: &City, username: &str, password: &str) -> Answer {
    city.post(
        "/v1/auth/token",
        json!({ "grant_type": "password", "username": username, "password": password }),
    )
}

fn refresh(city: &City, token: &Value) -> Answer {
    city.post("/v1/auth/token", json!({ "grant_type": "refresh_token", "refresh_token": token }))
}

/// Gives a role and answers the path of the grant.
fn give(admin: &Person<'_>, made: &Made, grant: Value) -> String {
    let answer = admin.post(&format!("{}/grants", made.path()), grant).expect(201);
    answer.header("location").to_owned()
}

/// Lets pass what an actor may be remembered for.
fn forget(city: &City) {
    city.clock.let_pass(TimeDelta::seconds(3));
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}

fn texts(list: &Value, key: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| text(&item[key])).collect()
}
