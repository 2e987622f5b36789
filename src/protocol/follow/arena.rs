//! A growing row of equal things that never moves them: no copy of everything when it grows, and no moment
//! at which old and new copy both take memory.

/// How many things one block holds.
const BLOCK: usize = 1 << 9;

/// Things by number, from 0.
#[derive(Clone, Debug)]
pub(super) struct Arena<T> {
    blocks: Vec<Vec<T>>,
    len: u32,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            len: 0,
        }
    }
}

impl<T> Arena<T> {
    /// Adds one and gives its number.
    pub(super) fn push(&mut self, thing: T) -> u32 {
        let number = self.len;
        match self.blocks.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(thing),
            _ => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(thing);
                self.blocks.push(block);
            }
        }
        self.len += 1;
        number
    }

    /// How many there are.
    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    /// The one of this number.
    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.blocks
            .get(number as usize / BLOCK)?
            .get(number as usize % BLOCK)
    }

    /// The one of this number, to change it.
    #[inline]
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.blocks
            .get_mut(number as usize / BLOCK)?
            .get_mut(number as usize % BLOCK)
    }

    /// All, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flatten()
    }
}
