//! Numbers that are the same in every run (SplitMix64).

/// Where they come from.
pub struct Dice(u64);

impl Dice {
    /// Dice that fall in the order of this number.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below this.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }
}
