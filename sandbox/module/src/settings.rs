//! A chain's settings as JSON; what is left out keeps the engine's default.

use crate::errors::misuse;
use base64::prelude::{Engine as _, BASE64_STANDARD};
use near_crypto::PublicKey;
use near_primitives::state_record::StateRecord;
use near_primitives::types::{AccountId, Balance, Gas};
use near_primitives::version::{MIN_SUPPORTED_PROTOCOL_VERSION, PROTOCOL_VERSION};
use pyo3::PyResult;
use sealwright_engine::{Config, ValidatorConfig};
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    protocol_version: Option<u32>,
    chain_id: Option<String>,
    genesis_height: Option<u64>,
    genesis_time_ms: Option<u64>,
    block_interval_ms: Option<u64>,
    gas_limit: Option<Gas>,
    min_gas_price: Option<Balance>,
    max_gas_price: Option<Balance>,
    transaction_validity_period: Option<u64>,
    epoch_length: Option<u64>,
    /// Base64.
    seed: Option<String>,
    records: Option<Vec<StateRecord>>,
    validators: Option<Vec<Validator>>,
    protocol_treasury_account: Option<AccountId>,
    cache_dir: Option<PathBuf>,
    trie_extra_depth: Option<u64>,
    max_gas_burnt_view: Option<Gas>,
    history: Option<u64>,
    history_outcomes: Option<u64>,
}

#[derive(Deserialize)]
struct Validator {
    account_id: AccountId,
    public_key: PublicKey,
    stake: Balance,
}

const NS_PER_MS: u64 = 1_000_000;

impl Settings {
    /// A configuration from JSON. Raises misuse where it makes no sense.
    pub fn read(json: &str) -> PyResult<Config> {
        let settings: Self = serde_json::from_str(json).map_err(misuse)?;
        settings.into_config().map_err(misuse)
    }

    /// # Errors
    /// Says which field makes no sense.
    fn into_config(self) -> Result<Config, String> {
        let default = Config::default();
        let served = MIN_SUPPORTED_PROTOCOL_VERSION..=PROTOCOL_VERSION;
        if self
            .protocol_version
            .is_some_and(|version| !served.contains(&version))
        {
            return Err(format!("protocol_version is one of {served:?}"));
        }
        let seed = self.seed.unwrap_or_default();
        Ok(Config {
            protocol_version: self.protocol_version.unwrap_or(default.protocol_version),
            chain_id: self.chain_id.unwrap_or(default.chain_id),
            genesis_height: self.genesis_height.unwrap_or(default.genesis_height),
            genesis_time_ns: in_ns(
                self.genesis_time_ms,
                default.genesis_time_ns,
                "genesis_time_ms",
            )?,
            block_interval_ns: in_ns(
                self.block_interval_ms,
                default.block_interval_ns,
                "block_interval_ms",
            )?,
            gas_limit: self.gas_limit.unwrap_or(default.gas_limit),
            min_gas_price: self.min_gas_price.unwrap_or(default.min_gas_price),
            max_gas_price: self.max_gas_price.unwrap_or(default.max_gas_price),
            transaction_validity_period: self
                .transaction_validity_period
                .unwrap_or(default.transaction_validity_period),
            epoch_length: self.epoch_length.unwrap_or(default.epoch_length),
            seed: BASE64_STANDARD
                .decode(seed)
                .map_err(|error| format!("seed: {error}"))?,
            records: self.records.unwrap_or_default(),
            validators: self
                .validators
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
            protocol_treasury_account: self.protocol_treasury_account,
            cache_dir: self.cache_dir,
            trie_extra_depth: self.trie_extra_depth.unwrap_or(default.trie_extra_depth),
            max_gas_burnt_view: self
                .max_gas_burnt_view
                .unwrap_or(default.max_gas_burnt_view),
            history: self.history.unwrap_or(default.history),
            history_outcomes: self.history_outcomes.unwrap_or(default.history_outcomes),
            ..default
        })
    }
}

fn in_ns(milliseconds: Option<u64>, default_ns: u64, name: &str) -> Result<u64, String> {
    let Some(milliseconds) = milliseconds else {
        return Ok(default_ns);
    };
    match milliseconds.checked_mul(NS_PER_MS) {
        Some(nanoseconds) if nanoseconds > 0 => Ok(nanoseconds),
        _ => Err(format!("{name} {milliseconds} is out of range")),
    }
}

impl From<Validator> for ValidatorConfig {
    fn from(validator: Validator) -> Self {
        let Validator {
            account_id,
            public_key,
            stake,
        } = validator;
        Self {
            account_id,
            public_key,
            stake,
        }
    }
}
