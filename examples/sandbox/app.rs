//! What every request shares.

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use crate::args::{Dialect, Versions};
use crate::deploy::RegistryAccess;
use crate::faults::Faults;
use crate::request_log::RequestLog;
use crate::seal::Key;
use crate::store::Store;

/// The state of one sandbox.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub store: Store,
    pub key: Arc<Key>,
    pub faults: Faults,
    pub log: RequestLog,
    pub image_registries: RegistryAccess,
    settings: RwLock<Settings>,
}

/// The switches that can be turned at run time.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settings {
    pub dialect: Dialect,
    pub versions: Versions,
    pub latency_ms: u64,
    pub handles_reusable: bool,
    pub delete_detaches: bool,
}

/// Some of the [`Settings`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    dialect: Option<Dialect>,
    versions: Option<Versions>,
    latency_ms: Option<u64>,
    handles_reusable: Option<bool>,
    delete_detaches: Option<bool>,
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
            settings: RwLock::new(settings),
        }))
    }

    pub fn settings(&self) -> Settings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns switches and returns all of them.
    pub fn change_settings(&self, change: SettingsChange) -> Settings {
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let old = *settings;
        *settings = Settings {
            dialect: change.dialect.unwrap_or(old.dialect),
            versions: change.versions.unwrap_or(old.versions),
            latency_ms: change.latency_ms.unwrap_or(old.latency_ms),
            handles_reusable: change.handles_reusable.unwrap_or(old.handles_reusable),
            delete_detaches: change.delete_detaches.unwrap_or(old.delete_detaches),
        };
        *settings
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
