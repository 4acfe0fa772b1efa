//! Data the product ships: units and calendar for everyone; accounts and a registry for a demo.

use chrono::NaiveDate;
use kstt_domain::calendar::HolidayTable;
use kstt_domain::codes::Code;
use kstt_domain::obligations::RuleTable;
use kstt_domain::period::{OPEN_END, OPEN_START, Period};
use kstt_domain::policy::{Actor, Role};
use kstt_domain::text::sort_key;
use kstt_domain::units::{SuccessionKind, UnitKind};
use kstt_persistence::accounts::{self, GrantRow, UserRow};
use kstt_persistence::calendar::{CalendarVersionRow, Edition, ExceptionRow, OPEN_VERSION};
use kstt_persistence::feedback::Filter;
use kstt_persistence::obligations::{self, RuleRow};
use kstt_persistence::units::{self, NewUnit, SuccessionRow};
use kstt_persistence::{Conn, Error, Page, Scope, Stored};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{Halt, Tx};
use crate::procedures::{self, Format, ImportSettings};

const UNITS: &str = include_str!("../../../data/units.json");
const REGISTRY: &str = include_str!("../../../data/demo-registry.json");
const HOLIDAYS: &str = include_str!("../../../data/holidays.json");
const RULES: &str = include_str!("../../../data/deadline-rules.json");

/// The password of every demo account.
const DEMO_PASSWORD: &str = "thu-nghiem-2019";
/// Units whose demo accounts hold every role: one of each kind.
const DEMO_UNITS: &[&str] = &["VPUBND", "SXD", "D916", "C31117"];

#[derive(Deserialize)]
struct UnitFile {
    units: Vec<UnitFact>,
}

#[derive(Deserialize)]
struct UnitFact {
    code: String,
    kind: UnitKind,
    subtype: String,
    name: String,
    short_name: String,
    parent: Option<String>,
    gso_code: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    end_basis: Option<String>,
    #[serde(default)]
    successors: Vec<String>,
}

/// Stores the units and the calendar if there are none yet, and the deadline rules and report
/// forms that are new; answers
/// whether it stored anything.
pub fn reference(app: &App) -> Result<bool, Error> {
    app.db.write(|conn| {
        let first = kstt_persistence::calendar::latest(conn)?.is_none();
        if first {
            seed_units(conn, app)?;
            seed_calendar(conn, app)?;
        }
        let rules = seed_rules(conn, app)?;
        let forms = crate::reports::seed_forms(conn, app)?;
        Ok(first || rules || forms)
    })
}

/// A rule that was stored once is the city's: it is not touched again.
fn seed_rules(conn: &mut Conn, app: &App) -> Result<bool, Error> {
    let table: RuleTable = serde_json::from_str(RULES)?;
    let mut stored = false;
    for rule in table.rules {
        if obligations::rule(conn, &rule.id, 1)?.is_some() {
            continue;
        }
        let row = RuleRow {
            version: 1,
            valid_from: rule.valid_from.unwrap_or(OPEN_START),
            valid_to: rule.valid_to.unwrap_or(OPEN_END),
            body: serde_json::to_string(&rule)?,
            rule: rule.id,
            reason: None,
            created_at: app.clock.now().naive_utc(),
        };
        obligations::insert_rule(conn, &row)?;
        stored = true;
    }
    Ok(stored)
}

fn seed_units(conn: &mut Conn, app: &App) -> Result<(), Error> {
    let file: UnitFile = serde_json::from_str(UNITS)?;
    let ids: std::collections::HashMap<&str, String> =
        file.units.iter().map(|unit| (unit.code.as_str(), app.ids.id())).collect();
    let id_of = |code: &str| {
        ids.get(code).cloned().ok_or_else(|| Error::Corrupt(format!("units.json: no unit {code}")))
    };
    for unit in &file.units {
        let row = NewUnit {
            id: id_of(&unit.code)?,
            period_id: app.ids.id(),
            code: unit.code.clone(),
            kind: unit.kind,
            subtype: unit.subtype.clone(),
            name: unit.name.clone(),
            name_key: sort_key(&unit.name),
            short_name: unit.short_name.clone(),
            parent_id: unit.parent.as_deref().map(id_of).transpose()?,
            gso_code: unit.gso_code.clone(),
            agency_code: None,
            valid_from: unit.valid_from.unwrap_or(OPEN_START),
            valid_to: unit.valid_to.unwrap_or(OPEN_END),
            legal_basis: None,
        };
        units::insert_seed(conn, &row, app.clock.now().naive_utc())?;
    }
    for unit in &file.units {
        for heir in &unit.successors {
            let row = SuccessionRow {
                id: app.ids.id(),
                from_unit_id: id_of(&unit.code)?,
                to_unit_id: id_of(heir)?,
                effective_on: unit.valid_to.unwrap_or(OPEN_END),
                kind: Stored(SuccessionKind::Merge),
                legal_basis: unit.end_basis.clone().unwrap_or_default(),
            };
            units::insert_succession(conn, &row)?;
        }
    }
    Ok(())
}

