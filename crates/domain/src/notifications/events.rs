//! Which events a subscription hears: `obligations.meet`, `obligations.*` or `*`.

use std::str::FromStr;

use crate::codes::Code;
use crate::policy::Action;

/// A pattern of event types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventPattern {
    Everything,
    /// All events of a room, by the first word of their type.
    Room(String),
    One(Action),
}

/// There is no event of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownEvent;

impl FromStr for EventPattern {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, UnknownEvent> {
        if text == "*" {
            return Ok(Self::Everything);
        }
        if let Some(room) = text.strip_suffix(".*") {
            let known = Action::ALL.iter().any(|action| room_of(action.code()) == room);
            return if known { Ok(Self::Room(room.to_owned())) } else { Err(UnknownEvent) };
        }
        Action::named(text).map(Self::One).ok_or(UnknownEvent)
    }
}

impl EventPattern {
    /// Whether an event of a type is meant.
    pub fn matches(&self, event: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Room(room) => room_of(event) == room,
            Self::One(action) => action.code() == event,
        }
    }
}

fn room_of(event: &str) -> &str {
    event.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_one_event_a_room_or_all() {
        let matches = |pattern: &str, event: &str| pattern.parse::<EventPattern>().unwrap().matches(event);
        assert!(matches("obligations.meet", "obligations.meet"));
        assert!(!matches("obligations.meet", "obligations.cancel"));
        assert!(matches("obligations.*", "obligations.cancel") && !matches("obligations.*", "units.create"));
        assert!(matches("*", "units.create"));
    }

    #[test]
    fn what_never_happens_is_no_pattern() {
        for text in ["", "obligations", "obligations.dance", "nothing.*", "*.meet", ".*", "**"] {
            assert_eq!(text.parse::<EventPattern>(), Err(UnknownEvent), "{text}");
        }
    }
}
