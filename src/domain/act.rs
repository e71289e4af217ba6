use std::{fmt, str::FromStr};

use super::{
    AuditAction, AuditEvent, AuditTarget, Field, InviteId, RequestOrigin, Snapshot, Timestamp,
    User, UserId,
};

/// Who changes something, when and from where: what an audit event says
/// besides the change itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub at: Timestamp,
    pub actor: Actor,
    /// None where no request was made.
    pub origin: Option<RequestOrigin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    User(UserId),
    /// Whoever may run commands on the database itself.
    CommandLine,
}

impl Actor {
    const COMMAND_LINE: &str = "command_line";
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::CommandLine => f.write_str(Self::COMMAND_LINE),
        }
    }
}

impl FromStr for Actor {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == Self::COMMAND_LINE {
            return Ok(Self::CommandLine);
        }
        text.parse().map(Self::User)
    }
}

impl Act {
    pub fn created(&self, action: AuditAction, target: AuditTarget, after: Snapshot) -> AuditEvent {
        self.event(action, target, None, Some(after))
    }

    /// Keeps only what differs.
    pub fn changed(
        &self,
        action: AuditAction,
        target: AuditTarget,
        before: Snapshot,
        after: Snapshot,
    ) -> AuditEvent {
        let (before, after) = before.difference(after);
        self.event(action, target, Some(before), Some(after))
    }

    pub fn deleted(&self, action: AuditAction, target: AuditTarget, was: Snapshot) -> AuditEvent {
        self.event(action, target, Some(was), None)
    }

    /// Something happened to the target that none of its fields tells.
    pub fn done(&self, action: AuditAction, target: AuditTarget) -> AuditEvent {
        self.event(action, target, None, None)
    }

    /// An account is opened, by its owner or for someone else, and uses up the
    /// invite.
    pub fn opened(&self, user: &User, invite: Option<InviteId>) -> AuditEvent {
        let action = if self.actor == Actor::User(user.id) {
            AuditAction::Register
        } else {
            AuditAction::CreateUser
        };
        let mut after = user.snapshot();
        if let Some(invite) = invite {
            after.add("invite", Field::text(&invite));
        }
        self.created(action, AuditTarget::User(user.id), after)
    }

    /// An account that existed elsewhere comes with its password.
    pub fn imported(&self, user: &User) -> AuditEvent {
        let target = AuditTarget::User(user.id);
        self.created(AuditAction::ImportUser, target, user.snapshot())
    }

    /// The account gets another password, from its owner or from someone else.
    pub fn password_set(&self, user: UserId) -> AuditEvent {
        let action = if self.actor == Actor::User(user) {
            AuditAction::ChangePassword
        } else {
            AuditAction::ResetPassword
        };
        self.done(action, AuditTarget::User(user))
    }

    fn event(
        &self,
        action: AuditAction,
        target: AuditTarget,
        before: Option<Snapshot>,
        after: Option<Snapshot>,
    ) -> AuditEvent {
        AuditEvent {
            act: self.clone(),
            action,
            target,
            before,
            after,
        }
    }
}
