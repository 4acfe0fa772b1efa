//! What the accounts room reads and shows. Password hashes and secrets never leave it.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::codes::Code;
use kstt_domain::period::{known_end, known_start};
use kstt_domain::policy::{Actor, ClientScope, Role};
use kstt_domain::units::UnitKind;
use kstt_persistence::accounts::{GrantWithUnit, ServiceClientRow, SessionRow, UserRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person's account as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// UUID of the account.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 60)]
    pub username: String,
    #[schema(max_length = 200)]
    pub display_name: String,
    #[schema(max_length = 200)]
    pub email: Option<String>,
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The person must set a new password before anything else.
    pub must_change_password: bool,
    /// The account cannot be used.
    pub disabled: bool,
    /// Until when wrong passwords lock it, real time.
    pub locked_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<UserRow> for AccountView {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            username: row.username,
            display_name: row.display_name,
            email: row.email,
            phone: row.phone,
            must_change_password: row.must_change_password,
            disabled: row.disabled_at.is_some(),
            locked_until: row.locked_until.map(|at| at.and_utc()),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        }
    }
}

/// A role at a unit for a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GrantView {
    /// UUID of the grant.
    #[schema(max_length = 36)]
    pub id: String,
    pub role: Role,
    /// Code of the unit.
    #[schema(max_length = 20)]
    pub unit: String,
    pub unit_kind: UnitKind,
    /// First day; null when it always held.
    pub valid_from: Option<NaiveDate>,
    /// First day it no longer holds; null while open.
    pub valid_to: Option<NaiveDate>,
    /// The paper that gave it.
    #[schema(max_length = 300)]
    pub basis: Option<String>,
}

impl From<GrantWithUnit> for GrantView {
    fn from((grant, unit): GrantWithUnit) -> Self {
        Self {
            id: grant.id,
            role: grant.role.0,
            unit: unit.code,
            unit_kind: unit.kind.0,
            valid_from: known_start(grant.valid_from),
            valid_to: known_end(grant.valid_to),
            basis: grant.basis,
        }
    }
}

/// A new account with its first grant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Lower-case name to log in with.
    #[schema(
        min_length = 3,
        max_length = 60,
        pattern = "^[a-z0-9][a-z0-9._-]{2,59}$",
        example = "nguyen.van.an"
    )]
    pub username: String,
    #[schema(min_length = 1, max_length = 200, example = "Nguyễn Văn An")]
    pub display_name: String,
    #[schema(min_length = 1, max_length = 200, example = "an@example.org")]
    pub email: Option<String>,
    #[schema(min_length = 1, max_length = 40, example = "0292 000 0000")]
    pub phone: Option<String>,
    /// The first grant.
    pub grant: NewGrant,
}

/// A new grant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    pub role: Role,
    /// Code of the unit.
    #[schema(min_length = 2, max_length = 20, example = "D916")]
    pub unit: String,
    /// First day; today when missing.
    pub valid_from: Option<NaiveDate>,
    /// First day it no longer holds; open when missing.
    pub valid_to: Option<NaiveDate>,
    /// The paper that gives it.
    #[schema(min_length = 1, max_length = 300, example = "Quyết định 12/QĐ-VP")]
    pub basis: Option<String>,
}

/// An account with the password that was made for it, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedAccount {
    pub account: AccountView,
    /// To be changed at the first login; null when a retry asks again.
    #[schema(max_length = 100)]
    pub temporary_password: Option<String>,
}

/// What an administrator changes of an account.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountUpdate {
    #[schema(min_length = 1, max_length = 200, example = "Nguyễn Văn An")]
    pub display_name: String,
    #[schema(min_length = 1, max_length = 200, example = "an@example.org")]
    pub email: Option<String>,
    #[schema(min_length = 1, max_length = 40, example = "0292 000 0000")]
    pub phone: Option<String>,
    /// True: the account cannot be used and all its sessions end. False also lifts a lock.
    pub disabled: bool,
    /// Why, for the audit trail.
    #[schema(min_length = 1, max_length = 500, example = "Chuyển công tác")]
    pub reason: Option<String>,
}

/// The last day of something.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// First day it no longer holds.
    #[schema(example = "2019-07-01")]
    pub on: NaiveDate,
    /// Why, for the audit trail.
    #[schema(min_length = 1, max_length = 500, example = "Chuyển công tác")]
    pub reason: Option<String>,
}

/// A service client without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientView {
    /// The `client_id`.
    #[schema(max_length = 36)]
    pub id: String,
    #[schema(max_length = 200)]
    pub name: String,
    #[schema(max_items = 20)]
    pub scopes: Vec<ClientScope>,
    pub disabled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<ServiceClientRow> for ClientView {
    fn from(row: ServiceClientRow) -> Self {
        Self {
            scopes: row.scopes.split_whitespace().filter_map(ClientScope::from_code).collect(),
            id: row.id,
            name: row.name,
            disabled: row.disabled_at.is_some(),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        }
    }
}

/// What a service client is to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientSpec {
    #[schema(min_length = 1, max_length = 200, example = "Cổng dịch vụ công")]
    pub name: String,
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Vec<ClientScope>,
    /// True: its tokens no longer work.
    #[serde(default)]
    pub disabled: bool,
}

/// A service client with a new secret, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedClient {
    pub client: ClientView,
    /// Null when a retry asks again.
    #[schema(max_length = 100)]
    pub client_secret: Option<String>,
}

/// One's own account and what one acts as now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// UUID of the account or the service client.
    #[schema(max_length = 36)]
    pub id: String,
    /// Username, or the name of the service client.
    #[schema(max_length = 200)]
    pub name: String,
    /// Code of the unit the token acts for.
    #[schema(max_length = 20)]
    pub unit: Option<String>,
    pub unit_kind: Option<UnitKind>,
    /// Roles in force today at that unit.
    #[schema(max_items = 20)]
    pub roles: Vec<Role>,
    #[schema(max_items = 20)]
    pub scopes: Vec<ClientScope>,
    /// The account, for people.
    pub account: Option<AccountView>,
    /// Every grant of the person, past and to come.
    #[schema(max_items = 1000)]
    pub grants: Vec<GrantView>,
}

impl MeView {
    /// The view of an actor and, for a person, of the account.
    pub fn of(actor: &Actor, account: Option<AccountView>, grants: Vec<GrantView>) -> Self {
        Self {
            id: actor.id.clone(),
            name: actor.name.clone(),
            unit: actor.unit.as_ref().map(|unit| unit.code.clone()),
            unit_kind: actor.unit.as_ref().map(|unit| unit.kind),
            roles: actor.roles.clone(),
            scopes: actor.scopes.clone(),
            account,
            grants,
        }
    }
}

/// An open login.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    #[schema(max_length = 36)]
    pub id: String,
    /// It is the one this token belongs to.
    pub current: bool,
    #[schema(max_length = 300)]
    pub user_agent: Option<String>,
    #[schema(max_length = 45)]
    pub client_address: Option<String>,
    /// Real time, as all moments of a session.
    pub created_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl SessionView {
    /// The view of a session for the caller whose own session is `current`.
    pub fn of(row: SessionRow, current: Option<&str>) -> Self {
        Self {
            current: Some(row.id.as_str()) == current,
            id: row.id,
            user_agent: row.user_agent,
            client_address: row.client_address,
            created_at: row.created_at.and_utc(),
            used_at: row.used_at.and_utc(),
            expires_at: row.expires_at.and_utc(),
        }
    }
}
