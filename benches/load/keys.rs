//! The key set against a static page, behind the same layers and from nginx.

use reqwest::{StatusCode, blocking::Client, header};

use super::{
    CONNECTIONS, Effort, Outcome,
    server::Server,
    static_page::{Nginx, behind_the_layers},
    table::{Against, Reach, Row},
    turns::alternate,
    wrk::{Run, Seen},
};

pub(crate) const PATH: &str = "/.well-known/jwks.json";

pub(crate) fn measure(effort: &Effort) -> Outcome<Vec<Row>> {
    let server = Server::start(&[])?;
    let url = server.at(PATH);
    let (text, etag) = key_set(&url)?;
    let page = behind_the_layers(PATH, &text)?;
    let nginx = Nginx::start(&text)?;
    let everywhere = [Some(&page), nginx.as_ref().map(|nginx| &nginx.url)];
    for other in everywhere.into_iter().flatten() {
        if Client::new().get(other).send()?.text()? != text {
            return Err(format!("{other} answers something else").into());
        }
    }
    let run = |url: &str, arguments: &[&str]| {
        let run = Run {
            script: "get.lua",
            url,
            arguments,
            connections: CONNECTIONS,
            seconds: effort.seconds,
        };
        run.go()
    };
    let (mut of_page, mut whole, mut unchanged, mut from_nginx) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let condition = [header::IF_NONE_MATCH.as_str(), &etag];
    alternate(
        effort.runs,
        &mut [
            &mut || {
                of_page.push(run(&page, &[])?);
                Ok(())
            },
            &mut || {
                whole.push(run(&url, &[])?);
                Ok(())
            },
            &mut || {
                unchanged.push(run(&url, &condition)?);
                Ok(())
            },
            &mut || {
                if let Some(nginx) = &nginx {
                    from_nginx.push(run(&nginx.url, &[])?);
                }
                Ok(())
            },
        ],
    )?;
    if key_set(&url)? != (text, etag) {
        return Err("the key set changed meanwhile".into());
    }
    let rates = |seen: &[Seen]| -> Vec<f64> { seen.iter().map(|seen| seen.per_second).collect() };
    let load = |seen: &[Seen]| seen.iter().map(|seen| seen.load_share).collect();
    let row = |what: &str, seen: &[Seen], name: &str, others: &[Seen], reach| Row {
        what: format!("{what}, {CONNECTIONS} connections"),
        unit: "/s",
        values: rates(seen),
        against: Against::Ratio(name.to_owned(), rates(others)),
        reach: Reach::AtLeast(reach),
        load: load(seen),
        load_beside: load(others),
    };
    let static_page = "static page behind the same layers";
    let mut rows = vec![
        row("key set", &whole, static_page, &of_page, 0.95),
        row("key set, 304", &unchanged, "key set, 200", &whole, 1.0),
    ];
    if nginx.is_some() {
        rows.push(row("key set", &whole, "nginx", &from_nginx, 0.6));
    }
    Ok(rows)
}

/// The key set and its entity tag, with which it is not sent again.
fn key_set(url: &str) -> Outcome<(String, String)> {
    let client = Client::new();
    let answer = client.get(url).send()?.error_for_status()?;
    let etag = answer.headers()[header::ETAG].to_str()?.to_owned();
    let again = client
        .get(url)
        .header(header::IF_NONE_MATCH, &etag)
        .send()?;
    if again.status() != StatusCode::NOT_MODIFIED {
        return Err(format!("{} instead of 304", again.status()).into());
    }
    Ok((answer.text()?, etag))
}
