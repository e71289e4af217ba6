use crate::domain::{Act, Actor, RequestOrigin, Timestamp, UserId};

/// Who wants a change, and from where.
#[derive(Clone, Debug)]
pub struct Initiator {
    pub actor: Actor,
    /// None where no request was made.
    pub origin: Option<RequestOrigin>,
}

impl Initiator {
    pub fn user(id: UserId, origin: &RequestOrigin) -> Self {
        Self {
            actor: Actor::User(id),
            origin: Some(origin.clone()),
        }
    }

    /// Whoever runs a command.
    pub fn command_line() -> Self {
        Self {
            actor: Actor::CommandLine,
            origin: None,
        }
    }

    pub fn acts(&self, at: Timestamp) -> Act {
        Act {
            at,
            actor: self.actor,
            origin: self.origin.clone(),
        }
    }
}
