//! The policy itself, one line per rule, and its printed matrix.

use super::action::Action;
use super::actor::{ClientScope, Role};
use crate::codes::Code;
use crate::units::UnitKind::{self, *};

/// How far a rule reaches, narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Only one's own account.
    Myself,
    /// Only the unit one acts for.
    Own,
    /// That unit and all units below it.
    Subtree,
    /// Everything.
    City,
}

/// `role` at a unit of one of these kinds may, this far.
pub struct Rule {
    pub role: Role,
    pub at: &'static [UnitKind],
    pub reach: Reach,
}

/// Everything the policy says of one action.
pub struct Entry {
    pub action: Action,
    pub rules: &'static [Rule],
    /// The scope that lets a service client do it, city-wide.
    pub scope: Option<ClientScope>,
    /// Whether a citizen may do it, with what the secret of an item proves to be theirs.
    pub citizen: bool,
}

/// The control office and the city committee it serves (ND 63/2010 Art. 5).
const CENTRE_OF_CITY: &[UnitKind] = &[CityCommittee, Office];
/// Agencies below them.
const BELOW: &[UnitKind] = &[Department, District, Commune, Centre, Delegated, External];
const EVERYWHERE: &[UnitKind] = UnitKind::ALL;

const fn rule(role: Role, at: &'static [UnitKind], reach: Reach) -> Rule {
    Rule { role, at, reach }
}

const fn entry_of(action: Action, rules: &'static [Rule]) -> Entry {
    Entry { action, rules, scope: None, citizen: false }
}

/// Everyone with a role anywhere, over the whole city.
const ALL_STAFF: &[Rule] = &[
    rule(Role::Admin, EVERYWHERE, Reach::City),
    rule(Role::Controller, EVERYWHERE, Reach::City),
    rule(Role::Chairman, EVERYWHERE, Reach::City),
    rule(Role::Head, EVERYWHERE, Reach::City),
    rule(Role::Officer, EVERYWHERE, Reach::City),
    rule(Role::Clerk, EVERYWHERE, Reach::City),
];

const ONESELF: &[Rule] = &[
    rule(Role::Admin, EVERYWHERE, Reach::Myself),
    rule(Role::Controller, EVERYWHERE, Reach::Myself),
    rule(Role::Chairman, EVERYWHERE, Reach::Myself),
    rule(Role::Head, EVERYWHERE, Reach::Myself),
    rule(Role::Officer, EVERYWHERE, Reach::Myself),
    rule(Role::Clerk, EVERYWHERE, Reach::Myself),
];

/// Only the system itself.
const NOBODY: &[Rule] = &[];

/// Units change by administration from the centre of the city.
const UNIT_ADMINISTRATION: &[Rule] =
    &[rule(Role::Admin, CENTRE_OF_CITY, Reach::City), rule(Role::Controller, CENTRE_OF_CITY, Reach::City)];

/// Focal officers: the control office for all, each unit's head or controller for its own tree.
const FOCAL_OFFICERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Subtree),
    rule(Role::Head, EVERYWHERE, Reach::Subtree),
];

/// Accounts, and subscriptions of other systems: an administrator of the centre for all, one of a lower
/// unit for its own tree.
const ACCOUNT_ADMINISTRATION: &[Rule] =
    &[rule(Role::Admin, CENTRE_OF_CITY, Reach::City), rule(Role::Admin, BELOW, Reach::Subtree)];

const CENTRAL_ADMIN: &[Rule] = &[rule(Role::Admin, CENTRE_OF_CITY, Reach::City)];

/// The trail: whoever answers for it, as far as they answer.
const AUDIT_READERS: &[Rule] = &[
    rule(Role::Admin, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Chairman, CENTRE_OF_CITY, Reach::City),
    rule(Role::Admin, BELOW, Reach::Subtree),
    rule(Role::Head, BELOW, Reach::Subtree),
];

/// The registry is the control office's (ND 63/2010 Art. 5, 24).
const REGISTRY_WRITERS: &[Rule] = &[rule(Role::Controller, CENTRE_OF_CITY, Reach::City)];

