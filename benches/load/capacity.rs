//! How much one server and one PostgreSQL do on these cores, with the millions of rows
//! that `scaling` made in it, and what PostgreSQL takes for it.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{
    CONNECTIONS, Effort, Outcome,
    accounts::{Account, Logins, register},
    cpu,
    keys::PATH,
    machine::cores,
    server::Server,
    table::median,
    tokens::{client_grant, refresh},
    wrk::{Run, Seen},
};

/// So many of the accounts log in, one after the other, chosen from all over.
const LOGGING_IN: u64 = 20_000;

/// What an earlier measurement registered.
const FORGET: [&str; 2] = [
    "DELETE FROM users WHERE username_folded >= 'someone-' AND username_folded < 'someone.'",
    "DELETE FROM clients WHERE name_folded = 'load'",
];

/// What a run saw, and PostgreSQL's share of all cores meanwhile.
type Measured = (Seen, f64);

pub(crate) fn measure(effort: &Effort) -> Outcome<()> {
    let Some(url) = &effort.database else {
        println!("\ncapacity: skipped, for it wants a --database that `scaling` filled");
        return Ok(());
    };
    on(url, &FORGET)?;
    let server = Server::start_on(url)?;
    // wrk makes one request more than it has connections before it begins.
    let accounts = register(&server, CONNECTIONS + 1)?;
    let many = give_password_of(&accounts[0], url)?;
    let logins = Logins::of(&server, &many)?;
    let grant = client_grant(&server)?;
    let (token, keys) = (server.at("/token"), server.at(PATH));
    let form = ["application/x-www-form-urlencoded", &*grant];
    let run = |script, url, arguments| {
        let run = Run {
            script,
            url,
            arguments,
            connections: CONNECTIONS,
            seconds: effort.seconds,
        };
        run.go()
    };
    let mut seen: [Vec<Measured>; 4] = Default::default();
    for _ in 0..effort.runs {
        seen[0].push(with_share(|| logins.saturate(effort.seconds))?);
        seen[1].push(with_share(|| refresh(&server, &accounts, effort.seconds))?);
        seen[2].push(with_share(|| run("post.lua", &token, &form))?);
        seen[3].push(with_share(|| run("get.lua", &keys, &[]))?);
    }
    println!(
        "\n| {} | a second | PostgreSQL | load generator |",
        many.len()
    );
    println!("| --- | --- | --- | --- |");
    let names = ["logins", "refreshes", "client tokens", "key set"];
    for (name, seen) in names.iter().zip(&seen) {
        print(name, seen);
    }
    Ok(())
}

/// PostgreSQL's CPU time is counted for as long as wrk runs and a little longer, while
/// nothing else is asked.
fn with_share(measure: impl FnOnce() -> Outcome<Seen>) -> Outcome<Measured> {
    let before = cpu::of_all("postgres")?;
    let seen = measure()?;
    let used = cpu::of_all("postgres")? - before;
    let seconds = seen.answers as f64 / seen.per_second;
    Ok((seen, used / seconds / cores() as f64))
}

fn print(name: &str, measured: &[Measured]) {
    let of = |value: fn(&Measured) -> f64| -> Vec<f64> { measured.iter().map(value).collect() };
    let rates = of(|(seen, _)| seen.per_second);
    let least = rates.iter().copied().fold(f64::INFINITY, f64::min);
    let most = rates.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    println!(
        "| {name} | {:.0} ({least:.0} to {most:.0}) | {:.1} % | {:.1} % |",
        median(&rates),
        100.0 * median(&of(|(_, share)| *share)),
        100.0 * median(&of(|(seen, _)| seen.load_share)),
    );
}

/// The password of the one is that of many, whose rows lie all over the table.
fn give_password_of(one: &Account, url: &str) -> Outcome<Vec<Account>> {
    // A multiplier that shares no factor with the number of accounts visits each once.
    let give = format!(
        "WITH many AS (SELECT GREATEST(reltuples, 1)::bigint AS rows FROM pg_class \
         WHERE oid = 'users'::regclass), \
         names AS (SELECT 'user-' || (1 + i * 2654435761 % rows) AS name \
         FROM generate_series(1, {LOGGING_IN}) AS i, many) \
         UPDATE users SET status = 'active', password_hash = \
         (SELECT password_hash FROM users WHERE username_folded = '{}') \
         FROM names WHERE username_folded = name RETURNING username",
        one.name
    );
    let names = on(url, &[&give])?;
    let account = |name| Account {
        name,
        password: one.password.clone(),
    };
    Ok(names.into_iter().map(account).collect())
}

/// What the last of these statements returns, in one column.
fn on(url: &str, statements: &[&str]) -> Outcome<Vec<String>> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let database = sea_orm::Database::connect(url).await?;
        let mut texts = Vec::new();
        for sql in statements {
            let query = Statement::from_string(DbBackend::Postgres, *sql);
            let rows = database.query_all_raw(query).await?;
            let column = rows.iter().map(|row| row.try_get_by_index(0));
            texts = column.collect::<Result<_, _>>()?;
        }
        database.close().await?;
        Ok(texts)
    })
}
