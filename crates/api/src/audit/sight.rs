//! How far a caller sees the trail and the feed.

use chrono::NaiveDate;
use kstt_domain::policy::{Action, Actor, Reach, reach};
use kstt_persistence::audit::Sight;
use kstt_persistence::{Conn, Error, units};

use crate::sight::units_seen;

/// The rows `actor` may see who may do `action`; `None`: none at all.
pub fn sight(
    conn: &mut Conn,
    actor: &Actor,
    action: Action,
    today: NaiveDate,
) -> Result<Option<Sight>, Error> {
    let own = actor.unit.as_ref().map(|unit| unit.id.as_str());
    Ok(match (reach(actor, action), own) {
        (Some(Reach::City), _) => Some(Sight::City),
        (Some(Reach::Subtree), Some(unit)) => Some(Sight::Units(units::subtree_of(conn, unit, today)?)),
        (Some(Reach::Own), Some(unit)) => Some(Sight::Units(vec![unit.to_owned()])),
        _ => None,
    })
}

/// Whose matter a change is.
enum Rule {
    /// The record is public, or open to all staff.
    Everyone,
    /// Seen as far as the caller may do this.
    AsFarAs(Action),
}

/// Who learns of changes to which kind of subject. A kind that is not named here is hidden.
const KINDS: &[(&str, Rule)] = &[
    ("unit", Rule::Everyone),
    ("procedure", Rule::Everyone),
    ("field", Rule::Everyone),
    ("file", Rule::Everyone),
    ("calendar", Rule::Everyone),
    ("deadline_rule", Rule::Everyone),
    ("obligation_year", Rule::Everyone),
    ("obligation_recount", Rule::Everyone),
    ("obligation", Rule::AsFarAs(Action::ReadObligations)),
    ("feedback", Rule::AsFarAs(Action::ReadFeedback)),
    ("attachment", Rule::AsFarAs(Action::ReadFeedback)),
    ("report", Rule::AsFarAs(Action::ReadReports)),
    ("report_form", Rule::Everyone),
    ("reporting_period", Rule::Everyone),
    ("dossier_count", Rule::AsFarAs(Action::ReadDossierCounts)),
    ("unit_dossier_counts", Rule::AsFarAs(Action::ReadDossierCounts)),
    ("duty_feed", Rule::AsFarAs(Action::ReadObligations)),
    ("clock", Rule::Everyone),
    ("focal_officer", Rule::AsFarAs(Action::ReadFocalOfficers)),
    ("account", Rule::AsFarAs(Action::ReadAccounts)),
    ("grant", Rule::AsFarAs(Action::ReadAccounts)),
    ("session", Rule::AsFarAs(Action::ReadAccounts)),
    ("client", Rule::AsFarAs(Action::ReadAccounts)),
    ("webhook", Rule::AsFarAs(Action::ReadAccounts)),
    ("key", Rule::AsFarAs(Action::ReadAccounts)),
];

/// What one caller may learn from the changes feed today.
pub struct FeedSight {
    focal_officers: Option<Sight>,
    accounts: Option<Sight>,
    obligations: Option<Sight>,
    feedback: Option<Sight>,
    reports: Option<Sight>,
    dossier_counts: Option<Sight>,
}

impl FeedSight {
    /// The sight of `actor`.
    pub fn of(conn: &mut Conn, actor: &Actor, today: NaiveDate) -> Result<Self, Error> {
        Ok(Self {
            focal_officers: sight(conn, actor, Action::ReadFocalOfficers, today)?,
            accounts: sight(conn, actor, Action::ReadAccounts, today)?,
            obligations: units_seen(conn, actor, Action::ReadObligations, today)?,
            feedback: units_seen(conn, actor, Action::ReadFeedback, today)?,
            reports: units_seen(conn, actor, Action::ReadReports, today)?,
            dossier_counts: units_seen(conn, actor, Action::ReadDossierCounts, today)?,
        })
    }

    /// Whether a change to a subject of `kind` that is the matter of `unit` is seen.
    pub fn sees(&self, kind: &str, unit: Option<&str>) -> bool {
        let far = match KINDS.iter().find(|(known, _)| *known == kind) {
            None => return false,
            Some((_, Rule::Everyone)) => return true,
            Some((_, Rule::AsFarAs(Action::ReadAccounts))) => &self.accounts,
            Some((_, Rule::AsFarAs(Action::ReadFocalOfficers))) => &self.focal_officers,
            Some((_, Rule::AsFarAs(Action::ReadObligations))) => &self.obligations,
            Some((_, Rule::AsFarAs(Action::ReadFeedback))) => &self.feedback,
            Some((_, Rule::AsFarAs(Action::ReadReports))) => &self.reports,
            Some((_, Rule::AsFarAs(Action::ReadDossierCounts))) => &self.dossier_counts,
            Some((_, Rule::AsFarAs(_))) => &None,
        };
        match (far, unit) {
            (Some(Sight::City), _) => true,
            (Some(Sight::Units(units)), Some(unit)) => units.iter().any(|seen| seen == unit),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_seen_as_far_as_the_caller_reaches() {
        let near = FeedSight {
            focal_officers: Some(Sight::City),
            accounts: Some(Sight::Units(vec!["u1".into()])),
            obligations: Some(Sight::Units(vec!["u2".into()])),
            feedback: Some(Sight::Units(vec!["u3".into()])),
            reports: None,
            dossier_counts: Some(Sight::Units(vec!["u4".into()])),
        };
        assert!(near.sees("obligation", Some("u2")) && !near.sees("obligation", Some("u1")));
        assert!(near.sees("dossier_count", Some("u4")) && !near.sees("dossier_count", Some("u1")));
        assert!(near.sees("unit_dossier_counts", Some("u4")) && !near.sees("unit_dossier_counts", None));
        assert!(near.sees("procedure", None) && near.sees("unit", Some("u2")));
        assert!(near.sees("grant", Some("u1")) && !near.sees("grant", Some("u2")) && !near.sees("key", None));
        assert!(near.sees("focal_officer", Some("u2")));
        let blind = FeedSight {
            focal_officers: None,
            accounts: None,
            obligations: None,
            feedback: None,
            reports: None,
            dossier_counts: None,
        };
        assert!(blind.sees("calendar", None));
        assert!(!blind.sees("account", Some("u1")) && !blind.sees("focal_officer", Some("u1")));
    }

    #[test]
    fn an_unknown_kind_is_hidden() {
        let all = || Some(Sight::City);
        let far = FeedSight {
            focal_officers: all(),
            accounts: all(),
            obligations: None,
            feedback: all(),
            reports: None,
            dossier_counts: all(),
        };
        assert!(!far.sees("secret", None) && far.sees("client", None));
    }
}
