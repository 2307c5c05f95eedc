//! The executable as it is shipped (`make executable`): one static file that runs in roots which hold next to nothing,
//! and looks names up without the machine's own modules.

#![cfg(target_os = "linux")]

mod file;
mod names;
mod root;
mod roots;
mod servers;
mod trust;
