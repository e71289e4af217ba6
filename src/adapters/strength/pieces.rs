//! The pieces of a password that zxcvbn is shown.
//!
//! It tries every reading of symbols as letters on every substring: 100
//! characters that it takes at once cost up to a second, and patterns of more
//! than 27 keys overflow its arithmetic. Pieces of at most 20 characters and 12
//! different symbols cost at most 10 ms for all of them (measured on 2,000
//! texts made to be slow, in a build of dependencies with `opt-level = 3`).
//! Whoever guesses a password guesses its hardest piece, so that is what counts.

/// The characters that count; what follows them makes no password weaker.
const JUDGED: usize = 100;
const LONGEST: usize = 20;
const MOST_SYMBOLS: usize = 12;

pub(super) fn pieces(text: &str) -> Vec<&str> {
    let end = text.char_indices().nth(JUDGED).map(|(at, _)| at);
    let mut rest = end.map_or(text, |end| &text[..end]);
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(end_of_piece(rest));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Where the first piece ends: after one character at least.
fn end_of_piece(text: &str) -> usize {
    let mut symbols = Vec::with_capacity(MOST_SYMBOLS);
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count == LONGEST {
            return at;
        }
        if !c.is_alphabetic() && !symbols.contains(&c) {
            if symbols.len() == MOST_SYMBOLS {
                return at;
            }
            symbols.push(c);
        }
    }
    text.len()
}
