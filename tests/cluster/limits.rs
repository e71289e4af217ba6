//! Whether the limited client was ever admitted more often than its limit says: once
//! by Redis while all servers counted there, and otherwise once by whatever counted.

use super::{
    counters::Counters,
    fleet::{QUOTA, WINDOW},
    ledger::Limited,
};

/// What was decided where nothing counted but Redis.
#[derive(Debug, Default)]
pub struct Shared {
    pub admitted: usize,
    pub refused: usize,
}

/// Fails where more were admitted in some window than what counted in it may admit.
/// Of each request only the times are known between which it was decided.
pub fn judge(requests: &[Limited], counters: &Counters) -> Result<Shared, String> {
    let mut shared = Shared::default();
    for first in requests {
        if !first.admitted {
            shared.refused += usize::from(counters.within((first.sent, first.answered)) == 1);
            continue;
        }
        let end = first.sent + WINDOW;
        let within = requests
            .iter()
            .filter(|one| one.admitted && one.sent >= first.sent && one.answered <= end);
        let (admitted, counting) = (within.count(), counters.within((first.sent, end)));
        if admitted > QUOTA * counting {
            return Err(format!(
                "{admitted} from {} where {counting} counted",
                first.sent
            ));
        }
        shared.admitted += usize::from(counting == 1);
    }
    Ok(shared)
}

#[test]
fn the_count_notices_one_admission_too_many() {
    use signet::domain::Timestamp;

    use super::counters::Outage;

    let at = |millis| Timestamp::UNIX_EPOCH + std::time::Duration::from_millis(millis);
    let admitted = |sent| Limited {
        sent: at(sent),
        answered: at(sent + 10),
        admitted: true,
    };
    let after = |outage: u64| {
        let outage = Outage {
            kill: (at(outage), at(outage)),
            restart: (at(outage + 10), at(outage + 20)),
        };
        Counters::of(&[], &outage).unwrap()
    };
    let mut requests: Vec<_> = (0..QUOTA as u64).map(|n| admitted(n * 100)).collect();
    requests.push(admitted(1000));
    let shared = judge(&requests, &after(5000)).unwrap();
    assert_eq!((shared.admitted, shared.refused), (QUOTA + 1, 0));
    requests.push(admitted(950));
    assert!(judge(&requests, &after(5000)).is_err());
    // Where Redis ended in between and began anew, both of its counts are held to.
    assert!(judge(&requests, &after(700)).is_ok());
}
