//! The metrics as text, in the format that the scraper prefers.

use std::fmt;

use prometheus_client::{
    encoding::{prometheus_text, text},
    registry::Registry,
};

pub(super) struct Content(pub(super) Registry);

/// What Prometheus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Prometheus,
    OpenMetrics,
}

impl Format {
    /// By the request's `Accept` (RFC 9110 §12.5.1): the other one where it is asked for
    /// by name and wanted at least as much.
    pub(super) fn preferred(accept: &str) -> Self {
        let mut wanted = [0.0, 0.0];
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default();
            let mut quality = 1.0_f32;
            let mut version = None;
            for parameter in parts {
                match parameter.split_once('=') {
                    Some(("q", value)) => quality = value.trim().parse().unwrap_or(0.0),
                    Some(("version", value)) => version = Some(value.trim_matches('"')),
                    _ => {}
                }
            }
            let place = match (kind, version) {
                ("application/openmetrics-text", None | Some("1.0.0")) => 1,
                ("text/plain", None | Some("0.0.4")) => 0,
                _ => continue,
            };
            if quality > wanted[place] {
                wanted[place] = quality;
            }
        }
        let [prometheus, open_metrics] = wanted;
        if open_metrics > 0.0 && open_metrics >= prometheus {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => prometheus_text::CONTENT_TYPE,
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

impl Content {
    pub(super) fn render(&self, format: Format) -> Result<String, fmt::Error> {
        let mut text = String::new();
        match format {
            Format::Prometheus => prometheus_text::encode(&mut text, &self.0)?,
            Format::OpenMetrics => text::encode(&mut text, &self.0)?,
        }
        Ok(text)
    }
}
