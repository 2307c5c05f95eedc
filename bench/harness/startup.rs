//! From exec to a configured provider: what Terraform pays four times per apply.

use support::plugin::Identity;

use crate::contender::Contender;
use crate::host::Host;
use crate::stats::Samples;

/// What one program costs to start.
#[derive(Clone, Debug, Default)]
pub struct Startup {
    /// Exec to handshake line, ms.
    pub handshake: Samples,
    /// Handshake line to schema, ms.
    pub schema: Samples,
    /// Processor time until it is configured, ms.
    pub cpu: Samples,
    /// Resident memory when it is configured, MiB.
    pub resident: Samples,
}

/// Starts every program `rounds` times, one after the other in each round.
pub async fn measure(
    contenders: &[Contender],
    rounds: usize,
    identity: &Identity,
    env: &[(&str, String)],
) -> Vec<Startup> {
    let mut all = vec![Startup::default(); contenders.len()];
    // The first round reads the programs from disk and does not count.
    for round in 0..=rounds {
        for (contender, startup) in contenders.iter().zip(&mut all) {
            let host = Host::start(contender, &[], identity, env).await;
            host.configure(contender).await;
            if round > 0 {
                startup.handshake.add_ms(host.handshake);
                startup.schema.add_ms(host.schema);
                startup.cpu.add_ms(host.cpu());
                startup.resident.add(host.resident());
            }
            host.shutdown().await;
        }
    }
    all
}
