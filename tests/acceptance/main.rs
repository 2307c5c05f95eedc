//! The real `terraform`, the real provider and a real sandbox process. Every step ends in an empty plan.

#![cfg(unix)]

#[macro_use]
mod bench;

mod absence;
mod adopt;
mod attachments;
mod bad_settings;
mod bad_values;
mod commands;
mod containers;
mod drift;
mod guards;
mod import;
mod interrupt;
mod late;
mod lifecycle;
mod login;
mod lost_answers;
mod many;
mod newer_clients;
mod obedience;
mod official;
mod outside;
mod pins;
mod providers;
mod refactoring;
mod rivals;
mod rollback;
mod unknown;
mod untrue;
mod verify;
mod version_table;
mod walks;
mod withheld;
mod write_only;
