//! Which block is final: the last one that two others follow at consecutive
//! heights (nearcore, `Block::produce`; doomslug).

use borsh::{BorshDeserialize, BorshSerialize};
use near_primitives::types::BlockHeight;

/// As of one block. Heights stand for blocks: there are no forks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Finality {
    height: BlockHeight,
    prev_height: BlockHeight,
    /// Followed by one block at the next height.
    doomslug_final: BlockHeight,
    pub last_final: BlockHeight,
}

impl Finality {
    pub fn genesis(height: BlockHeight) -> Self {
        Self {
            height,
            prev_height: height,
            doomslug_final: height,
            last_final: height,
        }
    }

    /// As of the block that follows at this height.
    pub fn next(self, height: BlockHeight) -> Self {
        let follows = height == self.height + 1;
        Self {
            height,
            prev_height: self.height,
            doomslug_final: if follows {
                self.height
            } else {
                self.doomslug_final
            },
            last_final: if follows && self.doomslug_final == self.prev_height {
                self.prev_height
            } else {
                self.last_final
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_final(heights: &[BlockHeight]) -> BlockHeight {
        let genesis = Finality::genesis(0);
        let head = heights
            .iter()
            .fold(genesis, |head, height| head.next(*height));
        head.last_final
    }

    #[test]
    fn two_blocks_in_a_row_make_the_one_before_final() {
        assert_eq!(last_final(&[1, 2, 3]), 1);
    }

    #[test]
    fn a_skipped_height_delays_finality() {
        assert_eq!(last_final(&[1, 2, 3, 50]), 1);
        assert_eq!(last_final(&[1, 2, 3, 50, 51]), 1);
        assert_eq!(last_final(&[1, 2, 3, 50, 51, 52]), 50);
    }
}
