//! What a scraper reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};

use super::app::TestApp;

/// The metrics at one moment.
#[derive(Debug)]
pub struct Scrape {
    /// By name and labels, as they are written.
    values: BTreeMap<String, f64>,
    /// The type of each metric.
    pub types: BTreeMap<String, String>,
}

impl TestApp {
    pub async fn scrape(&self) -> Scrape {
        Scrape::of(self.metrics.unwrap()).await
    }
}

impl Scrape {
    pub async fn of(address: SocketAddr) -> Self {
        let response = reqwest::get(format!("http://{address}/metrics")).await;
        let text = response.unwrap().error_for_status().unwrap().text().await;
        Self::parse(&text.unwrap())
    }

    pub fn parse(text: &str) -> Self {
        let (mut values, mut types) = (BTreeMap::new(), BTreeMap::new());
        for line in text.lines() {
            if let Some(declared) = line.strip_prefix("# TYPE ") {
                let (name, kind) = declared.split_once(' ').unwrap();
                let twice = types.insert(name.to_owned(), kind.to_owned());
                assert!(twice.is_none(), "{line}");
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let twice = values.insert(series.to_owned(), value.parse().unwrap());
                assert!(twice.is_none(), "{line}");
            }
        }
        Self { values, types }
    }

    /// The value of a series; 0 where there is none.
    pub fn value(&self, series: &str) -> f64 {
        self.values.get(series).copied().unwrap_or_default()
    }

    pub fn has(&self, series: &str) -> bool {
        self.values.contains_key(series)
    }

    /// How many series there are.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// All values that a label has, of whatever metric.
    pub fn label(&self, name: &str) -> BTreeSet<String> {
        let labels = self.values.keys().flat_map(|series| labels(series));
        labels
            .filter(|(label, _)| *label == name)
            .map(|(_, value)| value.to_owned())
            .collect()
    }

    /// The names of a metric's labels. A histogram's own is not among them.
    pub fn labels_of(&self, metric: &str) -> BTreeSet<String> {
        let suffixes = ["", "_bucket", "_sum", "_count"];
        let of_metric = |series: &&String| {
            let name = series.split('{').next().unwrap();
            suffixes
                .iter()
                .any(|suffix| name.strip_suffix(suffix) == Some(metric))
        };
        let labels = self
            .values
            .keys()
            .filter(of_metric)
            .flat_map(|it| labels(it));
        labels
            .map(|(label, _)| label.to_owned())
            .filter(|label| label != "le")
            .collect()
    }
}

/// No value of ours holds a quote or a comma.
fn labels(series: &str) -> impl Iterator<Item = (&str, &str)> {
    let inside = series.split_once('{').map_or("", |(_, rest)| rest);
    let pairs = inside.trim_end_matches('}').split(',');
    pairs.filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name, value.trim_matches('"')))
    })
}
