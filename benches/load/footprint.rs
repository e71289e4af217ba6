//! Memory, and the time until the server is ready.

use std::{thread, time::Duration};

use signet::domain::Argon2Params;

use super::{
    CONNECTIONS, Effort, Outcome,
    accounts::{Logins, register},
    machine::cores,
    server::Server,
    stopwatch::Stopwatch,
    table::{Against, Reach, Row},
};

/// What the server does once a minute is done by then.
const IDLE_AFTER: Duration = Duration::from_secs(70);
/// The hash threads have wiped their memory by then, and connections that are not needed
/// any more are closed.
const SETTLED_AFTER: Duration = Duration::from_secs(30);

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let mut server = Server::start(&[])?;
    let accounts = register(&server, CONNECTIONS)?;
    let logins = Logins::of(&server, &accounts)?;
    let (mut ready, mut idle, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.runs {
        server.restart(|_| Ok(()))?;
        ready.push(1000.0 * server.ready_after.as_secs_f64());
        thread::sleep(IDLE_AFTER);
        idle.push(server.resident()?);
        log_in(&logins, effort)?;
        thread::sleep(SETTLED_AFTER);
        after.push(server.resident()?);
    }
    let blocks = cores() as f64 * f64::from(Argon2Params::default().memory_kib()) / 1024.0;
    let expected = idle.iter().map(|idle| idle + blocks).collect();
    let row = |what: &str, unit, values, against, reach| Row {
        what: what.to_owned(),
        unit,
        values,
        against,
        reach: Reach::AtMost(reach),
        load: Vec::new(),
        load_beside: Vec::new(),
    };
    Ok(vec![
        row(
            "start to ready, existing database and keys",
            "ms",
            ready,
            Against::Nothing,
            50.0,
        ),
        row("resident memory, idle", "MiB", idle, Against::Nothing, 16.0),
        row(
            &format!(
                "resident memory half a minute after {} logins",
                effort.logins
            ),
            "MiB",
            after,
            Against::Difference("idle and the pool's blocks".to_owned(), expected),
            10.0,
        ),
    ])
}

/// At least as many as wanted.
fn log_in(logins: &Logins, effort: &Effort) -> Outcome<()> {
    const AT_A_TIME: u32 = 30;
    let (mut done, time) = (0, Stopwatch::start());
    while done < effort.logins {
        let seen = logins.saturate(AT_A_TIME.min(effort.seconds * 6))?;
        done += seen.answers;
        let seconds = time.elapsed().as_secs();
        eprintln!("{done} of {} logins in {seconds} s", effort.logins);
    }
    Ok(())
}
