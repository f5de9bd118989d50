//! Transactions that act for their signer without a key (`Chain::impersonate`).
//! They are marked by the empty key and the empty signature, which no signed
//! transaction can have: `verifier::check_form` refuses both.

use super::costs::TransactionCost;
use super::{verifier, BlockContext};
use near_crypto::{KeyType, PublicKey, Signature};
use near_primitives::account::Account;
use near_primitives::errors::InvalidTxError;
use near_primitives::transaction::{SignedTransaction, Transaction};

/// A transaction with the mark in place of a signature.
pub fn marked(transaction: Transaction) -> SignedTransaction {
    SignedTransaction::new(Signature::empty(KeyType::ED25519), transaction)
}

pub fn empty_key() -> PublicKey {
    PublicKey::empty(KeyType::ED25519)
}

pub fn is_impersonated(tx: &SignedTransaction) -> bool {
    tx.transaction.public_key() == &empty_key()
        && tx.signature == Signature::empty(KeyType::ED25519)
}

/// The signer's account when it has paid: all rules but those of keys hold.
pub fn charge(
    context: &BlockContext,
    mut account: Account,
    tx: &Transaction,
    cost: &TransactionCost,
) -> Result<Account, InvalidTxError> {
    let rest = verifier::amount_after(&context.config, &account, tx.signer_id(), cost.total)?;
    account.set_amount(rest);
    Ok(account)
}
