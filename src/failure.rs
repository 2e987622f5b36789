//! What a person sees when something fails: what, why, what to try.
