//! Deterministic accounts (NEP-616): `0s` and a hash of the code and data that
//! the account starts with. Whoever knows these may bring the account to life.

use super::actions::Subject;
use super::result::ActionResult;
use super::{global_contracts, state_init, BlockContext};
use crate::state::StateUpdate;
use near_parameters::RuntimeConfig;
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::DeterministicStateInitAction;
use near_primitives::receipt::Receipt;
use near_primitives::types::Balance;

/// An account that waits for its state: it can receive tokens, nothing else.
pub fn empty_account(config: &RuntimeConfig, amount: Balance) -> Account {
    let usage = config.fees.storage_usage_config.num_bytes_account;
    Account::new(amount, Balance::ZERO, AccountContract::None, usage)
}

/// The DeterministicStateInit action. The receiver's id is the hash of the
/// state: validation saw to that. An account that has its state keeps it.
///
/// The actor stays the sender: what follows in the receipt is not done in the
/// name of the account.
pub fn initialise(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    receipt: &Receipt,
    action: &DeterministicStateInitAction,
    result: &mut ActionResult,
) {
    let config = &context.config;
    let account_id = subject.account_id;
    let account = subject
        .account
        .get_or_insert_with(|| empty_account(config, Balance::ZERO));
    if account.contract().is_none() {
        let init = &action.state_init;
        let used = global_contracts::use_contract(state, account_id, account, init.code());
        if let Err(error) = used {
            return result.fail(error);
        }
        state_init::install_data(config, state, account_id, account, init.data());
    }
    state_init::settle_deposit(config, receipt, account, action.deposit, result);
}
