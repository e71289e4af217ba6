//! Logins and the start of the server when there are millions of users.

use std::path::Path;

use super::{
    Effort, Outcome,
    accounts::{Account, Logins, register},
    bulk, latency,
    paced::{Arrivals, Paced, Waited},
    server::Server,
    table::{Against, Reach, Row},
};

const FEW: u64 = 1000;
/// So many of the users log in, one after the other, chosen from all over.
const LOGGING_IN: u64 = 20_000;

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let mut sites = [Site::with(FEW)?, Site::with(effort.users)?];
    let peak = sites[0].logins.saturate(effort.seconds)?.per_second;
    let pace = Paced {
        per_second: latency::PACE * peak,
        seconds: 4 * effort.seconds,
        arrivals: Arrivals::Even,
    };
    let mut ready: [Vec<f64>; 2] = Default::default();
    let mut seen: [Vec<Waited>; 2] = Default::default();
    for _ in 0..effort.runs {
        for (index, Site { server, logins }) in sites.iter_mut().enumerate() {
            server.restart(|_| Ok(()))?;
            ready[index].push(1000.0 * server.ready_after.as_secs_f64());
            seen[index].push(logins.paced(&pace)?);
        }
    }
    let p99 = seen
        .each_ref()
        .map(|seen| seen.iter().map(|seen| seen.p99).collect());
    let load = seen
        .each_ref()
        .map(|seen| seen.iter().map(|seen| seen.load_share).collect());
    let row = |what: &str, [few, many]: [Vec<f64>; 2], reach, [beside, load]: [Vec<f64>; 2]| Row {
        what: format!("{what} with {} users", effort.users),
        unit: "ms",
        values: many,
        against: Against::Ratio(format!("with {FEW}"), few),
        reach,
        load,
        load_beside: beside,
    };
    Ok(vec![
        row("login p99, paced,", p99, Reach::AtMost(1.2), load),
        row(
            "start to ready",
            ready,
            Reach::AtMost(1.2),
            Default::default(),
        ),
    ])
}

/// A server with users who have one password, and logins of theirs.
struct Site {
    server: Server,
    logins: Logins,
}

impl Site {
    fn with(users: u64) -> Outcome<Self> {
        let mut server = Server::start(&[])?;
        let first = register(&server, 1)?.remove(0);
        server.restart(|database| add_copies(database, users))?;
        let account = |number| Account {
            // A multiplier that shares no factor with the number of users visits each once.
            name: format!("user-{}", number * 2_654_435_761 % users),
            password: first.password.clone(),
        };
        let accounts: Vec<_> = (0..LOGGING_IN.min(users)).map(account).collect();
        let logins = Logins::of(&server, &accounts)?;
        Ok(Self { server, logins })
    }
}

/// Copies of the only account, under names and ids of their own.
fn add_copies(database: &Path, count: u64) -> Outcome<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let seconds = bulk::insert(database, "users", &copies(count)).await?;
        eprintln!("{count} users made in {seconds:.0} s");
        Ok(())
    })
}

fn copies(count: u64) -> String {
    let digits = |bytes| format!("lower(hex(randomblob({bytes})))");
    let (two, four, six) = (digits(2), digits(4), digits(6));
    format!(
        "CREATE TEMP TABLE only AS SELECT password_hash, status, date_registered FROM users; \
         INSERT INTO users (id, username, username_folded, email, email_folded, password_hash, \
         status, date_registered) \
         WITH RECURSIVE counted(i) AS \
             (SELECT 0 UNION ALL SELECT i + 1 FROM counted WHERE i < {count} - 1), \
         named AS (SELECT 'user-' || i AS name, 'user-' || i || '@example.com' AS email, \
             printf('%s-%s-4%s-8%s-%s', {four}, {two}, substr({two}, 2), substr({two}, 2), {six}) \
             AS id FROM counted) \
         SELECT id, name, name, email, email, password_hash, status, date_registered \
         FROM named, only"
    )
}
