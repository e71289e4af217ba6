//! The memory of the portable backend. None of it is freed with what a password
//! left: growing and shrinking may move it.

use argon2::Block;
use zeroize::Zeroize;

pub(super) fn wipe(blocks: &mut [Block]) {
    for block in blocks {
        block.zeroize();
    }
}

/// Makes at least so many, where there are fewer.
pub(super) fn grow(blocks: &mut Vec<Block>, needed: usize) {
    let missing = needed.saturating_sub(blocks.len());
    if missing > 0 {
        wipe(blocks);
        blocks.reserve_exact(missing);
        blocks.resize(needed, Block::new());
    }
}

/// Leaves at most so many.
pub(super) fn shrink(blocks: &mut Vec<Block>, kept: usize) {
    if blocks.len() > kept {
        wipe(blocks);
        blocks.truncate(kept);
        blocks.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What moves shows whether it was wiped before.
    fn used(count: usize) -> Vec<Block> {
        let mut block = Block::new();
        block.as_mut().fill(u64::MAX);
        vec![block; count]
    }

    fn is_zero(block: &Block) -> bool {
        block.as_ref().iter().all(|word| *word == 0)
    }

    #[test]
    fn wiped_blocks_are_zero() {
        let mut blocks = used(3);
        wipe(&mut blocks);
        assert!(blocks.iter().all(is_zero));
    }

    #[test]
    fn blocks_are_wiped_before_they_grow() {
        let mut blocks = used(3);
        grow(&mut blocks, 5);
        assert_eq!(blocks.len(), 5);
        assert!(blocks.iter().all(is_zero));
    }

    #[test]
    fn enough_blocks_are_left_as_they_are() {
        let mut blocks = used(3);
        grow(&mut blocks, 2);
        assert_eq!(blocks.len(), 3);
        assert!(!blocks.iter().any(is_zero));
    }

    #[test]
    fn blocks_are_wiped_before_they_shrink() {
        let mut blocks = used(3);
        shrink(&mut blocks, 2);
        assert_eq!(blocks.len(), 2);
        assert!(blocks.iter().all(is_zero));
    }
}
