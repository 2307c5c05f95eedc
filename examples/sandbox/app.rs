//! What every request shares.

use std::sync::{Arc, Mutex};

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::args::{Dialect, Versions};
use crate::deploy::RegistryAccess;
use crate::faults::Faults;
use crate::request_log::RequestLog;
use crate::seal::Key;
use crate::store::{Store, lock};

/// The state of one sandbox.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub store: Store,
    pub key: Arc<Key>,
    pub faults: Faults,
    pub log: RequestLog,
    pub image_registries: RegistryAccess,
    settings: Mutex<Settings>,
}

/// The switches that can be turned at run time.
#[derive(Clone, Copy, Debug, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How credentials change: by rotate and activate routes, or by a PUT of the whole registry.
    #[arg(long, value_enum, default_value_t = Dialect::Rotate)]
    pub dialect: Dialect,
    /// Whether registry answers carry the number and the count of versions.
    #[arg(long, value_enum, default_value_t = Versions::Shown)]
    pub versions: Versions,
    /// Milliseconds that every API answer waits before the request acts.
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,
    /// A deleted registry's or project's handle is free again (disputed; the default spends it for ever).
    #[arg(long)]
    pub handles_reusable: bool,
    /// Deleting an attached registry detaches it everywhere (disputed; the default refuses).
    #[arg(long)]
    pub delete_detaches: bool,
}

impl App {
    pub fn new(
        store: Store,
        key: Arc<Key>,
        log: RequestLog,
        image_registries: RegistryAccess,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            key,
            faults: Faults::default(),
            log,
            image_registries,
            settings: Mutex::new(settings),
        }))
    }

    pub fn settings(&self) -> Settings {
        *lock(&self.settings)
    }

    /// Turns the switches that are named, and returns all of them.
    pub fn change_settings(&self, change: Map<String, Value>) -> serde_json::Result<Settings> {
        let mut settings = lock(&self.settings);
        let mut all = json!(*settings);
        for (name, value) in change {
            all[name] = value;
        }
        *settings = serde_json::from_value(all)?;
        Ok(*settings)
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
