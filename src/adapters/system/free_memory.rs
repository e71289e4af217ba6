use sysinfo::System;

/// How much memory can be taken, in KiB, without what is in use elsewhere being given up:
/// of the machine, or of the container that this process is in. `None` where the system
/// does not say.
pub fn available_memory_kib() -> Option<u64> {
    let mut system = System::new();
    system.refresh_memory();
    // Services may see nothing of the machine (`ProcSubset=` of systemd.exec(5)).
    if system.total_memory() == 0 {
        return None;
    }
    let free = system.available_memory();
    // What files are kept of in a container's memory can be taken. What the kernel needs there
    // cannot, and is not known: callers leave some to spare.
    let group = system.cgroup_limits();
    let group = group.map(|limits| limits.total_memory.saturating_sub(limits.rss));
    Some(group.map_or(free, |group| group.min(free)) / 1024)
}
