use std::{fs, io, time::Duration};

use chrono::SecondsFormat;

use super::report::Check;
use crate::{
    domain::{KeySet, Timestamp},
    ports::Clock,
};

const CHECK: &str = "clock";
const ADVICE: &str = "set the clock, and keep it right with NTP: the tokens' times come from it";

/// A clock that runs behind dates that it, or another server's, once gave.
/// `stored`: the keys, and how far two servers' clocks may be apart.
pub(super) fn check(clock: &dyn Clock, stored: Option<(&KeySet, Duration)>) -> Check {
    let now = clock.now();
    let found = format!("it is {}", shown(now));
    if let Some((set, skew)) = stored
        && let Some((key, newest)) = set.newest_date()
        && now < newest
    {
        let found = format!("{found}, and {key} has the date {}", shown(newest));
        return if now + skew < newest {
            Check::fail(CHECK, found, ADVICE)
        } else {
            Check::warn(CHECK, format!("{found}, within the allowed skew"), ADVICE)
        };
    }
    match installed_at() {
        Ok(installed) if now < installed => {
            let found = format!("{found}, and this program is of {}", shown(installed));
            Check::warn(CHECK, found, ADVICE)
        }
        _ => Check::ok(CHECK, found),
    }
}

/// When this program was built or installed, by its file.
fn installed_at() -> io::Result<Timestamp> {
    let program = std::env::current_exe()?;
    Ok(fs::metadata(program)?.modified()?.into())
}

fn shown(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
