//! Universal accounts: `0u` and the SHA3-256 of the code, data and keys that
//! the account starts with. From protocol version 88 on.
//!
//! A transfer makes an account that waits for its state. Its first transaction
//! may carry the state itself: it needs no access key, for the id commits to
//! the keys. Rules: nearcore's protocol-model/spec/accounts-keys.md.

use super::actions::Subject;
use super::costs::TransactionCost;
use super::result::ActionResult;
use super::{global_contracts, state_init, verifier, BlockContext};
use crate::state::{storage_usage, StateUpdate};
use near_primitives::account::{AccessKey, Account};
use near_primitives::action::UniversalStateInitAction;
use near_primitives::errors::{ActionErrorKind, InvalidTxError};
use near_primitives::receipt::Receipt;
use near_primitives::transaction::{NonceMode, Transaction};
use near_primitives::types::{AccountId, Balance, Nonce};
use near_primitives::universal_state_init::UniversalStateInit;
use near_primitives::version::ProtocolFeature;

/// An account that waits for its state.
pub fn uninitialised_account(context: &BlockContext, amount: Balance) -> Account {
    let usage = context.config.fees.storage_usage_config.num_bytes_account;
    Account::new_uninitialized(amount, usage, verifier::initial_nonce(context.height))
}

/// The UniversalStateInit action. The receiver's id is the hash of the state:
/// validation saw to that. An account that has its state keeps it.
///
/// The actor stays the sender: what follows in the receipt is not done in the
/// name of the account.
pub fn initialise(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    receipt: &Receipt,
    action: &UniversalStateInitAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let account = subject
        .account
        .get_or_insert_with(|| uninitialised_account(context, Balance::ZERO));
    if let Some(bootstrap_nonce) = account.bootstrap_nonce() {
        let mode = context.config.wasm_config.state_init_decode_mode();
        let Ok(init) = UniversalStateInit::from_raw(&action.state_init, mode) else {
            return result.fail(ActionErrorKind::MalformedUniversalStateInit);
        };
        account.initialize().expect("it has a bootstrap nonce");
        // Above the nonce of the transaction that brings the state, which could
        // else be sent again.
        let nonce = verifier::initial_nonce(context.height).max(bootstrap_nonce);
        let installed = install(context, state, account_id, account, &init, nonce);
        if let Err(error) = installed {
            return result.fail(error);
        }
    } else if ProtocolFeature::RefundRepeatedUniversalStateInitDeposit
        .enabled(context.protocol_version)
    {
        return state_init::refund_deposit(receipt, action.deposit, result);
    }
    state_init::settle_deposit(&context.config, receipt, account, action.deposit, result);
}

/// Code, data and full-access keys.
fn install(
    context: &BlockContext,
    state: &mut StateUpdate,
    account_id: &AccountId,
    account: &mut Account,
    init: &UniversalStateInit,
    nonce: Nonce,
) -> Result<(), ActionErrorKind> {
    if let Some(code) = init.code() {
        global_contracts::use_contract(state, account_id, account, code)?;
    }
    state_init::install_data(&context.config, state, account_id, account, init.data());
    let access_key = AccessKey {
        nonce,
        ..AccessKey::full_access()
    };
    let config = &context.config.fees.storage_usage_config;
    let mut usage = account.storage_usage();
    for key in init.access_keys() {
        state.set_access_key(account_id, key, &access_key);
        let bytes = storage_usage::of_access_key(config, key.trie_id_len(), &access_key);
        usage = usage.saturating_add(bytes);
    }
    account.set_storage_usage(usage);
    Ok(())
}

/// Whether a transaction brings the state of the account that signs it.
pub fn is_bootstrap(context: &BlockContext, account: &Account, tx: &Transaction) -> bool {
    context.config.wasm_config.universal_accounts
        && !account.is_initialized()
        && tx.is_state_init_bootstrap()
}

/// Charges such a transaction: the nonce is the account's, and must be its
/// successor whatever the transaction asks for, so that it can be sent once.
pub fn charge_bootstrap(
    context: &BlockContext,
    mut account: Account,
    tx: &Transaction,
    cost: &TransactionCost,
) -> Result<Account, InvalidTxError> {
    let current = account.bootstrap_nonce().expect("the account is empty");
    let nonce = tx.nonce().nonce();
    verifier::check_nonce(nonce, current, NonceMode::Strict, context.height)?;
    let rest = verifier::amount_after(&context.config, &account, tx.signer_id(), cost.total)?;
    account.set_amount(rest);
    account
        .set_bootstrap_nonce(nonce)
        .expect("the account is empty");
    Ok(account)
}
