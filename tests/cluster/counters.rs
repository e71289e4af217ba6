//! What counts admissions, each for itself: Redis from its start to its end, and a
//! server that counts on its own. When a server did, it says itself; when it may, the
//! test's own clock says, which knows when Redis was away.

use std::time::Duration;

use serde_json::Value;
use signet::domain::Timestamp;

use super::{client::Span, fleet::Life};

/// How long a server may take to find Redis, once that answers or the server listens.
/// A look that began before may last for 2 s and the next one begins half a second
/// later; twice that, since on a busy machine a look may fail for a late answer.
const GRACE: Duration = Duration::from_secs(5);

/// On a busy machine an answer of Redis may be late, and its server counts on its own
/// until it finds it again, half a second later or more. Of the time of all servers
/// this part at most, 1 of so many, may go so.
const LATE_AT_MOST: u32 = 10;

/// Of requests at the same time one may count alone before the loss is logged that
/// another one noticed.
const BEFORE_ITS_LOG: Duration = Duration::from_millis(100);

/// When Redis was away, by the test's clock.
pub struct Outage {
    /// From when it is about to be killed to when it is gone.
    pub kill: Span,
    /// From when it is about to be started to when it has answered.
    pub restart: Span,
}

/// What counts, and for how long, each up to the limit.
pub struct Counters {
    all: Vec<Vec<Span>>,
    pub late: Vec<Span>,
}

impl Counters {
    /// Fails where a server says that it counted on its own while Redis was up, other
    /// than for a late answer now and then.
    pub fn of(lives: &[Life], outage: &Outage) -> Result<Self, String> {
        let before = (Timestamp::MIN_UTC, outage.kill.1);
        let after = (outage.restart.0, Timestamp::MAX_UTC);
        let mut all = vec![vec![before], vec![after]];
        let (mut late, mut lasted) = (Vec::new(), Duration::ZERO);
        for life in lives {
            let excused = [
                (life.from, life.listening + GRACE),
                (outage.kill.0, outage.restart.1 + GRACE),
            ];
            let mut alone = Vec::new();
            for claim in claims(life) {
                for beyond in beyond(claim.span, &excused) {
                    if !claim.is_of_a_late_answer || length(beyond) > GRACE {
                        let (from, to) = beyond;
                        return Err(format!("alone from {from} to {to}: {}", life.log));
                    }
                    late.push(beyond);
                }
                alone.push((claim.span.0 - BEFORE_ITS_LOG, claim.span.1));
            }
            all.push(alone);
            lasted += length((life.from, life.to));
        }
        let together: Duration = late.iter().copied().map(length).sum();
        if together * LATE_AT_MOST > lasted {
            return Err(format!("alone for {together:?} of {lasted:?}: {late:?}"));
        }
        Ok(Self { all, late })
    }

    /// How many counted at some time of this one.
    pub fn within(&self, time: Span) -> usize {
        let counts = |spans: &&Vec<Span>| spans.iter().any(|span| meet(*span, time));
        self.all.iter().filter(counts).count()
    }
}

/// When a server counted on its own, by what it logged.
struct Claim {
    span: Span,
    is_of_a_late_answer: bool,
}

fn claims(life: &Life) -> Vec<Claim> {
    let mut claims = Vec::new();
    // One that starts has not found Redis yet.
    let mut since = Some((life.from, false));
    let until = |(from, is_of_a_late_answer), to| Claim {
        span: (from, to),
        is_of_a_late_answer,
    };
    for line in life.log.lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let field = |name: &str| event["fields"][name].as_str().unwrap_or_default();
        let at = || event["timestamp"].as_str().unwrap().parse().unwrap();
        if field("message").contains("Redis is away") {
            let is_late = field("error").starts_with("no answer within");
            since = since.or_else(|| Some((at(), is_late)));
        } else if field("message").contains("limits are counted on Redis") {
            claims.extend(since.take().map(|since| until(since, at())));
        }
    }
    claims.extend(since.map(|since| until(since, life.to)));
    claims
}

/// What of the span is in none of the others.
fn beyond(span: Span, others: &[Span]) -> Vec<Span> {
    let mut rest = vec![span];
    for (from, to) in others {
        let parts = rest
            .into_iter()
            .flat_map(|(begin, end)| [(begin, end.min(*from)), (begin.max(*to), end)]);
        rest = parts.filter(|(begin, end)| begin < end).collect();
    }
    rest
}

fn meet(one: Span, other: Span) -> bool {
    one.0 <= other.1 && one.1 >= other.0
}

fn length((from, to): Span) -> Duration {
    (to - from).to_std().unwrap()
}

/// A server of a hundred seconds, which found Redis at once and later logged this;
/// Redis was away from the 50th to the 52nd.
fn judged(later: &[(u64, &str, &str)]) -> Result<Counters, String> {
    let at = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
    let found = [(1, FOUND, "")];
    let lines = found.iter().chain(later).map(|(second, message, error)| {
        let fields = serde_json::json!({ "message": message, "error": error });
        format!(
            "{}\n",
            serde_json::json!({ "timestamp": at(*second), "fields": fields })
        )
    });
    let life = Life {
        from: at(0),
        listening: at(1),
        to: at(100),
        log: lines.collect(),
    };
    let outage = Outage {
        kill: (at(50), at(50)),
        restart: (at(51), at(52)),
    };
    Counters::of(&[life], &outage)
}

const FOUND: &str = "limits are counted on Redis";
const AWAY: &str = "the limiter's Redis is away";

#[test]
fn a_server_may_count_alone_while_redis_is_away_and_until_it_can_have_found_it() {
    assert!(judged(&[(50, AWAY, "broken pipe"), (54, FOUND, "")]).is_ok());
    assert!(judged(&[(50, AWAY, "broken pipe"), (58, FOUND, "")]).is_err());
}

#[test]
fn a_server_that_says_redis_is_away_while_it_is_there_excuses_nothing() {
    assert!(judged(&[(70, AWAY, "broken pipe"), (71, FOUND, "")]).is_err());
    assert!(judged(&[(70, AWAY, "broken pipe")]).is_err());
}

#[test]
fn an_answer_may_be_late_now_and_then_and_for_a_short_time() {
    let late = (70, AWAY, "no answer within 50ms");
    assert_eq!(judged(&[late, (71, FOUND, "")]).unwrap().late.len(), 1);
    assert!(judged(&[late, (76, FOUND, "")]).is_err());
    let often = |second| (second, AWAY, "no answer within 50ms");
    let flaps: Vec<_> = (60..80)
        .flat_map(|second| [often(second), (second + 1, FOUND, "")])
        .collect();
    assert!(judged(&flaps).is_err());
}
