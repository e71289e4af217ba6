use std::{sync::Arc, time::Duration};

use zeroize::Zeroizing;

use crate::{
    crypto::InviteCode,
    domain::{Invite, InviteId},
    ports::{Clock, Entropy, InviteStore, StorageError},
    usecases::Initiator,
};

/// Makes an invite for one account.
pub struct CreateInvite {
    pub invites: Arc<dyn InviteStore>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

#[derive(Debug)]
pub struct CreatedInvite {
    pub invite: Invite,
    /// It exists in clear text only here.
    pub code: InviteCode,
}

impl CreateInvite {
    pub async fn run(
        &self,
        by: &Initiator,
        lifetime: Duration,
    ) -> Result<CreatedInvite, StorageError> {
        let mut random = Zeroizing::new([0; 32]);
        self.entropy.fill(random.as_mut_slice());
        let code = InviteCode::from_random(&random);
        let now = self.clock.now();
        let invite = Invite {
            id: InviteId::new(self.entropy.uuid()),
            code: code.digest(),
            created_at: now,
            created_by: by.actor,
            expires_at: now + lifetime,
            used: None,
        };
        self.invites.create(&invite, &by.acts(now)).await?;
        Ok(CreatedInvite { invite, code })
    }
}
