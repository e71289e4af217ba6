//! Logins against bare verifications.

use super::{
    CONNECTIONS, Effort, Outcome,
    accounts::{Logins, register},
    baseline,
    machine::cores,
    reference::Reference,
    server::Server,
    table::{Against, Reach, Row},
};

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let seconds = effort.seconds;
    let server = Server::start(&[])?;
    let logins = Logins::of(&server, &register(&server, CONNECTIONS)?)?;
    let reference = Reference::build()?;
    let (mut rates, mut load) = (Vec::new(), Vec::new());
    let (mut bare, mut in_c) = (Vec::new(), Vec::new());
    for _ in 0..effort.runs {
        bare.push(baseline::verifications(cores(), seconds)?);
        let seen = logins.saturate(seconds)?;
        rates.push(seen.per_second);
        load.push(seen.load_share);
        if let Some(reference) = &reference {
            in_c.push(reference.per_second(cores(), seconds)?);
        }
    }
    let row = |name: &str, others: Vec<f64>, reach| Row {
        what: format!("logins, {CONNECTIONS} connections"),
        unit: "/s",
        values: rates.clone(),
        against: Against::Ratio(name.to_owned(), others),
        reach: Reach::AtLeast(reach),
        load: load.clone(),
        load_beside: Vec::new(),
    };
    let mut rows = vec![row("bare verifications", bare, 0.95)];
    if reference.is_some() {
        rows.push(row("the C reference for this CPU", in_c, 1.1));
    }
    Ok(rows)
}
