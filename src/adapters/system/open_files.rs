/// Lets this process open so many files, as far as the machine permits it: the
/// usual limit of 1024 is meant for programs that use `select`. Returns how many
/// it may open, where that is known.
#[cfg(target_os = "linux")]
pub fn allow_open_files(wanted: u64) -> Option<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let allowed = limit.current?;
    if allowed >= wanted {
        return Some(allowed);
    }
    let raised = limit.maximum.map_or(wanted, |most| most.min(wanted));
    limit.current = Some(raised);
    let is_raised = setrlimit(Resource::Nofile, limit).is_ok();
    Some(if is_raised { raised } else { allowed })
}

#[cfg(not(target_os = "linux"))]
pub fn allow_open_files(_: u64) -> Option<u64> {
    None
}
