//! The API client against a server that does what it should not: refuses, stalls, cuts, lies.

mod attachments;
mod deletion;
mod dialects;
mod environment;
mod lists;
mod promises;
mod reads;
mod refresh;
mod registries;
mod streams;
mod writes;
