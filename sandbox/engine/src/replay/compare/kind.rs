//! Everything that is compared.

use serde::{Deserialize, Serialize};

/// A kind of answer. Its name in reports and options is in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Transactions that the node took.
    Transactions,
    /// Which outcomes a block has, and in which order.
    Order,
    ReceiptIds,
    Status,
    Logs,
    GasBurnt,
    TokensBurnt,
    /// Costs by name, whatever their order.
    GasProfile,
    /// The executor, and whatever else an outcome states.
    Outcome,
    /// Receipts by their ids.
    Receipts,
    /// Receipts that a block sent on, in order.
    OutgoingReceipts,
    /// Changes of accounts with their causes, in a block.
    AccountChanges,
    AccessKeyChanges,
    DataChanges,
    /// Which block a block follows, and where a fast-forward lands.
    Blocks,
    /// The prices of a block and of the one after it.
    GasPrice,
    TotalSupply,
    Epoch,
    /// Gas as the chunk's header carries it: that of the chunk before.
    ChunkGas,
    /// Gas that the block's chunk used.
    GasUsed,
    BalanceBurnt,
    OutcomeRoot,
    OutgoingRoot,
    Congestion,
    StateRoot,
    Views,
    Rejected,
    NotIncluded,
    /// Which accounts exist at the end, and what no other kind covers of them.
    Accounts,
    Balances,
    StorageUsage,
    Code,
    AccessKeys,
    /// Contracts' keys and values at the end.
    State,
    /// No token is made or lost (the engine's own rule; nothing is recorded of it).
    Conservation,
}

impl Kind {
    pub const ALL: [Self; 35] = [
        Self::Transactions,
        Self::Order,
        Self::ReceiptIds,
        Self::Status,
        Self::Logs,
        Self::GasBurnt,
        Self::TokensBurnt,
        Self::GasProfile,
        Self::Outcome,
        Self::Receipts,
        Self::OutgoingReceipts,
        Self::AccountChanges,
        Self::AccessKeyChanges,
        Self::DataChanges,
        Self::Blocks,
        Self::GasPrice,
        Self::TotalSupply,
        Self::Epoch,
        Self::ChunkGas,
        Self::GasUsed,
        Self::BalanceBurnt,
        Self::OutcomeRoot,
        Self::OutgoingRoot,
        Self::Congestion,
        Self::StateRoot,
        Self::Views,
        Self::Rejected,
        Self::NotIncluded,
        Self::Accounts,
        Self::Balances,
        Self::StorageUsage,
        Self::Code,
        Self::AccessKeys,
        Self::State,
        Self::Conservation,
    ];

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name in reports.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => unreachable!("a unit variant is a string"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_and_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(&kind.name()), Some(kind));
        }
        assert_eq!(Kind::GasBurnt.name(), "gas_burnt");
        assert_eq!(Kind::named("nothing"), None);
    }
}
