use crate::domain::Timestamp;

/// Events by their numbers. One keeps its number when others are deleted.
#[derive(Debug)]
pub(super) struct Log<T> {
    latest: i64,
    rows: Vec<(i64, T)>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self {
            latest: 0,
            rows: Vec::new(),
        }
    }
}

impl<T> Log<T> {
    pub(super) fn add(&mut self, event: T) {
        self.latest += 1;
        self.rows.push((self.latest, event));
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &(i64, T)> {
        self.rows.iter()
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|(_, event)| event)
    }

    /// Deletes at most `limit` events from before that time, the oldest first,
    /// and answers how many.
    pub(super) fn purge(
        &mut self,
        before: Timestamp,
        limit: u32,
        at: impl Fn(&T) -> Timestamp,
    ) -> u64 {
        let mut old: Vec<_> = (self.rows.iter())
            .map(|(id, event)| (at(event), *id))
            .filter(|(at, _)| *at < before)
            .collect();
        old.sort_unstable();
        old.truncate(limit as usize);
        (self.rows).retain(|(id, event)| old.binary_search(&(at(event), *id)).is_err());
        old.len() as u64
    }
}
