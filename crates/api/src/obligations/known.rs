//! The deadline rules, read and parsed again only when one of them changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use kstt_domain::obligations::DeadlineRule;
use kstt_persistence::obligations::{self as rows, RuleRow};
use kstt_persistence::{Conn, Error, Revision};

/// A version of a rule, as it is stored and as it is read.
pub struct KnownRule {
    pub row: RuleRow,
    pub rule: DeadlineRule,
}

type Versions = HashMap<String, Vec<Arc<KnownRule>>>;

/// All rules, as of the last change of any of them.
#[derive(Default)]
pub struct KnownRules(Mutex<Option<(i64, Versions)>>);

impl KnownRules {
    /// A rule as it is on a day, at a revision that was just read.
    pub fn on(
        &self,
        conn: &mut Conn,
        now: Revision,
        rule: &str,
        day: NaiveDate,
    ) -> Result<Option<Arc<KnownRule>>, Error> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = match &mut *known {
            Some((of, versions)) if *of == now.rules => versions,
            outdated => &mut outdated.insert((now.rules, load(conn)?)).1,
        };
        let holds = |known: &&Arc<KnownRule>| known.row.valid_from <= day && day < known.row.valid_to;
        Ok(versions.get(rule).and_then(|versions| versions.iter().find(holds)).cloned())
    }
}

fn load(conn: &mut Conn) -> Result<Versions, Error> {
    let mut versions = Versions::new();
    for row in rows::all_rules(conn)? {
        let (id, rule) = (row.rule.clone(), row.read()?);
        versions.entry(id).or_default().push(Arc::new(KnownRule { row, rule }));
    }
    Ok(versions)
}
