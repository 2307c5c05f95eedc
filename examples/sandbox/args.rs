//! The command line of the sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};

use crate::app::Settings;
use crate::deploy::RegistryAccess;
use crate::push_image::PushImage;

/// A local stand-in of the Bahriya console API.
#[derive(Debug, Parser)]
#[command(name = "sandbox", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Address to listen on; only loopback addresses are accepted. Port 0 lets the system choose.
    /// Default: 127.0.0.1:7357, or a free port where that one is taken.
    #[arg(long)]
    pub listen: Option<SocketAddr>,
    /// Also writes what to paste into a shell to this file, readable by its owner only: `. FILE` reads it.
    #[arg(long)]
    pub env_file: Option<PathBuf>,
    /// SQLite file that holds everything. Without it, everything is in memory and ends with the process.
    #[arg(long)]
    pub database: Option<PathBuf>,
    /// File with the sealing key, created with owner-only permissions. Default: beside the database.
    #[arg(long, requires = "database")]
    pub key_file: Option<PathBuf>,
    #[command(flatten)]
    pub settings: Settings,
    /// Adds two projects, a registry `team-images` and its attachment, unless the database already has a project.
    #[arg(long)]
    pub seed_data: bool,
    /// Appends one JSON line per API request to this file. Bodies and headers are never written.
    #[arg(long)]
    pub request_log: Option<PathBuf>,
    /// Ends when standard input does, so that a sandbox never outlives the test that started it.
    #[arg(long)]
    pub exit_with_stdin: bool,
    #[command(flatten)]
    pub image_registries: RegistryAccess,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program does instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Pushes a small image to an image registry, for deployments to pull.
    PushImage(PushImage),
}

/// How credentials change on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Rotate, list versions and activate have routes; PUT takes metadata only.
    Rotate,
    /// PUT takes the whole registry, and changed credentials make a version.
    Put,
}

/// Whether registry answers carry version fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Versions {
    Shown,
    /// `currentversionid`, `currentversion` and `versioncount` are null, as seen in July 2026.
    Withheld,
}
