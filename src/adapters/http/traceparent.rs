//! The trace that a request belongs to, by W3C Trace Context (Recommendation of
//! 23 November 2021).

use std::fmt;

use poem::http::HeaderMap;

const HEADER: &str = "traceparent";

/// Of the version 00: `00-<32 hex>-<16 hex>-<2 hex>`. Later ones begin alike
/// (§3.2.4).
const LENGTH: usize = 55;

/// The id that a caller gave to what it does (§3.2.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TraceId(String);

impl TraceId {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// `None` where there is no header, and where there is no valid one: what
    /// cannot be a trace id is not logged as one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(HEADER).iter();
        let line = lines.next()?.to_str().ok()?;
        // Two of them name no trace.
        lines.next().is_none().then_some(())?;
        Self::parse(line)
    }

    fn parse(line: &str) -> Option<Self> {
        let (known, rest) = line.split_at_checked(LENGTH)?;
        let mut fields = known.split('-');
        let version = field(fields.next()?, 2)?;
        let trace_id = field(fields.next()?, 32)?;
        let parent_id = field(fields.next()?, 16)?;
        field(fields.next()?, 2)?;
        let whole = match version {
            "00" => rest.is_empty(),
            "ff" => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let named = [trace_id, parent_id]
            .iter()
            .all(|id| id.bytes().any(|digit| digit != b'0'));
        (whole && named).then(|| Self(trace_id.to_owned()))
    }
}

/// Lower-case hexadecimal of this length.
fn field(text: &str, length: usize) -> Option<&str> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (text.len() == length && text.bytes().all(hex)).then_some(text)
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
