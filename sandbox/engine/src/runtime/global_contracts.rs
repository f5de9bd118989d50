//! Global contracts (NEP-591): code that lies in the state once, under its hash
//! or under the account that deployed it, and that any account may use.
//!
//! Deploying burns the price of the bytes and sends a distribution receipt to
//! every shard; the code is there when it has arrived, in the next block.

use super::actions::{self, Subject};
use super::chunk::Chunk;
use super::result::ActionResult;
use super::BlockContext;
use crate::state::access::Records;
use crate::state::{StateUpdate, Value};
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::{
    DeployGlobalContractAction, GlobalContractDeployMode, GlobalContractIdentifier,
};
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::hash;
use near_primitives::receipt::{GlobalContractDistributionReceipt, Receipt};
use near_primitives::trie_key::TrieKey;
use near_primitives::types::{AccountId, ShardId, StateChangeCause};

const SHARD: u64 = 0;

fn code_key(identifier: &GlobalContractIdentifier) -> TrieKey {
    TrieKey::GlobalContractCode {
        identifier: identifier.clone().into(),
    }
}

fn nonce_key(identifier: &GlobalContractIdentifier) -> TrieKey {
    TrieKey::GlobalContractNonce {
        identifier: identifier.clone().into(),
    }
}

/// The code behind an identifier, if it has been deployed.
pub fn code(state: &impl Records, identifier: &GlobalContractIdentifier) -> Option<Value> {
    state.raw(&code_key(identifier).to_vec())
}

/// The global contract that an account uses.
pub fn used_by(contract: &AccountContract) -> Option<GlobalContractIdentifier> {
    match contract {
        AccountContract::Global(hash) => Some(GlobalContractIdentifier::CodeHash(*hash)),
        AccountContract::GlobalByAccount(account_id) => {
            Some(GlobalContractIdentifier::AccountId(account_id.clone()))
        }
        AccountContract::None | AccountContract::Local(_) => None,
    }
}

/// The DeployGlobalContract action.
pub fn deploy(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    action: &DeployGlobalContractAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let config = &context.config.fees.storage_usage_config;
    let price = config
        .global_contract_storage_amount_per_byte
        .saturating_mul(action.code.len() as u128);
    let account = subject.existing();
    let Some(rest) = account.amount().checked_sub(price) else {
        result.fail(ActionErrorKind::LackBalanceForState {
            account_id: account_id.clone(),
            amount: price,
        });
        return;
    };
    account.set_amount(rest);
    result.burn(price);
    result
        .new_receipts
        .push(distribution(state, account_id, action));
}

fn distribution(
    state: &mut StateUpdate,
    account_id: &AccountId,
    action: &DeployGlobalContractAction,
) -> Receipt {
    let identifier = match action.deploy_mode {
        GlobalContractDeployMode::CodeHash => {
            GlobalContractIdentifier::CodeHash(hash(&action.code))
        }
        GlobalContractDeployMode::AccountId => {
            GlobalContractIdentifier::AccountId(account_id.clone())
        }
    };
    // Counted up at once: no two distributions of a contract are alike.
    let nonce = state.record(&nonce_key(&identifier)).unwrap_or(0u64) + 1;
    state.set_record(&nonce_key(&identifier), &nonce);
    let delivered = vec![];
    let distribution = GlobalContractDistributionReceipt::new(
        identifier,
        ShardId::new(SHARD),
        delivered,
        action.code.clone(),
        nonce,
    );
    Receipt::new_global_contract_distribution(account_id.clone(), distribution)
}

impl Chunk<'_> {
    /// Puts distributed code in place. The receipt has no outcome; it costs
    /// compute time, for the code is compiled. Code that an update has
    /// overtaken changes nothing.
    pub fn apply_distribution(
        &mut self,
        receipt: &Receipt,
        distribution: &GlobalContractDistributionReceipt,
    ) {
        let key = nonce_key(distribution.id());
        let known: u64 = self.state.record(&key).unwrap_or_default();
        if distribution.nonce() < known {
            return;
        }
        self.state.set_record(&key, &distribution.nonce());
        let code = distribution.code();
        let code_key = code_key(distribution.id()).to_vec();
        self.state.set(code_key, (**code).into());
        self.state.commit(StateChangeCause::ReceiptProcessing {
            receipt_hash: *receipt.receipt_id(),
        });
        let fees = &self.context.config.fees;
        let per_byte = fees.deploy_global_contract_execution_per_byte;
        let compute = per_byte
            .saturating_mul(code.len() as u64)
            .saturating_add(fees.deploy_global_contract_execution_base);
        self.compute_used = self.compute_used.saturating_add(compute);
    }
}

/// The UseGlobalContract action: replaces the account's code, whatever it was.
///
/// # Errors
/// `GlobalContractDoesNotExist`.
pub fn use_contract(
    state: &mut StateUpdate,
    account_id: &AccountId,
    account: &mut Account,
    identifier: &GlobalContractIdentifier,
) -> Result<(), ActionErrorKind> {
    if !state.contains(&code_key(identifier).to_vec()) {
        return Err(ActionErrorKind::GlobalContractDoesNotExist {
            identifier: identifier.clone(),
        });
    }
    let contract = match identifier {
        GlobalContractIdentifier::CodeHash(hash) => AccountContract::Global(*hash),
        GlobalContractIdentifier::AccountId(id) => AccountContract::GlobalByAccount(id.clone()),
    };
    actions::replace_contract(
        state,
        account_id,
        account,
        contract,
        identifier.len() as u64,
    );
    Ok(())
}
