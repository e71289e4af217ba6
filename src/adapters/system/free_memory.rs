use sysinfo::System;

/// How much memory can be taken, in KiB, without what is in use elsewhere being given up:
/// of the machine, or of the control group that this process is in. `None` where the
/// system does not say.
pub fn available_memory_kib() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory();
    let group = system.cgroup_limits().map(|limits| limits.free_memory);
    let least = group.into_iter().chain([system.available_memory()]).min()?;
    (least > 0).then_some(least / 1024)
}
