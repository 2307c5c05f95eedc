//! The documentation and the examples: every configuration in them is given to the real Terraform, and
//! the pages are compared with the tables that make the wire schema.

mod demo;
mod pages;
mod pipelines;
mod roots;
mod setup;
mod snippets;
mod typed;
