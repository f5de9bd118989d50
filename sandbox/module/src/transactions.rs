//! Nonces, the pool, and running a transaction to its end.

use crate::actions::{self, account, Draft};
use crate::engine::Engine;
use crate::errors::{import_failed, misuse, refused, unfinished};
use crate::keys::Key;
use crate::outcome::NativeOutcome;
use near_primitives::action::Action;
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use pyo3::prelude::*;
use sealwright_engine::node::{KeptChain, Node};
use sealwright_engine::Chain;
use std::sync::Arc;

/// # Errors
/// A block could not be made, because another network did not answer.
pub fn no_import_failed(chain: &mut KeptChain) -> PyResult<()> {
    match chain.take_import_error() {
        Some(error) => Err(import_failed(error)),
        None => Ok(()),
    }
}

impl Engine {
    pub(crate) fn sign_next(&self, draft: Draft<'_>) -> SignedTransaction {
        // The nonce is read from the account; what fails here fails again when the transaction is pooled.
        self.node
            .write(|chain| chain.import_account(&draft.signer_id).ok());
        let nonce = self.next_nonce(&draft);
        draft.sign(nonce, self.node.read(Chain::head).hash)
    }

    pub(crate) fn next_nonce(&self, draft: &Draft<'_>) -> u64 {
        let id = (draft.signer_id.clone(), draft.key.public.to_string());
        let given_out = self.nonces.lock().get(&id).copied().unwrap_or_default();
        let in_state = self
            .node
            .read(|chain| actions::key_nonce(chain, &draft.signer_id, draft.key));
        given_out.max(in_state) + 1
    }

    pub(crate) fn pool(&self, transaction: SignedTransaction) -> PyResult<CryptoHash> {
        let inner = &transaction.transaction;
        let id = (inner.signer_id().clone(), inner.public_key().to_string());
        let nonce = inner.nonce().nonce();
        let hash = self.node.write(|chain| {
            let signer_id = transaction.transaction.signer_id().clone();
            chain.import_account(&signer_id).map_err(import_failed)?;
            chain.submit(transaction).map_err(|error| refused(&error))
        })?;
        self.nonces.lock().insert(id, nonce);
        Ok(hash)
    }

    pub(crate) fn run_to_end(
        &self,
        transaction: SignedTransaction,
        max_blocks: u64,
    ) -> PyResult<NativeOutcome> {
        let hash = self.pool(transaction)?;
        make_blocks_until_it_ends(&self.node, hash, max_blocks)
    }
}

pub fn make_blocks_until_it_ends(
    node: &Arc<Node>,
    hash: CryptoHash,
    max_blocks: u64,
) -> PyResult<NativeOutcome> {
    for _ in 0..max_blocks {
        // The lock is given back after each block: JSON-RPC goes on.
        let outcome = node.write(|chain| {
            if !chain.chain().is_finished(&hash) {
                chain.produce_blocks(1);
            }
            no_import_failed(chain)?;
            // Valid when it was pooled, but not when its block was made.
            if let Some(reason) = chain.chain().rejection(&hash) {
                return Err(refused(reason));
            }
            Ok(NativeOutcome::of(node, chain.chain(), &hash).filter(NativeOutcome::is_finished))
        })?;
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
    }
    Err(unfinished(hash.to_string()))
}

pub fn draft<'a>(
    key: &'a Key,
    signer_id: &str,
    receiver_id: &str,
    actions: Vec<Action>,
) -> PyResult<Draft<'a>> {
    Ok(Draft {
        key,
        signer_id: account(signer_id)?,
        receiver_id: account(receiver_id)?,
        actions,
    })
}

pub fn decode(transaction: &[u8]) -> PyResult<SignedTransaction> {
    borsh::from_slice(transaction).map_err(|error| misuse(format!("not a transaction: {error}")))
}

/// Hash and signer of a signed transaction (Borsh).
#[pyfunction]
pub fn transaction_id(transaction: &[u8]) -> PyResult<(String, String)> {
    let signed = decode(transaction)?;
    Ok((
        signed.get_hash().to_string(),
        signed.transaction.signer_id().to_string(),
    ))
}
