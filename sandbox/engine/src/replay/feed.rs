//! Feeding a stripped transcript to an engine, block by block.

use super::field::Field;
use super::strip::Stripped;
use super::{genesis, Malformed};
use crate::{BlockInput, Chain};
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::Balance;
use std::collections::HashMap;

/// A block as it is given; its price is the engine's to compute.
struct Given {
    input: BlockInput,
    patch: Vec<StateRecord>,
}

pub struct Feed {
    chain: Chain,
    blocks: std::vec::IntoIter<Given>,
}

impl Feed {
    /// Makes the genesis block and reads the rest.
    pub fn new(stripped: &Stripped) -> Result<Self, Malformed> {
        let stripped = stripped.field();
        let config = genesis::config(&stripped)?;
        let mut patches = patches(&stripped)?;
        let mut last = config.genesis_height;
        let mut blocks = Vec::new();
        for block in stripped.get("blocks").items()?.iter().skip(1) {
            let height = block.get("height");
            if height.number()? <= last {
                return Err(height.wrong(&format!("not above {last}, the block before it")));
            }
            last = height.number()?;
            blocks.push(given(block, patches.remove(&last).unwrap_or_default())?);
        }
        if let Some((height, _)) = patches.into_iter().next() {
            return Err(Malformed(format!(
                "interventions: records are patched after block {height}, which is not recorded"
            )));
        }
        Ok(Self {
            chain: Chain::new(config),
            blocks: blocks.into_iter(),
        })
    }

    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    pub fn into_chain(self) -> Chain {
        self.chain
    }

    /// Makes the next block, at the price that follows from the last; whether
    /// there was one to make.
    pub fn step(&mut self) -> bool {
        let Some(mut next) = self.blocks.next() else {
            return false;
        };
        next.input.gas_price = self.chain.head().next_gas_price;
        self.chain.patch_state(next.patch);
        self.chain.produce_block_from(next.input);
        true
    }
}

/// The records that each block shows first.
fn patches(stripped: &Field) -> Result<HashMap<u64, Vec<StateRecord>>, Malformed> {
    let mut patches: HashMap<u64, Vec<StateRecord>> = HashMap::new();
    for intervention in stripped.get("interventions").items()? {
        let kind = intervention.get("kind");
        match kind.text()? {
            "patch_state" => {
                let height = intervention.get("visible_after_height").number()?;
                let records: Vec<_> = intervention.get("records").parse()?;
                patches.entry(height).or_default().extend(records);
            }
            // The heights of the blocks say it already.
            "fast_forward" => {}
            other => return Err(kind.wrong(&format!("{other:?} is not known"))),
        }
    }
    Ok(patches)
}

fn given(block: &Field, patch: Vec<StateRecord>) -> Result<Given, Malformed> {
    let transactions = block.get("transactions").items()?;
    let input = BlockInput {
        height: block.get("height").number()?,
        hash: block.get("hash").parse()?,
        timestamp_ns: block.get("timestamp_ns").number()?,
        random_value: block.get("random_value").parse()?,
        gas_price: Balance::ZERO,
        transactions: transactions
            .iter()
            .map(|tx| transaction(&tx.get("signed_tx")))
            .collect::<Result<_, _>>()?,
        has_chunk: block.get("has_chunk").parse()?,
    };
    Ok(Given { input, patch })
}

/// A signed transaction, base64 of Borsh.
fn transaction(field: &Field) -> Result<SignedTransaction, Malformed> {
    borsh::from_slice(&field.bytes()?).map_err(|error| field.wrong(&error.to_string()))
}
