//! The provider's process of one walk.

use support::plugin::{Handshake, Options, PluginProcess, Spawned, connect};

/// Starts and connects. The provider gives a connection ten seconds to introduce itself, which is not always
/// enough on a machine where dozens of them start at once.
pub async fn start(options: &Options) -> PluginProcess {
    for _ in 0..3 {
        let mut process = Spawned::start(options);
        let Some(line) = process.line().await else {
            panic!("no handshake line; stderr: {:#?}", process.stderr.lines());
        };
        let handshake = Handshake::parse(&line);
        if let Ok(channel) = connect(&handshake, Some(&process.identity)).await {
            return PluginProcess {
                process,
                handshake,
                channel,
            };
        }
    }
    panic!("the provider does not accept a connection");
}
