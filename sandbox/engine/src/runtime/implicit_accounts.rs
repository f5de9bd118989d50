//! Accounts that a transfer brings to life: their ids stand for a key or a
//! contract.

use super::actions::Subject;
use super::{verifier, BlockContext};
use crate::state::{storage_usage, StateUpdate};
use near_crypto::{PublicKey, PublicKeyHandle};
use near_primitives::account::id::AccountType;
use near_primitives::account::{AccessKey, Account, AccountContract};
use near_primitives::hash::CryptoHash;
use near_primitives::types::{AccountId, Balance};

/// Hash of the wallet contract that `0x` accounts use outside mainnet and
/// testnet. The contract itself is not published as a crate.
const ETH_WALLET_CODE: &str = "FAq9tQRbwJPTV3PQLn2F7AUD3FW2Fw1V8ZeZuazfeu1v";

/// Ids that a transfer brings to life.
pub fn is_implicit(account_id: &AccountId) -> bool {
    match account_id.get_account_type() {
        AccountType::NearImplicitAccount
        | AccountType::EthImplicitAccount
        | AccountType::NearDeterministicAccount => true,
        AccountType::NamedAccount | AccountType::UniversalAccount => false,
    }
}

/// A transfer to an id that stands for a key makes the account.
pub fn create_by_transfer(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    deposit: Balance,
) {
    let config = &context.config.fees.storage_usage_config;
    let account_id = subject.account_id;
    let mut usage = config.num_bytes_account;
    let mut contract = AccountContract::None;
    match account_id.get_account_type() {
        AccountType::NearImplicitAccount => {
            let public_key =
                PublicKey::from_near_implicit_account(account_id).expect("the id is a key");
            let mut access_key = AccessKey::full_access();
            access_key.nonce = verifier::initial_nonce(context.height);
            usage += storage_usage::of_access_key(config, public_key.len(), &access_key);
            state.set_access_key(account_id, &PublicKeyHandle::from(&public_key), &access_key);
        }
        AccountType::EthImplicitAccount => {
            let code: CryptoHash = ETH_WALLET_CODE.parse().expect("a constant hash");
            contract = AccountContract::Global(code);
            usage += contract.identifier_storage_usage();
        }
        _ => {}
    }
    subject.create(Account::new(deposit, Balance::ZERO, contract, usage));
}
