//! The VM alone: how fast contract calls would be if there were no engine
//! around them. For comparison in benchmarks only.

use crate::runtime::ContractCache;
use near_parameters::RuntimeConfigStore;
use near_primitives::account::AccountContract;
use near_primitives::types::{AccountId, Balance, Gas};
use near_vm_runner::logic::mocks::mock_external::MockedExternal;
use near_vm_runner::logic::VMContext;
use near_vm_runner::{prepare, run, Contract, ContractCode};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PREPAID: Gas = Gas::from_teragas(300);
const HEIGHT: u64 = 10;

struct Subject(Arc<ContractCode>);

impl Contract for Subject {
    fn hash(&self) -> near_primitives::hash::CryptoHash {
        *self.0.hash()
    }

    fn get_code(&self) -> Option<Arc<ContractCode>> {
        Some(self.0.clone())
    }
}

/// Time of `count` calls of the last of `calls`, after each of the others ran
/// once; storage is a map in memory, compiled code comes from `cache`.
///
/// # Errors
/// The cache cannot be opened, or a call does not succeed; the text says which.
pub fn time_calls(
    code: &[u8],
    calls: &[(String, Vec<u8>)],
    count: u32,
    protocol_version: u32,
    cache: &Path,
) -> Result<Duration, String> {
    let (last, before) = calls.split_last().ok_or("no call is given")?;
    let config = RuntimeConfigStore::new(None)
        .get_config(protocol_version)
        .clone();
    let cache = ContractCache::open(cache).map_err(|error| error.to_string())?;
    let subject = Subject(Arc::new(ContractCode::new(code.to_vec(), None)));
    let mut external = MockedExternal::new();
    let mut call = |method: &str, args: &[u8]| -> Result<(), String> {
        let context = context(args);
        let gas = context.make_gas_counter(&config.wasm_config);
        let wasm = config.wasm_config.clone();
        let prepared = prepare(&subject, wasm, Some(cache.compiled()), gas, method);
        let outcome = run(prepared, &mut external, &context, config.fees.clone())
            .map_err(|error| error.to_string())?;
        match outcome.aborted {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(()),
        }
    };
    for (method, args) in before.iter().chain([last]) {
        call(method, args)?;
    }
    let started = Instant::now();
    for _ in 0..count {
        call(&last.0, &last.1)?;
    }
    Ok(started.elapsed())
}

fn context(args: &[u8]) -> VMContext {
    let contract: AccountId = "subject.near".parse().expect("a valid account id");
    let caller: AccountId = "caller.near".parse().expect("a valid account id");
    VMContext {
        current_account_id: contract,
        signer_account_id: caller.clone(),
        signer_account_pk: vec![0; 33],
        predecessor_account_id: caller.clone(),
        refund_to_account_id: caller,
        input: args.into(),
        promise_results: vec![].into(),
        block_height: HEIGHT,
        block_timestamp: 1,
        epoch_height: 1,
        account_balance: Balance::from_near(1_000),
        account_locked_balance: Balance::ZERO,
        storage_usage: 100,
        account_contract: AccountContract::None,
        attached_deposit: Balance::ZERO,
        prepaid_gas: PREPAID,
        random_seed: vec![0; 32],
        view_config: None,
        output_data_receivers: vec![],
    }
}
