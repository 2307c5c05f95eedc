//! Nothing lost, nothing leaked: faults at every request, death at any moment, and the search for secrets.
//!
//! `SOAK=1` tries everything (`make soak`); otherwise a sample that `SEED` chooses. `docs/reliability.md` tells
//! what is tried and shows the figures.

#![cfg(unix)]

mod crash;
mod death;
mod driver;
mod faults;
mod leaks;
mod matrix;
mod needles;
mod operations;
