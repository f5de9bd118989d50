//! A node's genesis.json as a chain's configuration.

use super::field::Field;
use super::Malformed;
use crate::chain::{FinalityRule, MAX_BLOCK_PRODUCER_SEATS};
use crate::{Config, ValidatorConfig};
use near_primitives::hash::CryptoHash;
use near_primitives::shard_layout::ShardLayout;
use near_primitives::types::Gas;
use near_primitives::version::{MIN_SUPPORTED_PROTOCOL_VERSION, PROTOCOL_VERSION};
use num_rational::Rational32;

/// The configuration behind a stripped transcript. States are kept from
/// genesis on: what is recorded may be asked at any block.
pub fn config(stripped: &Field) -> Result<Config, Malformed> {
    let genesis = stripped.get("genesis").get("config");
    let first = first_block(stripped)?;
    check_shards(&genesis.get("shard_layout"))?;
    let default = Config::default();
    let view_gas: Option<Gas> = stripped
        .get("node_config")
        .get("max_gas_burnt_view")
        .optional()?;
    Ok(Config {
        protocol_version: protocol_version(stripped)?,
        chain_id: genesis.get("chain_id").parse()?,
        genesis_height: genesis.get("genesis_height").number()?,
        genesis_time_ns: first.get("timestamp_ns").number()?,
        genesis_hash: Some(first.get("hash").parse::<CryptoHash>()?),
        finality: FinalityRule::Doomslug,
        genesis_fields: genesis.parse()?,
        gas_limit: Gas::from_gas(positive(&genesis.get("gas_limit"))?),
        min_gas_price: genesis.get("min_gas_price").parse()?,
        max_gas_price: genesis.get("max_gas_price").parse()?,
        gas_price_adjustment_rate: rate(&genesis.get("gas_price_adjustment_rate"))?,
        transaction_validity_period: genesis.get("transaction_validity_period").number()?,
        epoch_length: positive(&genesis.get("epoch_length"))?,
        records: stripped.get("genesis").get("records").parse()?,
        validators: validators(&genesis)?,
        num_block_producer_seats: seats(&genesis.get("num_block_producer_seats"))?,
        protocol_reward_rate: rate(&genesis.get("protocol_reward_rate"))?,
        protocol_treasury_account: Some(genesis.get("protocol_treasury_account").parse()?),
        max_gas_burnt_view: view_gas.unwrap_or(default.max_gas_burnt_view),
        history: u64::MAX,
        history_outcomes: u64::MAX,
        ..default
    })
}

/// The genesis block, which must stand at the height that genesis.json names.
fn first_block<'a>(stripped: &Field<'a>) -> Result<Field<'a>, Malformed> {
    let blocks = stripped.get("blocks");
    let first = blocks
        .items()?
        .into_iter()
        .next()
        .ok_or_else(|| blocks.wrong("there must be a genesis block"))?;
    let expected = stripped
        .get("genesis")
        .get("config")
        .get("genesis_height")
        .number()?;
    let height = first.get("height");
    if height.number()? != expected {
        let reason = format!("the first block must be genesis, at height {expected}");
        return Err(height.wrong(&reason));
    }
    Ok(first)
}

fn protocol_version(stripped: &Field) -> Result<u32, Malformed> {
    let field = stripped.get("node").get("protocol_version");
    let version = field.parse()?;
    let served = MIN_SUPPORTED_PROTOCOL_VERSION..=PROTOCOL_VERSION;
    if !served.contains(&version) {
        let reason = format!("version {version} is not served, {served:?} are");
        return Err(field.wrong(&reason));
    }
    let at_genesis = stripped
        .get("genesis")
        .get("config")
        .get("protocol_version");
    if at_genesis
        .optional()?
        .is_some_and(|first: u32| first != version)
    {
        let reason = format!("the node speaks {version}; upgrades within a chain are not modelled");
        return Err(at_genesis.wrong(&reason));
    }
    Ok(version)
}

/// The engine has one shard; outcomes of several come in another order.
fn check_shards(layout: &Field) -> Result<(), Malformed> {
    let Some(shards) = layout.optional::<ShardLayout>()? else {
        return Ok(());
    };
    match shards.num_shards() {
        1 => Ok(()),
        count => Err(layout.wrong(&format!("{count} shards: the engine has one"))),
    }
}

fn seats(field: &Field) -> Result<u64, Malformed> {
    match field.number()? {
        seats @ 0..=MAX_BLOCK_PRODUCER_SEATS => Ok(seats),
        seats => Err(field.wrong(&format!(
            "{seats} seats: a chunk has a part a seat, {MAX_BLOCK_PRODUCER_SEATS} at most"
        ))),
    }
}

fn positive(field: &Field) -> Result<u64, Malformed> {
    match field.number()? {
        0 => Err(field.wrong("must be positive")),
        number => Ok(number),
    }
}

fn rate(field: &Field) -> Result<Rational32, Malformed> {
    let [part, whole]: [i32; 2] = field.parse()?;
    if part < 0 || whole <= 0 {
        return Err(field.wrong("not a rate"));
    }
    Ok(Rational32::new(part, whole))
}

fn validators(genesis: &Field) -> Result<Vec<ValidatorConfig>, Malformed> {
    let validators = genesis.get("validators").items()?.into_iter();
    let validators = validators.map(|validator| {
        Ok(ValidatorConfig {
            account_id: validator.get("account_id").parse()?,
            public_key: validator.get("public_key").parse()?,
            stake: validator.get("amount").parse()?,
        })
    });
    validators.collect()
}
