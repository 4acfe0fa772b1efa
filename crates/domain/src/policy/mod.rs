//! Who may do what: one table, one predicate.
//!
//! [`table::TABLE`] says for every action which role at which kind of unit may do it, and how far.
//! [`permit`] is the only maker of [`Permit`]s, and every function that writes takes one; [`reach`]
//! gives the same answer as a set of units, for lists, counts, searches and exports.

mod action;
mod actor;
mod table;

pub use action::{Action, ActionKind};
pub use actor::{ActingUnit, Actor, ActorKind, ClientScope, Role};
pub use table::{Entry, Reach, Rule, TABLE, matrix};

pub mod actions {
    //! One marker type per action, for [`super::Permit`].
    pub use super::action::kinds::*;
}

/// What an action is about, as far as the policy needs to know.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The thing itself.
    pub subject_id: String,
    /// The unit it belongs to and all units above it today, nearest first; empty: the whole city's.
    pub unit_path: Vec<String>,
    /// The account whose own matter it is.
    pub owner: Option<String>,
}

impl Target {
    /// A thing of the whole city.
    pub fn city(subject_id: impl Into<String>) -> Self {
        Self { subject_id: subject_id.into(), ..Self::default() }
    }

    /// A thing of one unit; `unit_path` begins with that unit.
    pub fn unit(subject_id: impl Into<String>, unit_path: Vec<String>) -> Self {
        Self { subject_id: subject_id.into(), unit_path, owner: None }
    }

    /// A thing of one account.
    pub fn owned(subject_id: impl Into<String>, owner: impl Into<String>) -> Self {
        Self { subject_id: subject_id.into(), unit_path: Vec::new(), owner: Some(owner.into()) }
    }
}

/// Proof that an actor may do `A` to one subject. Only [`permit`] makes one.
#[derive(Debug, Clone)]
pub struct Permit<A> {
    actor: Actor,
    subject_id: String,
    action: std::marker::PhantomData<A>,
}

impl<A: ActionKind> Permit<A> {
    /// Who was permitted.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The subject it holds for.
    pub fn subject_id(&self) -> &str {
        &self.subject_id
    }

    /// What was permitted.
    pub fn action(&self) -> Action {
        A::ACTION
    }
}

/// The actor may not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// Decides whether `actor` may do `A` to `target`.
pub fn permit<A: ActionKind>(actor: &Actor, target: &Target) -> Result<Permit<A>, Refused> {
    let allowed = match reach(actor, A::ACTION) {
        Some(Reach::City) => true,
        Some(Reach::Subtree) => own_unit(actor).is_some_and(|unit| target.unit_path.contains(unit)),
        Some(Reach::Own) => own_unit(actor).is_some_and(|unit| target.unit_path.first() == Some(unit)),
        Some(Reach::Myself) => target.owner.as_deref() == Some(actor.id.as_str()),
        None => false,
    };
    if !allowed {
        return Err(Refused);
    }
    Ok(Permit {
        actor: actor.clone(),
        subject_id: target.subject_id.clone(),
        action: std::marker::PhantomData,
    })
}

/// How far `actor` may do `action`; `None`: not at all.
pub fn reach(actor: &Actor, action: Action) -> Option<Reach> {
    if actor.kind == ActorKind::System {
        return Some(Reach::City);
    }
    let entry = table::entry(action);
    if actor.kind == ActorKind::Citizen {
        return entry.citizen.then_some(Reach::City);
    }
    if actor.kind == ActorKind::Client {
        return entry.scope.filter(|scope| actor.scopes.contains(scope)).map(|_| Reach::City);
    }
    // One's own account stays one's own when the last role has ended.
    if table::is_about_oneself(entry) {
        return Some(Reach::Myself);
    }
    let unit_kind = actor.unit.as_ref()?.kind;
    entry
        .rules
        .iter()
        .filter(|rule| actor.roles.contains(&rule.role) && rule.at.contains(&unit_kind))
        .map(|rule| rule.reach)
        .max()
}

/// The roles that may do an action somewhere.
pub fn roles_of(action: Action) -> Vec<Role> {
    let mut roles: Vec<Role> = table::entry(action).rules.iter().map(|rule| rule.role).collect();
    roles.dedup();
    roles
}

fn own_unit(actor: &Actor) -> Option<&String> {
    actor.unit.as_ref().map(|unit| &unit.id)
}

#[cfg(test)]
mod tests;
