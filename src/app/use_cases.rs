//! The use cases behind the HTTP API, on a server's ports.

use std::sync::Arc;

use super::Ports;
use crate::{
    adapters::http::UseCases,
    config::Config,
    domain::AccessTokenPolicy,
    usecases::{
        AccountGuard, AdmitRequest, Authenticate, CheckReadiness, IssuedTokens, TokenIssuer,
        accounts::{
            ChangePassword, CloseAccount, ConfirmPassword, PasswordJudge, RatePassword,
            RegisterUser,
        },
        clients::{AuthenticateClient, IssueClientToken},
        keys::{MaintainKeys, PublishKeys},
        sessions::{EndSession, PurgeExpired, RefreshSession},
        tokens::{AuthorizeUser, InspectToken, IntrospectToken, RevokeToken},
    },
};

impl Ports {
    pub fn use_cases(
        &self,
        config: &Config,
        policy: AccessTokenPolicy,
        maintain_keys: &Arc<MaintainKeys>,
    ) -> UseCases {
        let ring = maintain_keys.ring.clone();
        let issuer = Arc::new(TokenIssuer {
            ring: ring.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            policy: policy.clone(),
            terms: config.session_terms,
            issued: IssuedTokens::default(),
        });
        let inspect_token = Arc::new(InspectToken {
            ring: ring.clone(),
            clock: self.clock.clone(),
            policy: policy.clone(),
        });
        let authorize_user = Arc::new(AuthorizeUser {
            inspect_token: inspect_token.clone(),
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
        });
        let judge = Arc::new(PasswordJudge {
            policy: config.password_policy,
            meter: self.judging_meter.clone(),
        });
        let confirm_password = Arc::new(ConfirmPassword {
            guard: self.account_guard(config),
            auth_log: self.auth_log.clone(),
            hasher: self.hasher.clone(),
            clock: self.clock.clone(),
        });
        let admit_request = AdmitRequest::new(self.limiter.clone(), config.rate_limits);
        let admit_request = Arc::new(admit_request);
        UseCases {
            policy,
            register_user: Arc::new(self.register_user(config, judge.clone())),
            rate_password: Arc::new(RatePassword {
                policy: config.password_policy,
                meter: self.rating_meter.clone(),
            }),
            update_user: Arc::new(self.update_user()),
            close_account: Arc::new(CloseAccount {
                confirm_password: confirm_password.clone(),
                users: self.users.clone(),
                clock: self.clock.clone(),
            }),
            change_password: Arc::new(ChangePassword {
                confirm_password,
                judge,
                users: self.users.clone(),
                hasher: self.hasher.clone(),
                admit_request: admit_request.clone(),
                clock: self.clock.clone(),
            }),
            authenticate: Arc::new(self.authenticate(config, issuer.clone())),
            refresh_session: Arc::new(RefreshSession {
                sessions: self.sessions.clone(),
                issuer: issuer.clone(),
            }),
            list_sessions: Arc::new(self.list_sessions(config)),
            list_auth_events: Arc::new(self.list_auth_events()),
            end_session: Arc::new(EndSession {
                sessions: self.sessions.clone(),
                clock: self.clock.clone(),
            }),
            end_all_sessions: Arc::new(self.end_all_sessions()),
            admin: Arc::new(self.admin_use_cases(&authorize_user, config, maintain_keys.clone())),
            authorize_user,
            authenticate_client: Arc::new(AuthenticateClient {
                clients: self.clients.clone(),
                auth_log: self.auth_log.clone(),
                clock: self.clock.clone(),
            }),
            issue_client_token: IssueClientToken { issuer },
            introspect_token: IntrospectToken {
                inspect_token: inspect_token.clone(),
                ring: ring.clone(),
                sessions: self.sessions.clone(),
                clients: self.clients.clone(),
                clock: self.clock.clone(),
            },
            revoke_token: Arc::new(RevokeToken {
                inspect_token,
                ring: ring.clone(),
                keys: self.keys.clone(),
                sessions: self.sessions.clone(),
                clients: self.clients.clone(),
            }),
            publish_keys: PublishKeys {
                ring: ring.clone(),
                clock: self.clock.clone(),
                max_age: config.key_timings.jwks_max_age,
            },
            check_readiness: CheckReadiness {
                storage: self.storage.clone(),
                ring,
                limits: self.limits_health.clone(),
                clock: self.clock.clone(),
            },
            admit_request,
        }
    }

    fn register_user(&self, config: &Config, judge: Arc<PasswordJudge>) -> RegisterUser {
        RegisterUser {
            mode: config.registration,
            users: self.users.clone(),
            invites: self.invites.clone(),
            judge,
            hasher: self.hasher.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn authenticate(&self, config: &Config, issuer: Arc<TokenIssuer>) -> Authenticate {
        Authenticate {
            guard: self.account_guard(config),
            users: self.users.clone(),
            auth_log: self.auth_log.clone(),
            hasher: self.hasher.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            issuer,
        }
    }

    fn account_guard(&self, config: &Config) -> AccountGuard {
        AccountGuard {
            throttle: config.account_throttle.then(|| self.throttle.clone()),
            known_networks: self.known_networks.clone(),
            auth_log: self.auth_log.clone(),
            clock: self.clock.clone(),
        }
    }

    /// The clean-up that a server runs now and then.
    pub fn purge_expired(&self) -> PurgeExpired {
        PurgeExpired {
            sessions: self.sessions.clone(),
            clients: self.clients.clone(),
            known_networks: self.known_networks.clone(),
            clock: self.clock.clone(),
        }
    }
}
