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

/// So many users log in on both sides, one after the other, chosen from all over.
const FEW: u64 = 1000;

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let mut sites = [Site::with(FEW)?, Site::with(effort.users)?];
    let mut order = [0, 1];
    for _ in 0..effort.runs {
        for index in order {
            sites[index].start_again(effort.seconds)?;
        }
        let pace = Paced {
            per_second: latency::PACE * sites[0].peak,
            seconds: 4 * effort.seconds,
            arrivals: Arrivals::Even,
        };
        for index in order {
            let site = &mut sites[index];
            site.seen.push(site.logins.paced(&pace)?);
        }
        order.reverse();
    }
    let [few, many] = sites;
    let row = |what: &str, of: fn(&Site) -> Vec<f64>| Row {
        what: format!("{what} with {} users", effort.users),
        unit: "ms",
        values: of(&many),
        against: Against::Ratio(format!("with {FEW}"), of(&few)),
        reach: Reach::AtMost(1.2),
        load: Vec::new(),
        load_beside: Vec::new(),
    };
    Ok(vec![
        Row {
            load: many.load(),
            load_beside: few.load(),
            ..row("login p99, paced,", Site::p99)
        },
        row("start to ready", |site| site.ready.clone()),
    ])
}

/// A server with users who have one password, logins of theirs, and what was seen there.
struct Site {
    server: Server,
    logins: Logins,
    /// Logins per second when it was last saturated.
    peak: f64,
    /// How many milliseconds each start took.
    ready: Vec<f64>,
    seen: Vec<Waited>,
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
        let accounts: Vec<_> = (0..FEW).map(account).collect();
        Ok(Self {
            logins: Logins::of(&server, &accounts)?,
            server,
            peak: 0.0,
            ready: Vec::new(),
            seen: Vec::new(),
        })
    }

    /// Until it is warm, with its database in memory: some systems give up pages that nobody
    /// asked for in the last minute, and reading them from a disk again is no work of the
    /// server's.
    fn start_again(&mut self, seconds: u32) -> Outcome<()> {
        self.server.restart(|_| Ok(()))?;
        self.server.read_database()?;
        self.ready
            .push(1000.0 * self.server.ready_after.as_secs_f64());
        self.peak = self.logins.saturate(seconds)?.per_second;
        Ok(())
    }

    fn p99(&self) -> Vec<f64> {
        self.seen.iter().map(|seen| seen.p99).collect()
    }

    fn load(&self) -> Vec<f64> {
        self.seen.iter().map(|seen| seen.load_share).collect()
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
