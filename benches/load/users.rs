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
    let mut few = Site::with(FEW)?;
    let mut many = Site::with(effort.users)?;
    let mut many_is_first = false;
    for _ in 0..effort.runs {
        let peak = few.start_again(effort.seconds)?;
        many.start_again(effort.seconds)?;
        let pace = Paced {
            per_second: latency::PACE * peak,
            seconds: 4 * effort.seconds,
            arrivals: Arrivals::Even,
        };
        let mut sites = [&mut few, &mut many];
        if many_is_first {
            sites.reverse();
        }
        for site in sites {
            site.seen.push(site.logins.paced(&pace)?);
        }
        many_is_first = !many_is_first;
    }
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
        let accounts: Vec<_> = (0..LOGGING_IN.min(users)).map(account).collect();
        Ok(Self {
            logins: Logins::of(&server, &accounts)?,
            server,
            ready: Vec::new(),
            seen: Vec::new(),
        })
    }

    /// How many logins a second it makes, once it has been started again and its database
    /// is in memory: some systems give up pages that nobody asked for in the last minute,
    /// and reading them again from a disk is no work of the server's.
    fn start_again(&mut self, seconds: u32) -> Outcome<f64> {
        self.server.restart(|_| Ok(()))?;
        self.server.read_database()?;
        self.ready
            .push(1000.0 * self.server.ready_after.as_secs_f64());
        Ok(self.logins.saturate(seconds)?.per_second)
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
