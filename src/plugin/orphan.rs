//! Noticing that the host is gone. When it is killed it sends neither a signal nor a `Shutdown`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::connections::Connections;

/// How often we look.
const LOOK: Duration = Duration::from_secs(1);
/// How many looks without a connection are taken for the end of the host, once it had connected.
const LOOKS_AFTER: u32 = 5;
/// The same before it first did; as long as the host itself waits for the handshake.
const LOOKS_BEFORE: u32 = 60;

/// The parent of this process at this moment; another one after it has ended. Always the same on Windows, where
/// only the connection tells.
pub fn parent() -> u32 {
    #[cfg(unix)]
    return std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    0
}

/// Returns, with the reason, when the host is gone: it was the `first` parent, or the last of its `connections` has closed.
///
/// Looks are counted instead of time, since time goes on while a stopped process group does not.
pub async fn orphaned(first: u32, connections: Connections) -> &'static str {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alone = 0;
    loop {
        looks.tick().await;
        if parent() != first {
            return "the parent process has ended";
        }
        let patience = match connections.ever.load(Ordering::Relaxed) {
            true => LOOKS_AFTER,
            false => LOOKS_BEFORE,
        };
        alone = match connections.open.is_empty() {
            true => alone + 1,
            false => 0,
        };
        if alone > patience {
            return "nobody is connected";
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_lost_connection_is_noticed_and_an_open_one_is_not() {
        let connections = Connections::default();
        connections.ever.store(true, Ordering::Relaxed);
        let open = connections.open.token();
        let mut orphaned = Box::pin(orphaned(parent(), connections));
        let hour = Duration::from_secs(3600);
        assert!(tokio::time::timeout(hour, &mut orphaned).await.is_err());
        drop(open);
        let soon = Duration::from_secs(7);
        assert_eq!(
            tokio::time::timeout(soon, &mut orphaned).await,
            Ok("nobody is connected")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_connection_may_take_its_time() {
        let mut orphaned = Box::pin(orphaned(parent(), Connections::default()));
        let slow = Duration::from_secs(50);
        assert!(tokio::time::timeout(slow, &mut orphaned).await.is_err());
        assert!(tokio::time::timeout(slow, &mut orphaned).await.is_ok());
    }
}
