//! The dependency rule, read from the text of the sources.
