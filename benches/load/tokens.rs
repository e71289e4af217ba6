//! Refreshes and service clients' tokens against bare signatures.

use signet::domain::SigningAlgorithm;

use super::{
    CONNECTIONS, Effort, Outcome,
    accounts::{Account, log_in, register},
    baseline,
    machine::cores,
    server::Server,
    table::{Against, Reach, Row},
    turns::alternate,
    wrk::{Run, Seen},
};

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for (algorithm, refreshes, tokens) in [
        (
            SigningAlgorithm::Rs256,
            Reach::AtLeast(0.45),
            Reach::AtLeast(0.6),
        ),
        (SigningAlgorithm::Es256, Reach::Told, Reach::Told),
        (SigningAlgorithm::EdDsa, Reach::Told, Reach::Told),
    ] {
        rows.extend(with(algorithm, [refreshes, tokens], effort)?);
    }
    Ok(rows)
}

fn with(algorithm: SigningAlgorithm, reach: [Reach; 2], effort: &Effort) -> Outcome<[Row; 2]> {
    let seconds = effort.seconds;
    let server = Server::start(&[("SIGNET_SIGNING_ALGORITHM", algorithm.as_str())])?;
    // wrk makes one request more than it has connections before it begins.
    let accounts = register(&server, CONNECTIONS + 1)?;
    let grant = client_grant(&server)?;
    let (mut bare, mut refreshes, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
    alternate(
        effort.runs,
        &mut [
            &mut || {
                bare.push(baseline::signatures(algorithm, cores(), seconds)?);
                Ok(())
            },
            &mut || {
                refreshes.push(refresh(&server, &accounts, seconds)?);
                Ok(())
            },
            &mut || {
                let run = Run {
                    script: "post.lua",
                    url: &server.at("/token"),
                    arguments: &["application/x-www-form-urlencoded", &grant],
                    connections: CONNECTIONS,
                    seconds,
                };
                tokens.push(run.go()?);
                Ok(())
            },
        ],
    )?;
    let row = |what: &str, seen: &[Seen], reach| Row {
        what: format!("{what}, {algorithm}, {CONNECTIONS} connections"),
        unit: "/s",
        values: seen.iter().map(|seen| seen.per_second).collect(),
        against: Against::Ratio(format!("bare {algorithm} signatures"), bare.clone()),
        reach,
        load: seen.iter().map(|seen| seen.load_share).collect(),
        load_beside: Vec::new(),
    };
    Ok([
        row("refreshes", &refreshes, reach[0]),
        row("client-credentials tokens", &tokens, reach[1]),
    ])
}

/// A file with the request of a service client.
pub(crate) fn client_grant(server: &Server) -> Outcome<String> {
    let made = server.command(&["clients", "create", "load", "--scope", "read", "--json"])?;
    let member = |name| made[name].as_str().ok_or("no service client");
    let (id, secret) = (member("client_id")?, member("client_secret")?);
    let grant = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    server.file_of_lines("grant", &[grant])
}

/// Every account logs in, and then the sessions are refreshed again and again.
pub(crate) fn refresh(server: &Server, accounts: &[Account], seconds: u32) -> Outcome<Seen> {
    let tokens = server.file_of_lines("tokens", &log_in(server, accounts)?)?;
    let run = Run {
        script: "refresh.lua",
        url: &server.at("/token"),
        arguments: &[&tokens],
        connections: CONNECTIONS,
        seconds,
    };
    run.go()
}
