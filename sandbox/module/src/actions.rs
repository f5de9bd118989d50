//! Actions and transactions from what Python gives.

use crate::errors::misuse;
use crate::keys::Key;
use near_primitives::action::delegate::{DelegateAction, NonDelegateAction, SignedDelegateAction};
use near_primitives::action::{Action, FunctionCallAction};
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::{SignedTransaction, Transaction, TransactionV0};
use near_primitives::types::{AccountId, Balance, Gas};
use near_primitives::views::ActionView;
use pyo3::PyResult;
use sealwright_engine::Chain;

/// What one transaction does, before it has a nonce.
pub struct Draft<'a> {
    pub key: &'a Key,
    pub signer_id: AccountId,
    pub receiver_id: AccountId,
    pub actions: Vec<Action>,
}

impl Draft<'_> {
    /// Signs with the given nonce, for the chain's head.
    pub fn sign(self, nonce: u64, block_hash: CryptoHash) -> SignedTransaction {
        let transaction = Transaction::V0(TransactionV0 {
            signer_id: self.signer_id,
            public_key: self.key.public.clone(),
            nonce,
            receiver_id: self.receiver_id,
            block_hash,
            actions: self.actions,
        });
        let signature = self
            .key
            .secret
            .sign(transaction.get_hash_and_size().0.as_ref());
        SignedTransaction::new(signature, transaction)
    }
}

pub fn account(text: &str) -> PyResult<AccountId> {
    text.parse()
        .map_err(|reason| misuse(format!("{text:?} is no account id: {reason}")))
}

/// Actions in the JSON form of nearcore's views.
pub fn from_json(json: &str) -> PyResult<Vec<Action>> {
    let views: Vec<ActionView> = serde_json::from_str(json).map_err(misuse)?;
    views
        .into_iter()
        .map(|view| Action::try_from(view).map_err(misuse))
        .collect()
}

pub fn function_call(method_name: &str, args: &[u8], gas: u64, deposit: u128) -> Action {
    Action::FunctionCall(Box::new(FunctionCallAction {
        method_name: method_name.to_owned(),
        args: args.to_vec(),
        gas: Gas::from_gas(gas),
        deposit: Balance::from_yoctonear(deposit),
    }))
}

/// The JSON of a Delegate action that `draft`'s signer has signed (NEP-366).
pub fn sign_delegate(draft: Draft<'_>, nonce: u64, max_block_height: u64) -> PyResult<String> {
    let signer = draft.key.signer(draft.signer_id.clone());
    let inner = draft.actions.into_iter().map(NonDelegateAction::try_from);
    let delegate_action = DelegateAction {
        sender_id: draft.signer_id,
        receiver_id: draft.receiver_id,
        actions: inner
            .collect::<Result<_, _>>()
            .map_err(|_| misuse("a delegated action cannot contain another one"))?,
        nonce,
        max_block_height,
        public_key: draft.key.public.clone(),
    };
    let signed = SignedDelegateAction::sign(&signer, delegate_action);
    let view = ActionView::Delegate {
        delegate_action: signed.delegate_action,
        signature: signed.signature,
    };
    serde_json::to_string(&view).map_err(misuse)
}

/// The nonce of an access key at the head.
pub fn key_nonce(chain: &Chain, account_id: &AccountId, key: &Key) -> u64 {
    let latest = near_primitives::types::BlockReference::latest();
    chain
        .view_access_key(account_id, &key.public, &latest)
        .map_or(0, |found| found.value.nonce)
}
