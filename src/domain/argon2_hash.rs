use std::{fmt, str::FromStr};

use super::{Argon2Params, PasswordHashError};

/// An Argon2 hash as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
#[derive(Clone, PartialEq, Eq)]
pub struct Argon2Hash {
    /// Three hundred bytes, beside which other kinds of hashes are small.
    phc: Box<phc::PasswordHash>,
    variant: Argon2Variant,
    version: Argon2Version,
    params: Argon2Params,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argon2Variant {
    D,
    I,
    Id,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argon2Version {
    /// 1.0, which many strings do not name.
    V16,
    /// 1.3, that of RFC 9106.
    V19,
}

impl Argon2Hash {
    pub fn variant(&self) -> Argon2Variant {
        self.variant
    }

    pub fn version(&self) -> Argon2Version {
        self.version
    }

    pub fn params(&self) -> Argon2Params {
        self.params
    }

    pub fn salt(&self) -> &[u8] {
        self.phc.salt.as_ref().map_or(&[], |salt| salt.as_ref())
    }

    pub fn output(&self) -> &[u8] {
        self.phc.hash.as_ref().map_or(&[], phc::Output::as_bytes)
    }

    /// Compares in time that does not depend on where the first difference is.
    pub fn output_equals(&self, output: &[u8]) -> bool {
        let computed = phc::Output::new(output).ok();
        computed.is_some() && computed == self.phc.hash
    }
}

impl TryFrom<phc::PasswordHash> for Argon2Hash {
    type Error = PasswordHashError;

    fn try_from(phc: phc::PasswordHash) -> Result<Self, Self::Error> {
        let decimal = |name| {
            phc.params
                .get_decimal(name)
                .ok_or(PasswordHashError::Syntax)
        };
        let variant = match phc.algorithm.as_str() {
            "argon2d" => Argon2Variant::D,
            "argon2i" => Argon2Variant::I,
            "argon2id" => Argon2Variant::Id,
            _ => return Err(PasswordHashError::Syntax),
        };
        let version = match phc.version {
            // The reference implementation reads what names none as 1.0.
            None | Some(0x10) => Argon2Version::V16,
            Some(0x13) => Argon2Version::V19,
            Some(_) => return Err(PasswordHashError::Syntax),
        };
        let complete = phc.salt.is_some() && phc.hash.is_some();
        if !complete || phc.params.iter().count() != 3 {
            return Err(PasswordHashError::Syntax);
        }
        let params = Argon2Params::new(decimal("m")?, decimal("t")?, decimal("p")?)?;
        Ok(Self {
            phc: Box::new(phc),
            variant,
            version,
            params,
        })
    }
}

impl FromStr for Argon2Hash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        phc::PasswordHash::new(text)
            .map_err(|_| PasswordHashError::Syntax)?
            .try_into()
    }
}

impl fmt::Display for Argon2Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phc.fmt(f)
    }
}

impl fmt::Debug for Argon2Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            variant,
            version,
            params,
            ..
        } = self;
        write!(
            f,
            "Argon2Hash({variant:?}, {version:?}, {params:?}, [redacted])"
        )
    }
}

/// A hash of Signet's making: Argon2id, version 19. Its cost parameters lie
/// within [`Argon2Params`]' limits, so that whoever can write a row cannot make
/// one verification take the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argon2idHash(Argon2Hash);

impl Argon2idHash {
    pub fn params(&self) -> Argon2Params {
        self.0.params
    }

    pub fn as_argon2(&self) -> &Argon2Hash {
        &self.0
    }
}

impl TryFrom<Argon2Hash> for Argon2idHash {
    type Error = PasswordHashError;

    fn try_from(hash: Argon2Hash) -> Result<Self, Self::Error> {
        if (hash.variant, hash.version) == (Argon2Variant::Id, Argon2Version::V19) {
            Ok(Self(hash))
        } else {
            Err(PasswordHashError::Syntax)
        }
    }
}

impl FromStr for Argon2idHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Argon2Hash>()?.try_into()
    }
}

impl fmt::Display for Argon2idHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
