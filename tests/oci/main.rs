//! The credential check against servers that really listen: the registry of the distribution project,
//! and scripted ones that behave as no honest registry does.

#[path = "../support/authority.rs"]
mod authority;
mod flow;
mod hostile;
mod real_registry;
#[path = "../support/registry_server.rs"]
mod registry_server;
mod support;
mod transport;
