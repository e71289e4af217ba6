use std::io::{self, BufRead, Read};

use crate::usecases::accounts::RefusedLine;

/// Reads lines one at a time, of which none takes more than a bounded memory.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    bytes_read: u64,
}

pub(super) enum Line<'a> {
    /// Without its end.
    Text(&'a [u8]),
    /// Longer than [`MAX_BYTES`]; it was passed over.
    TooLong,
}

/// An account with the longest names and roles takes a tenth of it.
const MAX_BYTES: usize = 64 * 1024;

pub(super) fn too_long() -> RefusedLine {
    RefusedLine {
        username: None,
        reason: format!("it has more than {MAX_BYTES} bytes"),
    }
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            bytes_read: 0,
        }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let most = MAX_BYTES as u64 + 1;
        let mut part = self.input.by_ref().take(most);
        let read = part.read_until(b'\n', &mut self.line)?;
        self.bytes_read += read as u64;
        if read == 0 {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() > MAX_BYTES {
            self.bytes_read += self.input.skip_until(b'\n')? as u64;
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(Line::Text(&self.line)))
    }
}
