use std::cmp::Reverse;

use super::Timestamp;

/// How many items a page of a list has at most: 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize(u32);

impl PageSize {
    pub const MAX: Self = Self(100);

    pub fn new(size: u32) -> Option<Self> {
        (1..=Self::MAX.0).contains(&size).then_some(Self(size))
    }

    pub fn get(self) -> usize {
        self.0 as usize
    }

    /// One more than the page has: whether there is a next one.
    pub fn probe(self) -> u64 {
        u64::from(self.0) + 1
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(20)
    }
}

/// Where an item stands in a list that is ordered by date, the newest first,
/// and of one date by id, the greatest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position<Id> {
    pub at: Timestamp,
    pub id: Id,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<Id> {
    pub size: PageSize,
    /// The last item of the page before; none for the first page.
    pub after: Option<Position<Id>>,
}

impl<Id> Default for PageRequest<Id> {
    fn default() -> Self {
        Self {
            size: PageSize::default(),
            after: None,
        }
    }
}

impl<Id: Ord> PageRequest<Id> {
    /// Whether an item there comes after the page before.
    pub fn follows(&self, position: &Position<Id>) -> bool {
        self.after.as_ref().is_none_or(|after| position < after)
    }

    /// The part that is asked for of a list in any order.
    pub fn of<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        position: impl Fn(&T) -> Position<Id>,
    ) -> Page<T, Id> {
        let items = items.into_iter();
        let mut items: Vec<_> = items.filter(|item| self.follows(&position(item))).collect();
        items.sort_by_key(|item| Reverse(position(item)));
        Page::cut(items, self.size, position)
    }
}

/// Some items of a list that does not shift while others are added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, Id> {
    pub items: Vec<T>,
    /// After which item the next page begins; none when this is the last one.
    pub next: Option<Position<Id>>,
}

impl<T, Id> Page<T, Id> {
    /// Of the items from the page's first one on, at most
    /// [`PageSize::probe`] of them.
    pub fn cut(mut items: Vec<T>, size: PageSize, position: impl Fn(&T) -> Position<Id>) -> Self {
        let more = items.len() > size.get();
        items.truncate(size.get());
        let next = items.last().filter(|_| more).map(position);
        Self { items, next }
    }

    pub fn map<U>(self, of: impl FnMut(T) -> U) -> Page<U, Id> {
        Page {
            items: self.items.into_iter().map(of).collect(),
            next: self.next,
        }
    }
}
