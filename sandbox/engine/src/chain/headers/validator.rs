//! Who signs blocks, chunks and approvals.

use crate::chain::Config;
use ed25519_dalek::SigningKey;
use near_crypto::{ED25519SecretKey, InMemorySigner, SecretKey};
use near_primitives::hash::hash;
use near_primitives::validator_signer::{
    EmptyValidatorSigner, InMemoryValidatorSigner, ValidatorSigner,
};

/// The first validator's signer: of its test key, whose seed is
/// `<account>/validator` or `<account>`. A validator with another key signs
/// nothing here, and its signatures are zeros.
pub fn signer(config: &Config) -> ValidatorSigner {
    let Some(validator) = config.validators.first() else {
        return EmptyValidatorSigner::default().into();
    };
    let account_id = &validator.account_id;
    [format!("{account_id}/validator"), account_id.to_string()]
        .iter()
        .map(|seed| test_key(seed))
        .find(|key| key.public_key() == validator.public_key)
        .map_or_else(
            || EmptyValidatorSigner::new(account_id.clone()),
            |key| {
                let signer = InMemorySigner::from_secret_key(account_id.clone(), key);
                InMemoryValidatorSigner::from_signer(signer)
            },
        )
}

/// The Ed25519 key that everybody can derive (docs/spec/sandbox.md, Keys).
fn test_key(seed: &str) -> SecretKey {
    let secret = hash(format!("sealwright-test-key:{seed}").as_bytes());
    let pair = SigningKey::from_bytes(secret.as_bytes()).to_keypair_bytes();
    SecretKey::ED25519(ED25519SecretKey(pair))
}
