//! Keys and signatures.

use crate::errors::misuse;
use ed25519_dalek::SigningKey;
use near_crypto::{ED25519SecretKey, InMemorySigner, PublicKey, SecretKey, Signer};
use near_primitives::types::AccountId;
use pyo3::prelude::*;

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
