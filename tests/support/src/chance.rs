//! Chance that can be repeated.

use std::env;

/// A source of numbers that depend on nothing but its seed: splitmix64.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// That of the number in `SEED`, which chooses a sample, and the number; the usual one if there is none.
    pub fn of_this_run() -> (Self, u64) {
        let text = env::var("SEED").unwrap_or_else(|_| "7".to_owned());
        let seed = text.parse().expect("SEED is a number");
        (Self(seed), seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    /// Whether something happens that does so `in_hundred` times of a hundred.
    pub fn one(&mut self, in_hundred: usize) -> bool {
        self.below(100) < in_hundred
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
