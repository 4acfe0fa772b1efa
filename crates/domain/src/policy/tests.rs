use super::actions::{AppointFocalOfficer, ChangeMyPassword, CreateUnit};
use super::*;
use crate::codes::Code;
use crate::units::UnitKind;

fn person(role: Role, kind: UnitKind) -> Actor {
    Actor {
        kind: ActorKind::User,
        id: "me".into(),
        name: "me".into(),
        unit: Some(ActingUnit { id: "district".into(), code: "D916".into(), kind }),
        roles: vec![role],
        scopes: vec![],
    }
}

#[test]
fn every_action_stands_in_the_table_once() {
    for action in Action::ALL {
        assert_eq!(TABLE.iter().filter(|entry| entry.action == *action).count(), 1, "{action}");
    }
}

#[test]
fn a_head_reaches_the_units_below_and_no_sibling() {
    let head = person(Role::Head, UnitKind::District);
    let below = Target::unit("x", vec!["commune".into(), "district".into(), "city".into()]);
    let sibling = Target::unit("x", vec!["other".into(), "city".into()]);
    assert!(permit::<AppointFocalOfficer>(&head, &below).is_ok());
    assert!(permit::<AppointFocalOfficer>(&head, &sibling).is_err());
}

#[test]
fn a_controller_changes_units_only_from_the_centre() {
    let city = Target::city("x");
    assert!(permit::<CreateUnit>(&person(Role::Controller, UnitKind::Office), &city).is_ok());
    assert!(permit::<CreateUnit>(&person(Role::Controller, UnitKind::District), &city).is_err());
}

#[test]
fn my_password_is_mine_alone() {
    let officer = person(Role::Officer, UnitKind::Commune);
    assert!(permit::<ChangeMyPassword>(&officer, &Target::owned("me", "me")).is_ok());
    assert!(permit::<ChangeMyPassword>(&officer, &Target::owned("you", "you")).is_err());
}

#[test]
fn whoever_lost_the_last_role_may_still_log_out() {
    let mut nobody = person(Role::Clerk, UnitKind::Commune);
    nobody.roles.clear();
    assert_eq!(reach(&nobody, Action::EndMySession), Some(Reach::Myself));
    assert_eq!(reach(&nobody, Action::ReadFocalOfficers), None);
}

#[test]
fn a_client_has_only_its_scopes() {
    let mut client = Actor::system("portal");
    client.kind = ActorKind::Client;
    assert_eq!(reach(&client, Action::ImportProcedures), None);
    client.scopes = vec![ClientScope::RegistryWrite];
    assert_eq!(reach(&client, Action::ImportProcedures), Some(Reach::City));
    assert_eq!(reach(&client, Action::CreateUnit), None);
}
