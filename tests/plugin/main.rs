//! The process edge, tried with the real executable over its real socket.

#![cfg(unix)]

mod admission;
mod command_line;
mod debug;
mod ending;
mod go_plugin;
mod handshake;
mod logging;
