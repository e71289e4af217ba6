//! Parts of lists that are ordered by a date and an id, the greatest first.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Value,
};

use crate::domain::{PageRequest, Position};

/// Selects the page and the item after it.
pub(super) fn part_of<E, C, Id>(
    select: Select<E>,
    at: C,
    id: C,
    page: &PageRequest<Id>,
    value: impl Fn(&Id) -> Value,
) -> Select<E>
where
    E: EntityTrait,
    C: ColumnTrait,
{
    let select = match &page.after {
        None => select,
        Some(Position {
            at: last,
            id: last_id,
        }) => {
            // The first condition lets an index find the place.
            let before = Condition::any()
                .add(at.lt(*last))
                .add(id.lt(value(last_id)));
            select.filter(at.lte(*last)).filter(before)
        }
    };
    select
        .order_by_desc(at)
        .order_by_desc(id)
        .limit(page.size.probe())
}
