//! Feeding a transcript to the engine.

use crate::compare;
use crate::transcript::{Block, Transcript};
use base64::prelude::{Engine as _, BASE64_STANDARD};
use near_primitives::hash::CryptoHash;
use near_primitives::state_record::StateRecord;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{Balance, BlockReference, Gas};
use num_rational::Rational32;
use sealwright_engine::chain::QueryError;
use sealwright_engine::{BlockInput, Chain, Config, ValidatorConfig};
use serde_json::{json, Value};

pub struct Replay<'a> {
    transcript: &'a Transcript,
    chain: Chain,
    differences: Vec<String>,
}

impl<'a> Replay<'a> {
    pub fn new(transcript: &'a Transcript) -> Self {
        Self {
            transcript,
            chain: Chain::new(config(transcript)),
            differences: vec![],
        }
    }

    /// Everything in which the engine differs from the node.
    /// With a last height, the final state is not compared.
    pub fn run(mut self, last: Option<u64>) -> Vec<String> {
        let blocks = self.transcript.blocks.iter();
        let mut blocks = blocks.take_while(|block| last.is_none_or(|last| block.height <= last));
        let genesis = blocks.next().expect("a genesis block");
        self.step(genesis.height);
        for block in blocks {
            self.patch(block.height);
            self.produce(block);
            self.step(block.height);
        }
        let height = self.chain.head().height;
        if last.is_none() {
            compare::end(&self.chain, &self.transcript.end, &mut self.differences);
        }
        let supply = self.chain.total_supply_check();
        if !supply.holds() {
            self.differences
                .push(format!("supply at {height}: {supply:?}"));
        }
        self.differences
    }

    fn produce(&mut self, block: &Block) {
        let has_chunk = block.chunk["height_included"] == block.height;
        let transactions = block
            .transactions
            .iter()
            .map(|tx| transaction(&tx["signed_tx"]));
        let input = BlockInput {
            height: block.height,
            hash: hash(&block.hash),
            timestamp_ns: block.timestamp_ns.parse().expect("nanoseconds"),
            random_value: hash(&block.random_value),
            gas_price: balance(&json!(block.gas_price)),
            transactions: transactions.collect(),
            has_chunk,
        };
        self.chain
            .produce_block_from(input)
            .expect("the node took these transactions");
        compare::block(&self.chain, block, &mut self.differences);
    }

    /// Records that show after this block.
    fn patch(&mut self, height: u64) {
        for intervention in &self.transcript.interventions {
            if intervention["kind"] == "patch_state"
                && intervention["visible_after_height"] == height
            {
                let records: Vec<StateRecord> =
                    serde_json::from_value(intervention["records"].clone()).expect("records");
                self.chain.patch_state(records);
            }
        }
    }

    /// What the node was asked while this block was its head.
    fn step(&mut self, height: u64) {
        for rejected in &self.transcript.rejected {
            if rejected["at_height"] == height {
                self.reject(rejected);
            }
        }
        for view in &self.transcript.views {
            if view["answer"]["block_height"] == height {
                self.view(view);
            }
        }
    }

    fn reject(&mut self, rejected: &Value) {
        let label = &rejected["label"];
        let expected = &rejected["error"]["data"]["TxExecutionError"]["InvalidTxError"];
        // An ill-formed account id never becomes a transaction.
        let Some(tx) = decode(&rejected["signed_tx"]) else {
            return;
        };
        let error = match self.chain.submit(tx) {
            Ok(_) => Value::Null,
            Err(error) => serde_json::to_value(error).expect("errors are JSON"),
        };
        // A node takes this one, never runs it, and lets it expire.
        let looks_at_once = !error["NonceTooLarge"].is_null() && expected == "Expired";
        if error != *expected && !looks_at_once {
            self.differences
                .push(format!("rejected {label}: {error} instead of {expected}"));
        }
    }

    fn view(&mut self, view: &Value) {
        let (label, request, answer) = (&view["label"], &view["request"], &view["answer"]);
        let account_id = request["account_id"]
            .as_str()
            .expect("an account")
            .parse()
            .unwrap();
        let method = request["method_name"].as_str().expect("a method");
        let args = BASE64_STANDARD
            .decode(request["args_base64"].as_str().unwrap())
            .unwrap();
        // The node's state root has columns that the engine does not keep.
        if label
            .as_str()
            .is_some_and(|label| label.contains("random_seed"))
        {
            return;
        }
        let result =
            self.chain
                .call_function(&account_id, method, &args, &BlockReference::latest());
        let (expected, got) = match result {
            Ok(result) => (
                json!([answer["result"], answer["logs"]]),
                json!([result.value.result, result.value.logs]),
            ),
            Err(QueryError::ContractExecutionError { vm_error, .. }) => {
                (answer["error"].clone(), json!(vm_error))
            }
            Err(other) => (answer.clone(), json!(other.to_string())),
        };
        if expected != got {
            self.differences
                .push(format!("view {label}: {got} instead of {expected}"));
        }
    }
}

fn config(transcript: &Transcript) -> Config {
    let genesis = &transcript.genesis.config;
    let number = |name: &str| genesis[name].as_u64().expect("a number");
    let rate = &genesis["gas_price_adjustment_rate"];
    let part = |i: usize| rate[i].as_i64().expect("a number") as i32;
    let view_gas = transcript.node_config["max_gas_burnt_view"].as_u64();
    let validators = genesis["validators"].as_array().expect("validators").iter();
    Config {
        protocol_version: transcript.node.protocol_version,
        chain_id: genesis["chain_id"].as_str().expect("a chain id").into(),
        genesis_height: number("genesis_height"),
        gas_limit: Gas::from_gas(number("gas_limit")),
        min_gas_price: balance(&genesis["min_gas_price"]),
        max_gas_price: balance(&genesis["max_gas_price"]),
        gas_price_adjustment_rate: Rational32::new(part(0), part(1)),
        transaction_validity_period: number("transaction_validity_period"),
        epoch_length: number("epoch_length"),
        records: serde_json::from_value(transcript.genesis.records.clone()).expect("records"),
        validators: validators
            .map(|validator| ValidatorConfig {
                account_id: validator["account_id"].as_str().unwrap().parse().unwrap(),
                public_key: validator["public_key"].as_str().unwrap().parse().unwrap(),
                stake: balance(&validator["amount"]),
            })
            .collect(),
        max_gas_burnt_view: Gas::from_gas(view_gas.unwrap_or(300_000_000_000_000)),
        ..Config::default()
    }
}

fn transaction(encoded: &Value) -> SignedTransaction {
    decode(encoded).expect("a transaction")
}

fn decode(encoded: &Value) -> Option<SignedTransaction> {
    let bytes = BASE64_STANDARD.decode(encoded.as_str()?).ok()?;
    borsh::from_slice(&bytes).ok()
}

fn hash(text: &str) -> CryptoHash {
    text.parse().expect("a hash")
}

fn balance(value: &Value) -> Balance {
    serde_json::from_value(value.clone()).expect("an amount")
}