/// Deadlines: the centre of the city sees all, everyone else their own unit's, and those who answer for it
/// also what the units below it owe.
const OBLIGATION_READERS: &[Rule] = &[
    rule(Role::Admin, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Chairman, CENTRE_OF_CITY, Reach::City),
    rule(Role::Head, CENTRE_OF_CITY, Reach::City),
    rule(Role::Officer, CENTRE_OF_CITY, Reach::City),
    rule(Role::Clerk, CENTRE_OF_CITY, Reach::Own),
    rule(Role::Admin, BELOW, Reach::Subtree),
    rule(Role::Controller, BELOW, Reach::Subtree),
    rule(Role::Chairman, BELOW, Reach::Subtree),
    rule(Role::Head, BELOW, Reach::Subtree),
    rule(Role::Officer, BELOW, Reach::Own),
    rule(Role::Clerk, BELOW, Reach::Own),
];

/// A unit says itself that it has done something; the control office may say so for any.
const OBLIGATION_KEEPERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Own),
    rule(Role::Head, EVERYWHERE, Reach::Own),
    rule(Role::Officer, EVERYWHERE, Reach::Own),
];

/// Who gives work to the officers of a unit.
const OBLIGATION_GIVERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Own),
    rule(Role::Head, EVERYWHERE, Reach::Own),
];

/// The clocks themselves are the control office's (ND 63/2010 Art. 5).
const CLOCK_KEEPERS: &[Rule] = &[rule(Role::Controller, CENTRE_OF_CITY, Reach::City)];

/// Feedback is received, classified, transferred and judged by the control office (ND 20/2008 Art. 8, 9;
/// ND 63/2010 Art. 5).
const FEEDBACK_OFFICE: &[Rule] = &[rule(Role::Controller, CENTRE_OF_CITY, Reach::City)];

/// Items may be received anywhere in the city.
const FEEDBACK_RECEIVERS: &[Rule] = &[
    rule(Role::Controller, EVERYWHERE, Reach::Own),
    rule(Role::Officer, EVERYWHERE, Reach::Own),
    rule(Role::Clerk, EVERYWHERE, Reach::Own),
];

/// Administrators see no personal data; everyone else as far as they answer for it.
const FEEDBACK_READERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Chairman, CENTRE_OF_CITY, Reach::City),
    rule(Role::Head, CENTRE_OF_CITY, Reach::City),
    rule(Role::Officer, CENTRE_OF_CITY, Reach::Own),
    rule(Role::Clerk, CENTRE_OF_CITY, Reach::Own),
    rule(Role::Controller, BELOW, Reach::Subtree),
    rule(Role::Chairman, BELOW, Reach::Subtree),
    rule(Role::Head, BELOW, Reach::Subtree),
    rule(Role::Officer, BELOW, Reach::Own),
    rule(Role::Clerk, BELOW, Reach::Own),
];

/// Who handles an item may know who sent it (ND 63/2010 Art. 18.4).
const SENDER_READERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Own),
    rule(Role::Head, BELOW, Reach::Own),
    rule(Role::Officer, EVERYWHERE, Reach::Own),
];

/// A unit fills in its own reports; the control office enters those that came on paper.
const REPORT_WRITERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Own),
    rule(Role::Head, EVERYWHERE, Reach::Own),
    rule(Role::Officer, EVERYWHERE, Reach::Own),
    rule(Role::Clerk, BELOW, Reach::Own),
];

/// A report is sent in the name of the unit (TT 02/2017 Art. 62).
const REPORT_SENDERS: &[Rule] = &[
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Own),
    rule(Role::Head, EVERYWHERE, Reach::Own),
    rule(Role::Chairman, BELOW, Reach::Own),
];

/// Whoever receives a report checks it and asks for correction (TT 02/2017 Art. 65): the control office, and
/// while there are districts those for their communes.
const REPORT_JUDGES: &[Rule] =
    &[rule(Role::Controller, CENTRE_OF_CITY, Reach::City), rule(Role::Controller, BELOW, Reach::Subtree)];

const HEADS: &[Rule] = &[rule(Role::Head, EVERYWHERE, Reach::Own), rule(Role::Chairman, BELOW, Reach::Own)];

