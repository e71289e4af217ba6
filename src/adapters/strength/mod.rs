//! How hard passwords are to guess, as zxcvbn estimates it.

mod meter;
mod pieces;

pub use meter::ZxcvbnMeter;