fn seed_calendar(conn: &mut Conn, app: &App) -> Result<(), Error> {
    let table: HolidayTable = serde_json::from_str(HOLIDAYS)?;
    let version = CalendarVersionRow {
        version: 1,
        created_at: app.clock.now().naive_utc(),
        reason: "reference data".into(),
        first_year: table.meta.covered.first,
        last_year: table.meta.covered.last,
    };
    let added = table.days.into_iter().map(|day| ExceptionRow {
        id: app.ids.id(),
        on_date: day.date,
        kind: Stored(day.kind),
        name_vi: day.name_vi,
        compensates: day.compensates,
        swaps_with: day.swaps_with,
        status: Stored(day.status),
        from_version: 1,
        to_version: OPEN_VERSION,
    });
    kstt_persistence::calendar::insert_edition(
        conn,
        &Edition { version, lifted: Vec::new(), added: added.collect() },
    )
}

/// Imports the demo registry: rows that are there already change nothing.
pub fn registry(app: &App) -> Result<(), Error> {
    let actor = Actor::system("seed");
    let settings = ImportSettings { format: Format::Document, dry_run: false, valid_from: None };
    let stored = app.db.write(|conn| {
        if kstt_persistence::revision(conn)?.procedures == 0 {
            procedures::import(&mut Tx::of_system(conn, app, &actor), REGISTRY.as_bytes(), &settings)?;
        }
        Ok(())
    });
    stored.map_err(|halt: Halt| Error::Setup(format!("the demo registry cannot be stored: {halt}")))
}

/// The seed of the made-up feedback; another one makes another city.
const FEEDBACK_SEED: u64 = 2019;
/// Items of a demo, and how many weeks before its clock they begin.
const DEMO_ITEMS: usize = 60;
const DEMO_WEEKS: i64 = 8;

/// Lives through made-up feedback of the weeks before now, if there is none yet; answers how many items.
pub fn demo_feedback(app: &App) -> Result<usize, Error> {
    let today = kstt_domain::calendar::vn_date(app.clock.now());
    feedback(app, DEMO_ITEMS, (today - chrono::TimeDelta::weeks(DEMO_WEEKS), today))
}

/// Lives through so much made-up feedback of a span of days, up to now, if there is none yet.
pub fn feedback(app: &App, count: usize, during: (NaiveDate, NaiveDate)) -> Result<usize, Error> {
    let (known, units) = app.db.read(|conn| {
        let page = Page { after: None, limit: 1 };
        let known = kstt_persistence::feedback::list(conn, &Scope::City, &Filter::default(), page)?;
        Ok::<_, Error>((known, handling_units(conn, during.0)?))
    })?;
    if !known.is_empty() || units.is_empty() {
        return Ok(0);
    }
    let items = kstt_domain::feedback::sample(FEEDBACK_SEED, count, during, units.len());
    crate::feedback::replay(app, &items, &units, app.clock.now())
        .map_err(|error| Error::Setup(format!("the made-up feedback cannot be stored: {}", error.sentence())))
}

/// Departments, districts and communes of a day, by code.
fn handling_units(conn: &mut Conn, day: NaiveDate) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    for kind in [UnitKind::Department, UnitKind::District, UnitKind::Commune] {
        let filter = units::UnitFilter { kind: Some(kind), ..units::UnitFilter::default() };
        found.extend(units::list(conn, day, &filter, None, 1_000)?.into_iter().map(|(unit, _)| unit.id));
    }
    Ok(found)
}

/// A demo account as `kstt demo-accounts --json` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAccount {
    pub username: String,
    pub password: &'static str,
    pub role: Role,
    pub unit: &'static str,
}

/// One account for each role at one unit of each kind, and the city's chairman.
pub fn demo_accounts() -> Vec<DemoAccount> {
    let account = |role: Role, unit: &'static str| DemoAccount {
        username: format!("{role}.{}", unit.to_lowercase()),
        password: DEMO_PASSWORD,
        role,
        unit,
    };
    let everyone = DEMO_UNITS.iter().flat_map(|unit| Role::ALL.iter().map(|role| account(*role, unit)));
    std::iter::once(account(Role::Chairman, "UBNDTP")).chain(everyone).collect()
}

/// Whether whoever knows a demo's accounts can log in here.
pub(crate) fn has_demo_accounts(conn: &mut Conn) -> Result<bool, Error> {
    let names: Vec<String> = demo_accounts().into_iter().map(|account| account.username).collect();
    // Those of a demo share one hash, and elsewhere none has such a name: few are compared.
    let hashes = accounts::password_hashes(conn, &names)?;
    Ok(hashes.iter().any(|hash| crate::accounts::is_password(DEMO_PASSWORD, hash)))
}

/// Stores the demo accounts if there is no account yet; answers whether it did.
pub fn accounts(app: &App) -> Result<bool, Error> {
    // One hash for all of them: they share their password, and hashing is slow by design.
    let hash = crate::accounts::hash_password(DEMO_PASSWORD, app.ids.as_ref()).map_err(Error::Setup)?;
    let now = app.clock.now().naive_utc();
    app.db.write(|conn| {
        let known =
            accounts::list(conn, &accounts::UserFilter::default(), kstt_domain::period::OPEN_START, None, 1)?;
        if !known.is_empty() {
            return Ok(false);
        }
        for account in demo_accounts() {
            let Some(unit) = units::by_code(conn, account.unit)? else { continue };
            let display_name = format!("{} – {}", account.role.label_vi(), account.unit);
            let fresh = UserRow::fresh(app.ids.id(), &account.username, &display_name, &hash, now);
            let user = UserRow { must_change_password: false, ..fresh };
            accounts::insert_user(conn, &user)?;
            let always = Period::of(None, None);
            let grant = GrantRow::fresh(app.ids.id(), &user.id, account.role, &unit.id, always, now);
            accounts::insert_grant(conn, &grant)?;
        }
        Ok(true)
    })
}
