//! How long answers take at a pace that leaves room, and while logins take all
//! that the machine has.

use std::{thread, time::Duration};

use super::{
    CONNECTIONS, Effort, Outcome,
    accounts::{LEFT_OVERS, Logins, Sessions, register},
    baseline, keys,
    paced::{Arrivals, Paced, Waited, answered},
    server::Server,
    table::{Against, Reach, Row},
};

/// Of the peak: the pace of logins.
pub(crate) const PACE: f64 = 0.7;
const KEY_SETS_PER_SECOND: f64 = 500.0;
const REFRESHES_PER_SECOND: f64 = 100.0;

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let (seconds, long) = (effort.seconds, 4 * effort.seconds);
    let server = Server::start(&[])?;
    // Logins beyond a hundred end an account's oldest session: those that are
    // refreshed are of others.
    let accounts = register(&server, 2 * CONNECTIONS)?;
    let (logging_in, refreshing) = accounts.split_at(CONNECTIONS);
    let logins = Logins::of(&server, logging_in)?;
    let sessions = Sessions::of(&server, refreshing)?;
    let (mut hash, mut even, mut random) = (Vec::new(), Vec::new(), Vec::new());
    let mut key_sets = Pairs::default();
    let mut refreshes = Pairs::default();
    for _ in 0..effort.runs {
        hash.push(1000.0 / baseline::verifications(1, seconds)?);
        let peak = logins.saturate(seconds)?.per_second;
        let pace = |per_second, arrivals| Paced {
            per_second,
            seconds: long,
            arrivals,
        };
        even.push(logins.paced(&pace(PACE * peak, Arrivals::Even))?);
        random.push(logins.paced(&pace(PACE * peak, Arrivals::Random))?);
        let key_set = pace(KEY_SETS_PER_SECOND, Arrivals::Even);
        key_sets.measure(&logins, long, || read_key_set(&server, &key_set))?;
        let refresh = pace(REFRESHES_PER_SECOND, Arrivals::Even);
        refreshes.measure(&logins, long, || sessions.paced(&refresh))?;
    }
    let logins = |how: &str, seen: &[Waited], reach| Row {
        what: format!("login p99 at {:.0} % of the peak rate, {how}", 100.0 * PACE),
        unit: "ms",
        values: seen.iter().map(|seen| seen.p99).collect(),
        against: Against::Ratio("one bare hash".to_owned(), hash.clone()),
        reach,
        load: seen.iter().map(|seen| seen.load_share).collect(),
        load_beside: Vec::new(),
    };
    Ok(vec![
        logins("paced", &even, Reach::AtMost(6.0)),
        logins("arriving at random", &random, Reach::Told),
        key_sets.row("key set", KEY_SETS_PER_SECOND),
        refreshes.row("refresh", REFRESHES_PER_SECOND),
    ])
}

/// The same requests without logins and beside logins that saturate the pool.
#[derive(Default)]
struct Pairs {
    alone: Vec<Waited>,
    beside: Vec<Waited>,
}

impl Pairs {
    fn measure(
        &mut self,
        logins: &Logins,
        seconds: u32,
        measured: impl Fn() -> Outcome<Waited>,
    ) -> Outcome<()> {
        self.alone.push(measured()?);
        let beside = thread::scope(|scope| {
            // They begin before, and end after.
            let logging_in = scope.spawn(|| logins.flood(seconds + 4));
            thread::sleep(Duration::from_secs(1));
            let seen = measured()?;
            if logging_in.is_finished() {
                return Err("the logins ended too early".into());
            }
            let logins = logging_in.join().map_err(|_| "the logins panicked")??;
            // What makes the logins takes its part, too.
            let load_share = seen.load_share + logins.load_share;
            Outcome::Ok(Waited { load_share, ..seen })
        });
        thread::sleep(LEFT_OVERS);
        self.beside.push(beside?);
        Ok(())
    }

    fn row(&self, what: &str, per_second: f64) -> Row {
        let p99 = |seen: &[Waited]| -> Vec<f64> { seen.iter().map(|seen| seen.p99).collect() };
        let share = |seen: &[Waited]| seen.iter().map(|seen| seen.load_share).collect();
        Row {
            what: format!("{what} p99 at {per_second}/s while logins saturate the pool"),
            unit: "ms",
            values: p99(&self.beside),
            against: Against::Difference("without logins".to_owned(), p99(&self.alone)),
            reach: Reach::AtMost(10.0),
            load: share(&self.beside),
            load_beside: share(&self.alone),
        }
    }
}

fn read_key_set(server: &Server, pace: &Paced) -> Outcome<Waited> {
    let url = server.at(keys::PATH);
    pace.go(|client| answered(client.get(&url)))
}
