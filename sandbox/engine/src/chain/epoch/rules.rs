//! The numbers that govern epochs.

use crate::chain::Config;
use near_primitives::epoch_manager::EpochConfig;
use near_primitives::num_rational::Rational32;
use near_primitives::shard_layout::ShardLayout;
use near_primitives::types::{AccountId, Balance, ProtocolVersion};

/// Percent of blocks, chunks and endorsements below which a validator is
/// kicked out (near-chain-configs, `*_KICKOUT_THRESHOLD`).
const PRODUCER_KICKOUT_THRESHOLD: u8 = 90;
const ENDORSEMENT_KICKOUT_THRESHOLD: u8 = 80;
/// Share of stake that decides an upgrade (near-chain-configs).
const UPGRADE_STAKE_THRESHOLD: Rational32 = Rational32::new_raw(4, 5);
const FISHERMEN_THRESHOLD: Balance = Balance::from_near(10);

/// What every epoch of a chain has in common.
pub struct EpochRules {
    /// Seats, thresholds, inflation. A node takes these from the crate for
    /// every chain but mainnet and testnet, whatever genesis.json says
    /// (nearcore, epoch-manager `new_arc_handle`): of genesis.json only the
    /// epoch's length and the seats of block producers count.
    pub config: EpochConfig,
    pub layout: ShardLayout,
    pub protocol_version: ProtocolVersion,
    /// The treasury's share of the inflation.
    pub treasury_share: Rational32,
    /// `None` where nobody validates.
    pub treasury: Option<AccountId>,
}

impl EpochRules {
    pub fn of(config: &Config) -> Self {
        let layout = ShardLayout::single_shard();
        let first = config.validators.first();
        let treasury = first.map(|validator| {
            let named = config.protocol_treasury_account.as_ref();
            named.unwrap_or(&validator.account_id).clone()
        });
        Self {
            config: EpochConfig::genesis_test(
                config.num_block_producer_seats,
                layout.clone(),
                config.epoch_length,
                PRODUCER_KICKOUT_THRESHOLD,
                PRODUCER_KICKOUT_THRESHOLD,
                ENDORSEMENT_KICKOUT_THRESHOLD,
                UPGRADE_STAKE_THRESHOLD,
                FISHERMEN_THRESHOLD,
            ),
            layout,
            protocol_version: config.protocol_version,
            treasury_share: config.protocol_reward_rate,
            treasury,
        }
    }
}
