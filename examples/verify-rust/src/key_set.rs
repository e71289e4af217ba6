//! The issuer's public keys, kept for as long as their Cache-Control says.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jsonwebtoken::{Algorithm, DecodingKey, jwk::JwkSet};
use reqwest::{Client, Response, header, redirect::Policy};
use tokio::sync::{Mutex, RwLock};

/// How often a key id that is unknown may make it ask again: tokens with made-up ids
/// cannot make this service flood Signet.
const COOLDOWN: Duration = Duration::from_secs(30);
/// How often it is asked for while there is none to be had.
const RETRY: Duration = Duration::from_secs(1);

pub struct KeySet {
    url: String,
    client: Client,
    cached: RwLock<Option<Arc<Cached>>>,
    /// Held while asking.
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    /// When it was asked for last, with or without success.
    last: Option<Instant>,
    /// When the last attempt failed.
    failed: Option<Instant>,
}

/// There is no key set, and none is to be had.
pub struct NoKeySet;

struct Cached {
    keys: JwkSet,
    fetched: Instant,
    fresh_for: Duration,
}

impl KeySet {
    pub fn new(url: String) -> Result<Self, reqwest::Error> {
        // The keys are what the issuer itself answers with.
        let client = Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(Policy::none())
            .build()?;
        Ok(Self {
            url,
            client,
            cached: RwLock::default(),
            asked: Mutex::default(),
        })
    }

    /// The key of this id, if the issuer publishes it for the algorithm. Signet
    /// publishes a key before it signs, for as long as caches may live, so that no
    /// rotation is noticed here.
    pub async fn key(
        &self,
        kid: &str,
        algorithm: Algorithm,
    ) -> Result<Option<DecodingKey>, NoKeySet> {
        // A key that is known waits for nobody: not for an id that someone made up,
        // nor for an issuer that does not answer.
        if let Some(key) = self
            .fresh()
            .await
            .and_then(|it| find(&it.keys, kid, algorithm))
        {
            return Ok(Some(key));
        }
        // Many requests at once ask once: those who waited take what came of it.
        let mut asked = self.asked.lock().await;
        if let Some(it) = self.fresh().await {
            let found = find(&it.keys, kid, algorithm);
            if found.is_some() || asked.last.is_some_and(|last| last.elapsed() < COOLDOWN) {
                return Ok(found);
            }
        } else if asked.failed.is_some_and(|failed| failed.elapsed() < RETRY) {
            return Err(NoKeySet);
        }
        asked.last = Some(Instant::now());
        let Ok(it) = self.fetch().await else {
            asked.failed = Some(Instant::now());
            return Err(NoKeySet);
        };
        let it = Arc::new(it);
        let found = find(&it.keys, kid, algorithm);
        *self.cached.write().await = Some(it);
        Ok(found)
    }

    async fn fresh(&self) -> Option<Arc<Cached>> {
        let cached = self.cached.read().await.clone();
        cached.filter(|it| it.fetched.elapsed() < it.fresh_for)
    }

    async fn fetch(&self) -> Result<Cached, reqwest::Error> {
        let fetched = Instant::now();
        let response = self
            .client
            .get(&self.url)
            .send()
            .await?
            .error_for_status()?;
        Ok(Cached {
            fresh_for: fresh_for(&response),
            fetched,
            keys: response.json().await?,
        })
    }
}

fn find(keys: &JwkSet, kid: &str, algorithm: Algorithm) -> Option<DecodingKey> {
    let key = keys.find(kid)?;
    if Algorithm::try_from(key.common.key_algorithm?).ok()? != algorithm {
        return None;
    }
    DecodingKey::from_jwk(key).ok()
}

/// max-age, without what a proxy on the way has already kept it for.
fn fresh_for(response: &Response) -> Duration {
    let text = |name| response.headers().get(name)?.to_str().ok();
    let max_age = text(header::CACHE_CONTROL)
        .and_then(|value| {
            value
                .split(',')
                .find_map(|part| part.trim().strip_prefix("max-age="))
        })
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(0);
    let age = text(header::AGE)
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(0);
    Duration::from_secs(u64::saturating_sub(max_age, age))
}
