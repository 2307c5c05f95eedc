//! The process edge, tried with the real executable over its real socket.

#![cfg(unix)]

#[path = "../support/plugin.rs"]
mod support;

mod admission;
mod command_line;
mod debug;
mod ending;
mod handshake;
mod logging;
mod services;
