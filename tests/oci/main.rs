//! The credential check against servers that really listen: the registry of the distribution project,
//! and scripted ones that behave as no honest registry does.

mod check;
mod flow;
mod hostile;
mod real_registry;

mod transport;
