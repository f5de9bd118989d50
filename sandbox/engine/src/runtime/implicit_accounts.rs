//! Accounts that a transfer brings to life: their ids stand for a key, for a
//! wallet contract, or for the state the account will start with.

use super::actions::ReceiptShape;
use super::{deterministic, universal, verifier, BlockContext};
use crate::state::{storage_usage, StateUpdate};
use near_crypto::{PublicKey, PublicKeyHandle};
use near_parameters::RuntimeConfig;
use near_primitives::account::id::AccountType;
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance};

/// Hash of the wallet contract that `0x` accounts of a chain use, as a global
/// contract. The contract itself is not published as a crate; deploy its code by
/// hash and the accounts work (nearcore's runtime/near-wallet-contract).
fn wallet_code(chain_id: &str) -> CryptoHash {
    let hash = match chain_id {
        "mainnet" => "2zodJZK2e4nnv5AqwCRnenNSmkikXhEd7PPY6BmfTmW4",
        "testnet" => "3PpYvRxBfC5BkZxTw8ZFG3D52w1ZRhvDDWirKoxphMDn",
        _ => "FAq9tQRbwJPTV3PQLn2F7AUD3FW2Fw1V8ZeZuazfeu1v",
    };
    hash.parse().expect("a constant hash")
}

/// What an id stands for. `0u` ids are names like any other until the protocol
/// knows universal accounts.
pub fn kind(config: &RuntimeConfig, account_id: &AccountId) -> AccountType {
    match account_id.get_account_type() {
        AccountType::UniversalAccount if !config.wasm_config.universal_accounts => {
            AccountType::NamedAccount
        }
        kind => kind,
    }
}

/// Whether a transfer to an account that does not exist creates it. Refunds
/// never do: they pay no fee. Where more actions follow they could take over an
/// account of somebody else's key; only a universal id commits to its keys.
pub fn transfer_creates(kind: AccountType, shape: ReceiptShape) -> bool {
    match kind {
        _ if shape.is_refund => false,
        AccountType::NamedAccount => false,
        AccountType::UniversalAccount => true,
        AccountType::NearImplicitAccount
        | AccountType::EthImplicitAccount
        | AccountType::NearDeterministicAccount => shape.is_only_action,
    }
}

/// The account that a transfer creates. The actor stays the sender.
pub fn create(
    context: &BlockContext,
    state: &mut StateUpdate,
    account_id: &AccountId,
    deposit: Balance,
) -> Account {
    let config = &context.config;
    match kind(config, account_id) {
        AccountType::NearImplicitAccount => with_key(context, state, account_id, deposit),
        AccountType::EthImplicitAccount => wallet(context, deposit),
        AccountType::NearDeterministicAccount => deterministic::empty_account(config, deposit),
        AccountType::UniversalAccount => universal::uninitialised_account(context, deposit),
        AccountType::NamedAccount => unreachable!("existence was checked"),
    }
}

/// 64 hexadecimal digits: the account of an ed25519 key.
fn with_key(
    context: &BlockContext,
    state: &mut StateUpdate,
    account_id: &AccountId,
    deposit: Balance,
) -> Account {
    let public_key = PublicKey::from_near_implicit_account(account_id).expect("the id is a key");
    let mut access_key = AccessKey::full_access();
    access_key.nonce = verifier::initial_nonce(context.height);
    state.set_access_key(account_id, &PublicKeyHandle::from(&public_key), &access_key);
    let config = &context.config.fees.storage_usage_config;
    let bytes = storage_usage::of_access_key(config, public_key.len(), &access_key);
    let usage = config.num_bytes_account + bytes;
    Account::new(deposit, Balance::ZERO, AccountContract::None, usage)
}

/// `0x` and 40 hexadecimal digits: the account of an Ethereum key, which the
/// wallet contract checks.
fn wallet(context: &BlockContext, deposit: Balance) -> Account {
    let contract = AccountContract::Global(wallet_code(&context.chain_id));
    let usage = context.config.fees.storage_usage_config.num_bytes_account
        + contract.identifier_storage_usage();
    Account::new(deposit, Balance::ZERO, contract, usage)
}
