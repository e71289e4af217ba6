use std::fmt;

use rsa::pkcs8::der::pem::Base64Decoder;
use zeroize::Zeroizing;

use super::pem::PemError;

/// One encapsulated text of a PEM file (RFC 7468 §2).
pub(super) struct PemBlock<'a> {
    pub(super) label: &'a str,
    /// The header lines of RFC 1421 §4.6, which RFC 7468 no longer has.
    headers: Vec<&'a str>,
    /// The lines of base64 text.
    body: Vec<&'a str>,
}

impl<'a> PemBlock<'a> {
    /// All blocks of a file in their order. What stands between them is
    /// explanatory text (RFC 7468 §5.2).
    pub(super) fn all(text: &'a str) -> Result<Vec<Self>, PemError> {
        let mut blocks = Vec::new();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if let Some(label) = label(line, "-----BEGIN ") {
                blocks.push(Self::read(label, &mut lines)?);
            }
        }
        Ok(blocks)
    }

    /// Reads up to the block's last line.
    fn read(name: &'a str, lines: &mut impl Iterator<Item = &'a str>) -> Result<Self, PemError> {
        let (mut headers, mut body) = (Vec::new(), Vec::new());
        for line in lines {
            if label(line, "-----END ") == Some(name) {
                return Ok(Self {
                    label: name,
                    headers,
                    body,
                });
            }
            if line.contains(':') {
                headers.push(line);
            } else {
                body.push(line);
            }
        }
        Err(malformed(name))
    }

    pub(super) fn malformed(&self) -> PemError {
        malformed(self.label)
    }

    /// By its label (RFC 7468 §11), or in the old way of OpenSSL.
    pub(super) fn is_encrypted(&self) -> bool {
        self.label == "ENCRYPTED PRIVATE KEY"
            || self.headers.iter().any(|line| line.contains("ENCRYPTED"))
    }

    /// Decodes in constant time.
    pub(super) fn decode(&self) -> Result<Zeroizing<Vec<u8>>, PemError> {
        let base64 = Zeroizing::new(self.body.concat());
        let mut decoder = Base64Decoder::new(base64.as_bytes()).map_err(|_| self.malformed())?;
        let mut der = Zeroizing::new(vec![0; decoder.remaining_len()]);
        decoder.decode(&mut der).map_err(|_| self.malformed())?;
        Ok(der)
    }
}

impl fmt::Debug for PemBlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PemBlock({})", self.label)
    }
}

fn malformed(label: &str) -> PemError {
    PemError::Malformed(label.to_owned())
}

/// The label of an encapsulation boundary.
fn label<'a>(line: &'a str, boundary: &str) -> Option<&'a str> {
    let label = line.strip_prefix(boundary)?.strip_suffix("-----")?;
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ';
    label.bytes().all(plain).then_some(label)
}