/// The control office gives counts of dossiers for any unit, and each unit for itself.
const DOSSIER_COUNTERS: &[Rule] = &[
    rule(Role::Admin, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, CENTRE_OF_CITY, Reach::City),
    rule(Role::Controller, BELOW, Reach::Subtree),
    rule(Role::Head, CENTRE_OF_CITY, Reach::Own),
    rule(Role::Head, BELOW, Reach::Subtree),
    rule(Role::Officer, EVERYWHERE, Reach::Own),
    rule(Role::Clerk, EVERYWHERE, Reach::Own),
];

/// The whole policy.
pub const TABLE: &[Entry] = &[
    entry_of(Action::CreateUnit, UNIT_ADMINISTRATION),
    entry_of(Action::RenameUnit, UNIT_ADMINISTRATION),
    entry_of(Action::MergeUnits, UNIT_ADMINISTRATION),
    entry_of(Action::SplitUnit, UNIT_ADMINISTRATION),
    entry_of(Action::EndUnit, UNIT_ADMINISTRATION),
    entry_of(Action::ReadFocalOfficers, ALL_STAFF),
    entry_of(Action::AppointFocalOfficer, FOCAL_OFFICERS),
    entry_of(Action::EndFocalOfficer, FOCAL_OFFICERS),
    entry_of(Action::ReadMyself, ONESELF),
    entry_of(Action::OpenMySession, ONESELF),
    entry_of(Action::EndMySession, ONESELF),
    entry_of(Action::ChangeMyPassword, ONESELF),
    entry_of(Action::ReadAccounts, ACCOUNT_ADMINISTRATION),
    entry_of(Action::CreateAccount, ACCOUNT_ADMINISTRATION),
    entry_of(Action::ChangeAccount, ACCOUNT_ADMINISTRATION),
    entry_of(Action::ResetPassword, ACCOUNT_ADMINISTRATION),
    entry_of(Action::GiveGrant, ACCOUNT_ADMINISTRATION),
    entry_of(Action::EndGrant, ACCOUNT_ADMINISTRATION),
    entry_of(Action::ManageClients, CENTRAL_ADMIN),
    entry_of(Action::RotateKeys, CENTRAL_ADMIN),
    entry_of(Action::EditCalendar, CENTRAL_ADMIN),
    entry_of(Action::MoveClock, CENTRAL_ADMIN),
    entry_of(Action::ReadAudit, AUDIT_READERS),
    Entry { scope: Some(ClientScope::ChangesRead), ..entry_of(Action::ReadChanges, ALL_STAFF) },
    Entry { scope: Some(ClientScope::RegistryWrite), ..entry_of(Action::ImportProcedures, REGISTRY_WRITERS) },
    entry_of(Action::EditDeadlineRule, CENTRAL_ADMIN),
    entry_of(Action::ReadObligations, OBLIGATION_READERS),
    entry_of(Action::OpenObligations, CLOCK_KEEPERS),
    entry_of(Action::AssignObligation, OBLIGATION_GIVERS),
    entry_of(Action::MeetObligation, OBLIGATION_KEEPERS),
    entry_of(Action::CancelObligation, CLOCK_KEEPERS),
    entry_of(Action::SuspendObligation, CLOCK_KEEPERS),
    entry_of(Action::RetimeObligation, CLOCK_KEEPERS),
    entry_of(Action::RemindOfObligation, NOBODY),
    entry_of(Action::ManageDutyFeeds, OBLIGATION_KEEPERS),
    Entry { citizen: true, ..entry_of(Action::SendFeedback, NOBODY) },
    Entry { citizen: true, ..entry_of(Action::FollowFeedback, NOBODY) },
    entry_of(Action::ReadFeedback, FEEDBACK_READERS),
    entry_of(Action::ReadFeedbackSender, SENDER_READERS),
    entry_of(Action::RegisterFeedback, FEEDBACK_RECEIVERS),
    entry_of(Action::JudgeFeedback, FEEDBACK_OFFICE),
    entry_of(Action::AssignFeedback, OBLIGATION_GIVERS),
    entry_of(Action::HandleFeedback, OBLIGATION_KEEPERS),
    entry_of(Action::ApproveAnswer, HEADS),
    entry_of(Action::CorrectFeedback, FEEDBACK_OFFICE),
    entry_of(Action::EnterFeedback, FEEDBACK_OFFICE),
    entry_of(Action::EraseSenders, FEEDBACK_OFFICE),
    entry_of(Action::JudgeAttachment, NOBODY),
    entry_of(Action::KeepMyNotifications, ONESELF),
    entry_of(Action::ManageWebhooks, ACCOUNT_ADMINISTRATION),
    Entry { scope: Some(ClientScope::ReportsRead), ..entry_of(Action::ReadReports, OBLIGATION_READERS) },
    entry_of(Action::WriteReport, REPORT_WRITERS),
    entry_of(Action::SubmitReport, REPORT_SENDERS),
    entry_of(Action::JudgeReport, REPORT_JUDGES),
    entry_of(Action::FreezePeriod, CLOCK_KEEPERS),
    entry_of(Action::EnterReport, CLOCK_KEEPERS),
    entry_of(Action::EditReportForm, CENTRAL_ADMIN),
    Entry {
        scope: Some(ClientScope::ReportsRead),
        ..entry_of(Action::ReadDossierCounts, OBLIGATION_READERS)
    },
    Entry {
        scope: Some(ClientScope::DossierCountsWrite),
        ..entry_of(Action::ImportDossierCounts, DOSSIER_COUNTERS)
    },
    Entry {
        scope: Some(ClientScope::DossierCountsWrite),
        ..entry_of(Action::CorrectDossierCounts, DOSSIER_COUNTERS)
    },
    Entry { scope: Some(ClientScope::RegistryWrite), ..entry_of(Action::StoreFile, REGISTRY_WRITERS) },
];

