//! What is told of a setting.

/// A setting as the documentation lists it. In the environment its name is in
/// capitals after `SIGNET_`.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub name: &'static str,
    /// The empty text: what the meaning says.
    pub default: &'static str,
    pub meaning: &'static str,
}

pub(super) const fn setting(
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting {
        name,
        default,
        meaning,
    }
}
