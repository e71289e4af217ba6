use std::{cmp::Reverse, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{sync::Semaphore, task};
use zeroize::Zeroizing;
use zxcvbn::{Entropy, zxcvbn};

use super::pieces::pieces;
use crate::{
    domain::{Password, PasswordStrength, PersonalWords, StrengthScore},
    ports::{MeterError, StrengthMeter},
};

const RETRY_AFTER: Duration = Duration::from_secs(1);

/// zxcvbn on the runtime's blocking threads, one password at a time: a flood of
/// them takes one core at most, and no place from those who log in or ask
/// another meter.
///
/// The copies that zxcvbn makes of a password are not wiped.
#[derive(Debug)]
pub struct ZxcvbnMeter {
    places: Semaphore,
    turn: Arc<Semaphore>,
}

impl ZxcvbnMeter {
    /// `places` are the passwords that may wait or be rated at once. Rating one
    /// takes 10 ms at most.
    pub fn new(places: usize) -> Self {
        Self {
            places: Semaphore::new(places),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

#[async_trait]
impl StrengthMeter for ZxcvbnMeter {
    async fn rate(
        &self,
        password: &Password,
        known: &PersonalWords,
    ) -> Result<PasswordStrength, MeterError> {
        let _place = self.places.try_acquire().map_err(|_| MeterError::Busy {
            retry_after: RETRY_AFTER,
        })?;
        let turn = self.turn.clone().acquire_owned().await;
        let turn = turn.map_err(|_| MeterError::Failed)?;
        let (password, known) = (password.clone(), known.clone());
        // The turn lasts as long as the work, also when nobody waits for it.
        let work = move || {
            let strength = rate(&password.normalized(), &known);
            drop(turn);
            strength
        };
        task::spawn_blocking(work)
            .await
            .map_err(|_| MeterError::Failed)
    }
}

/// The strength of the hardest piece.
fn rate(text: &str, known: &PersonalWords) -> PasswordStrength {
    let text = without_names(text, known);
    let known: Vec<_> = known.iter().collect();
    let mut best = zxcvbn("", &known);
    for piece in pieces(&text) {
        if score(&best) == StrengthScore::HIGHEST {
            break;
        }
        let entropy = zxcvbn(piece, &known);
        if entropy.guesses() > best.guesses() {
            best = entropy;
        }
    }
    PasswordStrength {
        score: score(&best),
        advice: advice(&best),
    }
}

/// A name that two pieces share, or that none has room for, would be taken for
/// chance. Shorter ones may stand in a word, and zxcvbn knows them.
const SHORTEST_TAKEN_OUT: usize = 8;

fn without_names(text: &str, known: &PersonalWords) -> Zeroizing<String> {
    let mut text = Zeroizing::new(text.to_owned());
    let mut names: Vec<_> = known.iter().collect();
    // The whole before its parts.
    names.sort_unstable_by_key(|name| Reverse(name.chars().count()));
    names.retain(|name| name.chars().count() >= SHORTEST_TAKEN_OUT);
    for name in names {
        let (lower, name) = (Zeroizing::new(text.to_lowercase()), name.to_lowercase());
        if lower.contains(&name) {
            *text = lower.replace(&name, "");
        }
    }
    text
}

fn score(entropy: &Entropy) -> StrengthScore {
    StrengthScore::new(entropy.score().into())
}

fn advice(entropy: &Entropy) -> Vec<String> {
    let Some(feedback) = entropy.feedback() else {
        return Vec::new();
    };
    let warning = feedback.warning().map(|warning| warning.to_string());
    let suggestions = feedback.suggestions().iter().map(ToString::to_string);
    warning.into_iter().chain(suggestions).collect()
}
