//! Blocks on demand or at an interval.

use super::Node;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use tokio::time::Instant;

/// When blocks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockMode {
    /// At once, as long as a transaction waits or a receipt is on its way. A
    /// yield that waits for its resume asks for no block, else it would time
    /// out at once.
    pub on_demand: bool,
    /// This long after the last one, whatever there is to do.
    pub every: Option<Duration>,
}

/// Makes blocks until `stop` says so. With `follow_clock` no block is older
/// than the machine's clock when it is made.
pub async fn produce_until_stopped(
    node: Arc<Node>,
    mode: BlockMode,
    follow_clock: bool,
    mut stop: watch::Receiver<bool>,
) {
    tokio::select! {
        _ = stop.wait_for(|stopped| *stopped) => {}
        () = produce(&node, mode, follow_clock) => {}
    }
}

async fn produce(node: &Arc<Node>, mode: BlockMode, follow_clock: bool) {
    let mut changes = node.changes();
    let mut height = node.read(|chain| chain.head().height);
    let mut due = next_due(mode);
    loop {
        changes.borrow_and_update();
        let (head, is_idle) = node.read(|chain| (chain.head().height, chain.is_idle()));
        // Blocks that others made count, too.
        if head != height {
            (height, due) = (head, next_due(mode));
        }
        let is_due = due.is_some_and(|due| due <= Instant::now());
        if is_due || (mode.on_demand && !is_idle) {
            make_block(node, follow_clock).await;
            continue;
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = sleep_until_due(due) => {}
        }
    }
}

fn next_due(mode: BlockMode) -> Option<Instant> {
    mode.every.map(|interval| Instant::now() + interval)
}

async fn sleep_until_due(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Contracts may run for a while: not on the threads that answer requests.
async fn make_block(node: &Arc<Node>, follow_clock: bool) {
    let node = node.clone();
    let made = tokio::task::spawn_blocking(move || {
        node.write(|chain| {
            if follow_clock {
                chain.set_time(clock_ns());
            }
            chain.produce_blocks(1);
        })
    });
    if let Err(error) = made.await {
        if let Ok(panic) = error.try_into_panic() {
            std::panic::resume_unwind(panic);
        }
    }
}

fn clock_ns() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}