/// The entry of an action; the table is total, which a test proves.
pub(super) fn entry(action: Action) -> &'static Entry {
    const MISSING: Entry = entry_of(Action::ReadMyself, NOBODY);
    TABLE.iter().find(|entry| entry.action == action).unwrap_or(&MISSING)
}

/// Whether an action only ever reaches one's own account.
pub(super) fn is_about_oneself(entry: &Entry) -> bool {
    !entry.rules.is_empty() && entry.rules.iter().all(|rule| rule.reach == Reach::Myself)
}

/// The matrix as Markdown, for `docs/policy.md`.
pub fn matrix() -> String {
    let mut out = String::from(
        "# Who may do what\n\nPrinted from the policy table by a test; edit the table, not this file.\n\n\
         Reach: **city** everything, **subtree** the unit one acts for and all below it, **own** that unit \
         only, **myself** one's own account. Units are grouped as *centre* (city committee, office) and \
         *below* (departments, districts, communes, centres, delegated and external bodies).\n\n",
    );
    out.push_str("| action | meaning |");
    for role in Role::ALL {
        out.push_str(&format!(" {role} at centre | {role} below |"));
    }
    out.push_str(" client scope | citizen |\n|---|---|");
    out.push_str(&"---|".repeat(Role::ALL.len() * 2 + 2));
    out.push('\n');
    for entry in TABLE {
        out.push_str(&format!("| `{}` | {} |", entry.action, entry.action.label_en()));
        for role in Role::ALL {
            for kinds in [CENTRE_OF_CITY, BELOW] {
                out.push_str(&format!(" {} |", cell(entry, *role, kinds)));
            }
        }
        let scope = entry.scope.map_or(String::new(), |scope| format!("`{scope}`"));
        let citizen = if entry.citizen { "own" } else { "" };
        out.push_str(&format!(" {scope} | {citizen} |\n"));
    }
    out
}

fn cell(entry: &Entry, role: Role, kinds: &[UnitKind]) -> &'static str {
    let reach = entry.rules.iter().filter(|r| r.role == role && kinds.iter().all(|k| r.at.contains(k)));
    match reach.map(|rule| rule.reach).max() {
        Some(Reach::City) => "city",
        Some(Reach::Subtree) => "subtree",
        Some(Reach::Own) => "own",
        Some(Reach::Myself) => "myself",
        None => "",
    }
}
