//! What many events ask of the same people and units, looked up once for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use kstt_domain::notifications::Audience;
use kstt_domain::obligations::Words;
use kstt_domain::policy::Role;
use kstt_domain::units::UnitKind;
use kstt_persistence::notifications as rows;
use kstt_persistence::obligations;
use kstt_persistence::units::{self, Viewers};
use kstt_persistence::{Conn, Error, accounts};

/// How someone wants to hear of things.
#[derive(Debug, Default)]
pub struct Ways {
    /// Codes of the kinds not wanted.
    pub muted: Vec<String>,
    /// They have an address and did not decline.
    pub by_mail: bool,
}

/// Code and name of a unit.
pub type Named = (String, String);

/// What was looked up, on one state of the database.
pub struct Known<'c> {
    pub conn: &'c mut Conn,
    today: NaiveDate,
    viewers: Arc<Viewers>,
    audiences: HashMap<(Audience, String), Vec<String>>,
    ways: HashMap<String, Arc<Ways>>,
    units: HashMap<(String, NaiveDate), Option<Named>>,
    rules: HashMap<(String, i64), Option<Words>>,
}

impl<'c> Known<'c> {
    pub fn at(conn: &'c mut Conn, today: NaiveDate, viewers: Arc<Viewers>) -> Self {
        let (audiences, ways, units, rules) = Default::default();
        Self { conn, today, viewers, audiences, ways, units, rules }
    }

    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Who belongs to an audience about a matter of a unit today: where the unit has ended, its heirs.
    pub fn people(&mut self, audience: Audience, unit_id: &str) -> Result<Vec<String>, Error> {
        // There is one control office, whichever unit it is about.
        let of = if audience == Audience::ControlOffice { "" } else { unit_id };
        if let Some(known) = self.audiences.get(&(audience, of.to_owned())) {
            return Ok(known.clone());
        }
        let (units, roles): (Vec<String>, &[Role]) = match audience {
            Audience::Officer => return Ok(Vec::new()),
            Audience::Head => (self.owners(unit_id), &[Role::Head, Role::Chairman]),
            Audience::Controllers => (self.owners(unit_id), &[Role::Controller]),
            Audience::ControlOffice => (self.offices()?, &[Role::Controller]),
        };
        let holders = accounts::holders(self.conn, &units, roles, self.today)?;
        let people: Vec<String> = holders.into_iter().map(|(user, _)| user).collect();
        self.audiences.insert((audience, of.to_owned()), people.clone());
        Ok(people)
    }

    fn owners(&self, unit_id: &str) -> Vec<String> {
        let viewers = self.viewers.of(unit_id).into_iter();
        let own = viewers.filter(|viewer| viewer.own && viewer.period.contains(self.today));
        own.map(|viewer| viewer.unit_id).collect()
    }

    fn offices(&mut self) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        for code in units::codes_of_kind(self.conn, UnitKind::Office)? {
            found.extend(units::by_code(self.conn, &code)?.map(|unit| unit.id));
        }
        Ok(found)
    }

    /// How an account wants to hear of things.
    pub fn ways(&mut self, user: &str) -> Result<Arc<Ways>, Error> {
        if let Some(known) = self.ways.get(user) {
            return Ok(known.clone());
        }
        let preferences = rows::preferences(self.conn, user)?;
        let address = accounts::user(self.conn, user)?.and_then(|user| user.email);
        let ways = match preferences {
            Some(chosen) => Ways {
                muted: chosen.muted.split_whitespace().map(str::to_owned).collect(),
                by_mail: chosen.email && address.is_some(),
            },
            None => Ways { muted: Vec::new(), by_mail: address.is_some() },
        };
        let ways = Arc::new(ways);
        self.ways.insert(user.to_owned(), ways.clone());
        Ok(ways)
    }

    /// Code and name of a unit on a day; the code again where it has no name on that day.
    pub fn unit(&mut self, unit_id: &str, day: NaiveDate) -> Result<Option<Named>, Error> {
        let key = (unit_id.to_owned(), day);
        if let Some(known) = self.units.get(&key) {
            return Ok(known.clone());
        }
        let named = match units::by_id(self.conn, unit_id)? {
            Some(unit) => {
                let name = units::period_on(self.conn, unit_id, day)?.map(|period| period.name);
                Some((unit.code.clone(), name.unwrap_or(unit.code)))
            }
            None => None,
        };
        self.units.insert(key, named.clone());
        Ok(named)
    }

    /// What a version of a rule is called.
    pub fn rule(&mut self, rule: &str, version: i64) -> Result<Option<Words>, Error> {
        let key = (rule.to_owned(), version);
        if let Some(known) = self.rules.get(&key) {
            return Ok(known.clone());
        }
        let row = obligations::rule(self.conn, rule, version)?;
        let title = row.map(|row| row.read().map(|rule| rule.title)).transpose()?;
        self.rules.insert(key, title.clone());
        Ok(title)
    }
}
