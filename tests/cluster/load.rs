//! The clients: users, someone who is limited, and an admin who rotates keys.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    client::{Client, now},
    follower::Followers,
    ledger::{Consumed, Ledger, Limited},
};
use crate::support::{oauth::sid, verifier::part};

#[derive(Clone)]
pub struct Load {
    pub client: Client,
    pub followers: Arc<Followers>,
    pub ledger: Ledger,
    pub stop: Arc<AtomicBool>,
}

struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

impl Load {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// One user after the other registers, logs in, refreshes, and leaves in one
    /// way or another.
    pub async fn users(self, worker: usize) {
        let mut number = 0;
        while self.goes_on() {
            number += 1;
            let name = format!("w{worker}n{number}");
            let Some(password) = self.register(&name).await else {
                continue;
            };
            self.fail_to_log_in(&name).await;
            let mut tokens = self.log_in(&name, &password).await;
            let session = sid(&tokens.access);
            let first = tokens.refresh.clone();
            for _ in 0..3 {
                tokens = self.refresh(&tokens).await;
                let me = self.client.get("/me").bearer_auth(&tokens.access);
                if let Some(me) = self.client.send(me).await {
                    assert_eq!(me.status, StatusCode::OK, "{}", me.body);
                }
            }
            match number % 3 {
                0 => self.ledger.note(|ledger| {
                    ledger.consumed.push(Consumed {
                        session: session.clone(),
                        token: first,
                    });
                    ledger.kept.insert(session, tokens.refresh);
                }),
                1 => self.log_out(session, &tokens).await,
                _ => self.revoke(session, &tokens).await,
            }
        }
    }

    async fn register(&self, name: &str) -> Option<String> {
        let body = json!({ "username": name, "email": format!("{name}@example.com") });
        let request = self.client.post("/register").json(&body);
        let Some(answer) = self.client.send(request).await else {
            self.ledger.note(|ledger| {
                ledger.maybe_registered.insert(name.to_owned());
            });
            return None;
        };
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let text = |field: &str| answer.body[field].as_str().unwrap().to_owned();
        self.ledger.note(|ledger| {
            ledger.registered.insert(text("id"), name.to_owned());
        });
        Some(text("password"))
    }

    async fn fail_to_log_in(&self, name: &str) {
        let body = json!({ "username": name, "password": "not the password" });
        loop {
            let answer = self
                .client
                .send(self.client.post("/auth").json(&body))
                .await;
            match answer.map(|answer| answer.status) {
                Some(StatusCode::UNAUTHORIZED) => break,
                Some(status) => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
                None => self.ledger.note(|ledger| ledger.maybe_failed += 1),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.ledger.note(|ledger| ledger.failed += 1);
    }

    async fn log_in(&self, name: &str, password: &str) -> Tokens {
        let body = json!({ "username": name, "password": password });
        let request = || self.client.post("/auth").json(&body);
        let (answer, _) = self.client.insist(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let tokens = Tokens::of(&answer.body);
        let jti = part(&tokens.access, 1)["jti"].as_str().unwrap().to_owned();
        self.ledger.note(|ledger| {
            ledger.logins.insert(sid(&tokens.access), jti);
        });
        self.check(&tokens.access).await;
        tokens
    }

    async fn refresh(&self, tokens: &Tokens) -> Tokens {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &tokens.refresh),
        ];
        let request = || self.client.post("/token").form(&form);
        let (answer, _) = self.client.insist(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let tokens = Tokens::of(&answer.body);
        self.check(&tokens.access).await;
        tokens
    }

    async fn check(&self, token: &str) {
        let kid = part(token, 0)["kid"].as_str().unwrap().to_owned();
        self.ledger.note(|ledger| {
            ledger.kids.insert(kid);
            ledger.access_tokens.push(token.to_owned());
        });
        self.followers.judge(Some(token), &self.ledger).await;
    }

    async fn log_out(&self, session: String, tokens: &Tokens) {
        let request = || self.client.post("/logout").bearer_auth(&tokens.access);
        let (answer, again) = self.client.insist(request).await;
        // Where it was asked before, and not answered, that may have done it.
        let over = again && answer.status == StatusCode::UNAUTHORIZED;
        assert!(over || answer.status == StatusCode::NO_CONTENT);
        self.ledger.note(|ledger| {
            ledger.ended.insert(session);
            ledger.ended_tokens.push(tokens.refresh.clone());
        });
    }

    async fn revoke(&self, session: String, tokens: &Tokens) {
        let form = [("token", &tokens.refresh)];
        let request = || self.client.post("/revoke").form(&form);
        let (answer, _) = self.client.insist(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        self.ledger.note(|ledger| {
            ledger.ended.insert(session);
            ledger.ended_tokens.push(tokens.refresh.clone());
        });
    }

    /// Asks for more than it is given.
    pub async fn limited(self) {
        while self.goes_on() {
            let sent = now();
            let request = self.client.post("/auth").body("");
            if let Some(answer) = self.client.send(request).await {
                let limited = Limited {
                    sent,
                    answered: now(),
                    admitted: answer.status != StatusCode::TOO_MANY_REQUESTS,
                };
                self.ledger.note(|ledger| ledger.limited.push(limited));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Rotates the signing key as soon as every verifier can know the next one.
    pub async fn rotations(self, admin: String, password: String) {
        let token = self.log_in(&admin, &password).await.access;
        while self.goes_on() {
            let request = self.client.post("/admin/keys/rotate").bearer_auth(&token);
            match self.client.send(request).await {
                Some(answer) if answer.status == StatusCode::OK => self.ledger.note(|ledger| {
                    let active = answer.body["active"].as_str().unwrap();
                    ledger.rotated_to.push(active.to_owned());
                }),
                Some(answer) => assert_eq!(answer.body["code"], "too_early", "{}", answer.body),
                None => self.ledger.note(|ledger| ledger.maybe_rotated += 1),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
