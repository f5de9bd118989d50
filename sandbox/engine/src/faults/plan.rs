//! Rules and their JSON form.

use super::facts::ReceiptClass;
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::{hash, CryptoHash};
use near_primitives::types::{AccountId, BlockHeight, BlockHeightDelta, Gas};
use serde::{Deserialize, Serialize};

/// The form of a plan's JSON.
const VERSION: u32 = 1;

/// What shall go wrong. Rules are asked in order; one receipt suffers the first
/// that strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    #[serde(default = "current_version")]
    pub version: u32,
    /// Decides rules that have a chance.
    #[serde(default)]
    pub seed: u64,
    /// Leave out what could not happen on NEAR.
    #[serde(default)]
    pub only_possible: bool,
    pub rules: Vec<Rule>,
}

fn current_version() -> u32 {
    VERSION
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    pub when: When,
    pub fault: Fault,
    /// At most so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Per mille of the matching receipts, chosen by the plan's seed and the
    /// receipt's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance_permille: Option<u64>,
}

/// Which receipts a rule is for. Everything that is given must agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_id: Option<CryptoHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predecessor_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_id: Option<AccountId>,
    /// One of its function calls has this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// One of its actions is of this kind, in nearcore's words (`Transfer`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptClass>,
    /// First and last block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_height: Option<BlockHeight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_height: Option<BlockHeight>,
    /// Only the n-th receipt that agrees with all the rest, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
}

/// What happens to a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// It fails before its first action does anything.
    Fail {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Failure>,
    },
    /// Its function calls run with so much gas instead of theirs.
    Starve { gas: Gas },
    /// Gas is used up when its call reaches the n-th host function, from 1.
    CutGas { host_call: u64 },
    /// The contract traps when its call reaches the n-th host function.
    Trap { host_call: u64 },
    /// Its transfer finds no such account: the beneficiary has vanished.
    RefuseTransfer {},
    /// It arrives so many blocks later, and with it what is sent after it
    /// between the same two accounts.
    Delay { blocks: BlockHeightDelta },
    /// A yield times out this many blocks after it was made.
    TimeOutEarly { blocks: BlockHeightDelta },
    /// The answer to a yield arrives after its timeout.
    ResumeLate {},
}

/// The error a receipt is made to fail with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A contract's panic with this text.
    Panic(String),
    /// Any of nearcore's action errors, in its JSON form.
    Action(ActionErrorKind),
}

impl FaultPlan {
    /// # Errors
    /// Says what in the plan makes no sense.
    pub fn check(&self) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!(
                "a plan's version is {VERSION}, not {}",
                self.version
            ));
        }
        let wrong = self.rules.iter().enumerate().find_map(|(index, rule)| {
            let reason = rule.check().err()?;
            Some(format!("rule {index}: {reason}"))
        });
        wrong.map_or(Ok(()), Err)
    }

    /// Whether the dice of a rule fall on this receipt.
    pub(super) fn is_chosen(&self, rule: usize, receipt_id: &CryptoHash) -> bool {
        let Some(chance) = self.rules[rule].chance_permille else {
            return true;
        };
        let mut bytes = b"fault".to_vec();
        bytes.extend(self.seed.to_le_bytes());
        bytes.extend((rule as u64).to_le_bytes());
        bytes.extend(receipt_id.0);
        let digest = hash(&bytes).0;
        let first = digest.first_chunk().expect("a digest has 32 bytes");
        u64::from_le_bytes(*first) % 1000 < chance
    }
}

impl Rule {
    fn check(&self) -> Result<(), &'static str> {
        if matches!(self.when.nth, Some(0)) {
            return Err("nth counts from 1");
        }
        if self.chance_permille.is_some_and(|chance| chance > 1000) {
            return Err("a chance is at most 1000 per mille");
        }
        match self.fault {
            Fault::CutGas { host_call: 0 } | Fault::Trap { host_call: 0 } => {
                Err("host calls are counted from 1")
            }
            Fault::Delay { blocks: 0 } | Fault::TimeOutEarly { blocks: 0 } => {
                Err("blocks is at least 1")
            }
            _ => Ok(()),
        }
    }
}
