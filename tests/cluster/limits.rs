//! Whether the limited client was ever admitted more often than its limit says
//! while all servers counted on Redis.

use std::collections::BTreeMap;

use serde_json::Value;
use signet::domain::Timestamp;

use super::{
    fleet::{Life, QUOTA, WINDOW},
    ledger::Limited,
};

/// When some server counted on its own, by what the servers logged.
pub fn counted_alone(lives: &[Life]) -> Vec<(Timestamp, Timestamp)> {
    let mut alone = Vec::new();
    for life in lives {
        // One that starts has not found Redis yet.
        let mut since = Some(life.from);
        for line in life.log.lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let message = line["fields"]["message"].as_str().unwrap_or_default();
            let at = || line["timestamp"].as_str().unwrap().parse().unwrap();
            if message.contains("Redis is away") {
                since = since.or_else(|| Some(at()));
            } else if message.contains("limits are counted on Redis") {
                alone.extend(since.take().map(|since| (since, at())));
            }
        }
        alone.extend(since.map(|since| (since, life.to)));
    }
    alone
}

/// The requests, in the order in which they were sent, that no server decided
/// alone; a part for each time between which some server did.
pub fn shared(requests: &[Limited], alone: &[(Timestamp, Timestamp)]) -> Vec<Vec<Limited>> {
    let mut parts = BTreeMap::<_, Vec<_>>::new();
    for request in requests {
        let met =
            |(from, to): &(Timestamp, Timestamp)| request.sent <= *to && request.answered >= *from;
        if !alone.iter().any(met) {
            let ended = alone.iter().filter(|(_, to)| *to < request.sent).count();
            parts.entry(ended).or_default().push(*request);
        }
    }
    parts.into_values().collect()
}

/// The most admissions that were surely within one window: of each only the
/// times are known between which it was.
pub fn most_within_a_window(requests: &[Limited]) -> usize {
    let admitted: Vec<_> = requests.iter().filter(|one| one.admitted).collect();
    let counts = admitted.iter().map(|first| {
        let within = admitted.iter();
        let within = within.filter(|one| one.sent >= first.sent);
        within
            .filter(|one| one.answered <= first.sent + WINDOW)
            .count()
    });
    counts.max().unwrap_or(0)
}

#[test]
fn the_count_notices_one_admission_too_many() {
    let at = |millis| Timestamp::UNIX_EPOCH + std::time::Duration::from_millis(millis);
    let admitted = |sent| Limited {
        sent: at(sent),
        answered: at(sent + 10),
        admitted: true,
    };
    let mut requests: Vec<_> = (0..QUOTA as u64).map(|n| admitted(n * 100)).collect();
    requests.push(admitted(1000));
    assert_eq!(most_within_a_window(&requests), QUOTA);
    requests.push(admitted(950));
    assert_eq!(most_within_a_window(&requests), QUOTA + 1);
    let alone = [(at(940), at(1100))];
    let parts = shared(&requests, &alone);
    assert_eq!(parts.len(), 1);
    assert_eq!(most_within_a_window(&parts[0]), QUOTA);
}
