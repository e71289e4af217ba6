use std::time::Duration;

use chrono::TimeDelta;
use der::{
    Decode, Result, SliceReader, Tag, Tagged,
    asn1::{AnyRef, GeneralizedTime, UtcTime},
};

use crate::domain::Timestamp;

/// When a certificate may be used (RFC 5280 §4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Validity {
    /// `None` where the certificate is none.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let (from, until) = times(certificate).ok()?;
        let timestamp =
            |time: Duration| Timestamp::from_timestamp(time.as_secs().try_into().ok()?, 0);
        Some(Self {
            from: timestamp(from)?,
            until: timestamp(until)?,
        })
    }

    /// Negative once it has expired.
    pub fn left(&self, now: Timestamp) -> TimeDelta {
        self.until - now
    }

    /// What clients will object to, if anything.
    pub fn trouble(&self, now: Timestamp) -> Option<&'static str> {
        if now > self.until {
            Some("has expired")
        } else if now < self.from {
            Some("is not valid yet")
        } else {
            None
        }
    }
}

/// The fourth field of the signed part, after the version that may be missing:
/// serial number, algorithm and issuer stand before it.
fn times(certificate: &[u8]) -> Result<(Duration, Duration)> {
    let mut outer = SliceReader::new(AnyRef::from_der(certificate)?.value())?;
    let mut signed = SliceReader::new(AnyRef::decode(&mut outer)?.value())?;
    let first = AnyRef::decode(&mut signed)?;
    if first.tag() != Tag::Integer {
        AnyRef::decode(&mut signed)?;
    }
    AnyRef::decode(&mut signed)?;
    AnyRef::decode(&mut signed)?;
    let mut validity = SliceReader::new(AnyRef::decode(&mut signed)?.value())?;
    Ok((time(&mut validity)?, time(&mut validity)?))
}

fn time(reader: &mut SliceReader<'_>) -> Result<Duration> {
    let time = AnyRef::decode(reader)?;
    if time.tag() == Tag::UtcTime {
        return Ok(time.decode_as::<UtcTime>()?.to_unix_duration());
    }
    Ok(time.decode_as::<GeneralizedTime>()?.to_unix_duration())
}
