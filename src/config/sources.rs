use std::{collections::BTreeMap, fmt, path::PathBuf, str::FromStr};

use config::{File, FileFormat, Source, ValueKind};

use super::{ConfigError, DatabaseUrl, limits, settings};

const PREFIX: &str = "SIGNET_";

/// The environment's settings, passed in so that tests bring their own. Its
/// secrets are not among them.
pub type Environment = BTreeMap<String, String>;

/// Settings from the command line, by their names.
pub type Flags = BTreeMap<&'static str, String>;

/// Where settings come from, weakest first: defaults, file, environment, flags.
#[derive(Clone, Default)]
pub struct Sources {
    pub file: Option<PathBuf>,
    pub environment: Environment,
    pub flags: Flags,
}

/// The merged settings, still as text.
pub struct Values(config::Config);

/// What is set, and not to what: a URL may hold a password.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("file", &self.file)
            .field("environment", &self.environment.keys())
            .field("flags", &self.flags.keys())
            .finish()
    }
}

impl Sources {
    pub fn read(&self) -> Result<Values, ConfigError> {
        let mut builder = config::Config::builder();
        for setting in settings() {
            builder = builder.set_default(setting.name, setting.default)?;
        }
        if let Some(file) = self.file_source()? {
            builder = builder.add_source(file);
        }
        for (name, value) in self.environment_settings()? {
            builder = builder.set_override(name, value)?;
        }
        for (name, value) in &self.flags {
            builder = builder.set_override(*name, value.as_str())?;
        }
        Ok(Values(builder.build()?))
    }

    fn file_source(&self) -> Result<Option<File<config::FileSourceFile, FileFormat>>, ConfigError> {
        let Some(path) = &self.file else {
            return Ok(None);
        };
        let file = File::from(path.as_path()).format(FileFormat::Toml);
        for name in file.collect()?.into_keys() {
            require_known(&name, &name, &path.display())?;
        }
        Ok(Some(file))
    }

    fn environment_settings(&self) -> Result<Vec<(String, &str)>, ConfigError> {
        let mut settings = Vec::new();
        for (variable, value) in &self.environment {
            match variable.strip_prefix(PREFIX) {
                Some(name) if !injected_by_kubernetes(name) => {
                    let name = name.to_ascii_lowercase();
                    require_known(&name, variable, &"the environment")?;
                    settings.push((name, value.as_str()));
                }
                _ => {}
            }
        }
        Ok(settings)
    }
}

/// For a Service that is named signet, Kubernetes sets `SIGNET_PORT`,
/// `SIGNET_PORT_8080_TCP`, `SIGNET_SERVICE_HOST` and the like in every pod.
fn injected_by_kubernetes(name: &str) -> bool {
    name == "PORT" || name.starts_with("PORT_") || name.starts_with("SERVICE_")
}

fn require_known(name: &str, shown: &str, place: &dyn fmt::Display) -> Result<(), ConfigError> {
    if settings().any(|setting| setting.name == name) {
        return Ok(());
    }
    Err(ConfigError::Unknown {
        setting: shown.to_owned(),
        place: place.to_string(),
    })
}

/// As it may be shown.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = settings().map(|setting| (setting.name, self.shown(setting.name)));
        f.debug_map().entries(shown).finish()
    }
}

impl Values {
    pub fn text(&self, name: &str) -> Result<String, ConfigError> {
        self.0
            .get_string(name)
            .map_err(|error| ConfigError::invalid(name, error))
    }

    /// `None` for the empty text, which stands for "not set".
    pub fn optional_text(&self, name: &str) -> Result<Option<String>, ConfigError> {
        Ok(Some(self.text(name)?).filter(|text| !text.is_empty()))
    }

    /// `expected`: the form, or what is allowed, with an example.
    pub fn parse<T: FromStr>(&self, name: &str, expected: &str) -> Result<T, ConfigError> {
        let text = self.text(name)?;
        let parsed = text.parse();
        self.check(
            name,
            parsed.map_err(|_| format!("{text:?}: expected {expected}")),
        )
    }

    /// An array in the file, or comma-separated text anywhere.
    pub fn list(&self, name: &str) -> Result<Vec<String>, ConfigError> {
        let value: config::Value = self
            .0
            .get(name)
            .map_err(|error| ConfigError::invalid(name, error))?;
        let items: Vec<String> = match value.kind {
            ValueKind::Array(items) => items
                .into_iter()
                .map(config::Value::into_string)
                .collect::<Result<_, _>>()
                .map_err(|error| ConfigError::invalid(name, error))?,
            _ => self.text(name)?.split(',').map(str::to_owned).collect(),
        };
        Ok(items
            .iter()
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect())
    }

    /// The setting as the configuration file could hold it, without a password.
    pub fn shown(&self, name: &str) -> String {
        if name == "database_url" {
            return format!("{:?}", self.shown_database_url());
        }
        if name == limits::URL {
            let text = self.text(name).unwrap_or_default();
            return format!("{:?}", limits::shown_url(&text));
        }
        match self.list(name) {
            Ok(items) if items.len() > 1 => format!("{items:?}"),
            _ => format!("{:?}", self.text(name).unwrap_or_default()),
        }
    }

    /// Without the password that it may have.
    fn shown_database_url(&self) -> String {
        let text = self.text("database_url").unwrap_or_default();
        if text.is_empty() {
            return text;
        }
        match text.parse::<DatabaseUrl>() {
            Ok(url) => url.to_string(),
            Err(_) => "(wrong)".to_owned(),
        }
    }

    pub fn check<T, E: fmt::Display>(
        &self,
        name: &str,
        result: Result<T, E>,
    ) -> Result<T, ConfigError> {
        result.map_err(|error| ConfigError::invalid(name, error))
    }
}
