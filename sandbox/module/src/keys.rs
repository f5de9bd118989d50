//! Keys and signatures.

use crate::actions;
use crate::errors::misuse;
use crate::transactions::draft;
use ed25519_dalek::SigningKey;
use near_crypto::{ED25519SecretKey, InMemorySigner, PublicKey, SecretKey, Signer};
use near_primitives::hash::CryptoHash;
use near_primitives::types::AccountId;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A secret key, parsed once, that signs for any account.
#[pyclass(frozen)]
pub struct Key {
    pub secret: SecretKey,
    pub public: PublicKey,
}

#[pymethods]
impl Key {
    /// From `ed25519:<base58>` or `secp256k1:<base58>`.
    #[new]
    fn new(text: &str) -> PyResult<Self> {
        Ok(Self::of(text.parse().map_err(misuse)?))
    }

    /// An Ed25519 key from its 32 secret bytes.
    #[staticmethod]
    fn from_seed(seed: [u8; 32]) -> Self {
        Self::of(SecretKey::ED25519(ED25519SecretKey(
            SigningKey::from_bytes(&seed).to_keypair_bytes(),
        )))
    }

    #[getter]
    fn secret_key(&self) -> String {
        self.secret.to_string()
    }

    #[getter]
    fn public_key(&self) -> String {
        self.public.to_string()
    }

    /// A signed transaction in Borsh, for a chain that is not in this process:
    /// the caller knows the key's nonce and a recent block's hash.
    fn sign_transaction<'py>(
        &self,
        py: Python<'py>,
        signer_id: &str,
        receiver_id: &str,
        actions: &str,
        nonce: u64,
        block_hash: &str,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let draft = draft(self, signer_id, receiver_id, actions::from_json(actions)?)?;
        let block_hash: CryptoHash = block_hash.parse().map_err(misuse)?;
        let signed = draft.sign(nonce, block_hash);
        Ok(PyBytes::new(py, &borsh::to_vec(&signed)?))
    }

    /// The JSON of a Delegate action (NEP-366) for any chain.
    fn sign_delegate(
        &self,
        sender_id: &str,
        receiver_id: &str,
        actions: &str,
        nonce: u64,
        max_block_height: u64,
    ) -> PyResult<String> {
        let draft = draft(self, sender_id, receiver_id, actions::from_json(actions)?)?;
        actions::sign_delegate(draft, nonce, max_block_height)
    }
}

impl Key {
    fn of(secret: SecretKey) -> Self {
        let public = secret.public_key();
        Self { secret, public }
    }

    pub fn signer(&self, account_id: AccountId) -> Signer {
        InMemorySigner::from_secret_key(account_id, self.secret.clone())
    }
}
