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

/// What somebody did to the node between blocks, by height.
#[derive(Default)]
struct Interventions {
    /// Records that show first after this block.
    patches: HashMap<u64, Vec<StateRecord>>,
    /// Heights to leave out after this block.
    jumps: HashMap<u64, u64>,
}

pub struct Feed {
    chain: Chain,
    blocks: std::vec::IntoIter<Given>,
    jumps: HashMap<u64, u64>,
}

impl Feed {
    /// Makes the genesis block and reads the rest.
    pub fn new(stripped: &Stripped) -> Result<Self, Malformed> {
        let stripped = stripped.field();
        let config = genesis::config(&stripped)?;
        let mut interventions = Interventions::read(&stripped)?;
        let mut last = config.genesis_height;
        let mut blocks = Vec::new();
        for block in stripped.get("blocks").items()?.iter().skip(1) {
            let height = block.get("height");
            if height.number()? <= last {
                return Err(height.wrong(&format!("not above {last}, the block before it")));
            }
            last = height.number()?;
            let patch = interventions.patches.remove(&last).unwrap_or_default();
            blocks.push(given(block, patch)?);
        }
        if let Some(height) = interventions.patches.keys().next() {
            return Err(Malformed(format!(
                "interventions: records are patched after block {height}, which is not recorded"
            )));
        }
        Ok(Self {
            chain: Chain::new(config),
            blocks: blocks.into_iter(),
            jumps: interventions.jumps,
        })
    }

    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    pub fn into_chain(self) -> Chain {
        self.chain
    }

    /// Makes the next block, at the price that follows from the last. `None`
    /// after the last one; inside it, the height that a fast-forward leads to.
    pub fn step(&mut self) -> Option<Option<u64>> {
        let mut next = self.blocks.next()?;
        let head = self.chain.head();
        let due_height = self.jumps.get(&head.height).map(|delta| {
            self.chain.fast_forward(*delta);
            self.chain.next_height()
        });
        next.input.gas_price = head.next_gas_price;
        self.chain.patch_state(next.patch);
        self.chain.produce_block_from(next.input);
        Some(due_height)
    }
}

impl Interventions {
    fn read(stripped: &Field) -> Result<Self, Malformed> {
        let mut all = Self::default();
        for one in stripped.get("interventions").items()? {
            let kind = one.get("kind");
            match kind.text()? {
                "patch_state" => {
                    let height = one.get("visible_after_height").number()?;
                    let records: Vec<_> = one.get("records").parse()?;
                    all.patches.entry(height).or_default().extend(records);
                }
                "fast_forward" => {
                    let delta = one.get("delta_height").number()?;
                    let jump = all.jumps.entry(one.get("at_height").number()?).or_default();
                    *jump = jump.saturating_add(delta);
                }
                other => return Err(kind.wrong(&format!("{other:?} is not known"))),
            }
        }
        Ok(all)
    }
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
