//! The sandbox behaves as the Bahriya documents tell. `docs/statements.md` lists which test shows what.

mod access;
mod browser;
mod containers;
mod cost;
mod deployments;
mod durability;
mod faults;
mod page;
mod put_dialect;
mod registries;
mod secrecy;
mod start;
mod statements;
mod versions;
mod world;
