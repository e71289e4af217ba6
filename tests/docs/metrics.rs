//! The page of the metrics and the alert rules, held against the endpoint.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use signet::adapters::http::TlsIdentity;

use crate::support::{
    app::TestApp,
    certificates::{certify, pair_in},
    scrape::Scrape,
};

/// Every metric of a server that has done a little of everything.
async fn scraped() -> Scrape {
    let app = TestApp::builder().measured().start().await;
    let login = app.ada().await;
    app.refreshed(&login.refresh).await;
    app.clock.advance(Duration::from_secs(1));
    app.scrape().await
}

/// Every metric of a server that speaks TLS and has done nothing yet.
async fn scraped_with_tls() -> Scrape {
    let folder = tempfile::tempdir().unwrap();
    let files = pair_in(folder.path());
    certify(&files);
    let identity = TlsIdentity::load(files).unwrap();
    let builder = TestApp::builder().secured(identity).measured();
    builder.start().await.scrape().await
}

/// Type and labels of each metric.
type Listed = BTreeMap<String, (String, BTreeSet<String>)>;

fn documented() -> Listed {
    let page = fs::read_to_string("docs/metrics.md").unwrap();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, name, kind, labels, meaning, _alert, _] = cells[..] else {
            return None;
        };
        let name = name.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        assert!(!meaning.is_empty(), "{name}");
        Some((name, (kind.to_owned(), names_in(labels))))
    });
    let rows: Vec<_> = rows.collect();
    let listed: Listed = rows.iter().cloned().collect();
    assert_eq!(listed.len(), rows.len(), "each stands there once");
    listed
}

/// What stands in backquotes.
fn names_in(cell: &str) -> BTreeSet<String> {
    let names = cell.split('`').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_page_lists_every_metric_of_the_endpoint_and_no_other() {
    // The labels are those of the one that has done something.
    let mut served = Listed::new();
    for scrape in [scraped_with_tls().await, scraped().await] {
        for (name, kind) in &scrape.types {
            let labels = scrape.labels_of(name);
            served.insert(name.clone(), (kind.clone(), labels));
        }
    }
    assert_eq!(documented(), served);
}

#[test]
fn the_page_names_every_alert_at_a_metric_that_it_goes_by() {
    let page = fs::read_to_string("docs/metrics.md").unwrap();
    let metrics: Vec<_> = documented().into_keys().collect();
    let mut named = BTreeMap::<String, BTreeSet<String>>::new();
    for line in page.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        if let [_, name, _, _, _, alerts, _] = cells[..] {
            for alert in names_in(alerts) {
                let name = name.trim_matches('`').to_owned();
                named.entry(alert).or_default().insert(name);
            }
        }
    }
    let rules = fs::read_to_string("docs/alerts.yml").unwrap();
    let rules: Vec<_> = rules.split("- alert: ").skip(1).collect();
    for rule in &rules {
        let (alert, rest) = rule.split_once('\n').unwrap();
        let expression = rest.split("labels:").next().unwrap();
        let words: BTreeSet<_> = expression
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| word.starts_with("signet_") || word.starts_with("process_"))
            .map(|word| word.trim_end_matches("_bucket").to_owned())
            .collect();
        for word in &words {
            assert!(metrics.contains(word), "{alert}: {word}");
        }
        // `up` is Prometheus' own.
        if !words.is_empty() {
            assert_eq!(named.remove(alert), Some(words), "{alert}");
        }
    }
    assert!(rules.len() > 10);
    assert!(named.is_empty(), "no such rules: {named:?}");
}
