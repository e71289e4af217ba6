//! Logins against bare verifications.

use super::{
    CONNECTIONS, Effort, Outcome,
    accounts::{Logins, register},
    baseline,
    machine::cores,
    reference::Reference,
    server::Server,
    table::{Against, Reach, Row},
    turns::alternate,
};

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    // Longer than the others: answers that the server still holds at the end, up to seven of
    // each worker, are not counted.
    let seconds = 3 * effort.seconds;
    let server = Server::start(&[])?;
    let logins = Logins::of(&server, &register(&server, CONNECTIONS)?)?;
    let reference = Reference::build()?;
    let (mut seen, mut bare, mut in_c) = (Vec::new(), Vec::new(), Vec::new());
    alternate(
        effort.runs,
        &mut [
            &mut || {
                bare.push(baseline::verifications(cores(), seconds)?);
                Ok(())
            },
            &mut || {
                seen.push(logins.saturate(seconds)?);
                Ok(())
            },
            &mut || {
                if let Some(reference) = &reference {
                    in_c.push(reference.per_second(cores(), seconds)?);
                }
                Ok(())
            },
        ],
    )?;
    let row = |name: &str, others: Vec<f64>, reach| Row {
        what: format!("logins, {CONNECTIONS} connections"),
        unit: "/s",
        values: seen.iter().map(|seen| seen.per_second).collect(),
        against: Against::Ratio(name.to_owned(), others),
        reach: Reach::AtLeast(reach),
        load: seen.iter().map(|seen| seen.load_share).collect(),
        load_beside: Vec::new(),
    };
    let mut rows = vec![row("bare verifications", bare, 0.95)];
    if reference.is_some() {
        rows.push(row("the C reference for this CPU", in_c, 1.1));
    }
    Ok(rows)
}
