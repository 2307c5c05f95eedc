//! The sandbox behaves as the Bahriya documents tell. `docs/statements.md` lists which test shows what.

#[path = "../support/sandbox.rs"]
mod sandbox;

mod access;
mod faults;
mod put_dialect;
mod registries;
