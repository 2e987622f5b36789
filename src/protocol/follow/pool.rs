//! Room for things of one kind that come and go: what was given up is used again, because it is in the processor's cache.

use super::arena::Arena;

/// Things by where they stand.
#[derive(Clone, Debug)]
pub(super) struct Pool<T> {
    arena: Arena<T>,
    free: Vec<u32>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            arena: Arena::default(),
            free: Vec::new(),
        }
    }
}

impl<T: Default> Pool<T> {
    /// Room with nothing in it.
    pub(super) fn room(&mut self) -> u32 {
        let free = self.free.pop();
        free.unwrap_or_else(|| self.arena.push(T::default()))
    }

    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.arena.get_mut(at)
    }

    pub(super) fn get(&self, at: u32) -> Option<&T> {
        self.arena.get(at)
    }

    /// For how many things there is room.
    #[cfg(test)]
    pub(super) const fn room_for(&self) -> u32 {
        self.arena.len()
    }

    /// Makes room. Cleared at once, so that what hangs on it is given back.
    pub(super) fn clear(&mut self, at: u32) {
        if let Some(thing) = self.arena.get_mut(at) {
            *thing = T::default();
            self.free.push(at);
        }
    }
}
