//! The chain.

use crate::actions::{self, account};
use crate::errors::{misuse, rpc, view};
use crate::files;
use crate::keys::Key;
use crate::observer::NativeObserver;
use crate::outcome::NativeOutcome;
use crate::replay;
use crate::server::NativeServer;
use crate::settings::Settings;
use crate::transactions::{decode, draft, no_import_failed};
use near_primitives::hash::CryptoHash;
use near_primitives::transaction::SignedTransaction;
use near_primitives::types::{AccountId, BlockReference};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use sealwright_engine::node::{KeptChain, Node, Store};
use sealwright_engine::{rpc as json_rpc, Chain, Snapshot};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A moment of a chain.
#[pyclass(frozen)]
pub struct NativeMark {
    snapshot: Snapshot,
    nonces: Nonces,
}

/// The last nonce given out per key, for keys whose transactions still wait in
/// the pool and so do not show in the state.
pub(crate) type Nonces = HashMap<(AccountId, String), u64>;

/// A node; its methods release the GIL while the chain works.
#[pyclass(frozen)]
pub struct Engine {
    pub(crate) node: Arc<Node>,
    pub(crate) nonces: Mutex<Nonces>,
}

#[pymethods]
impl Engine {
    /// `settings` is JSON, see `settings.rs`; `home` is a folder that keeps the
    /// chain, which goes on where it ended.
    #[new]
    #[pyo3(signature = (settings, home=None))]
    fn new(py: Python<'_>, settings: &str, home: Option<PathBuf>) -> PyResult<Self> {
        let config = Settings::read(settings)?;
        let chain = py.detach(|| match home {
            None => Ok(KeptChain::new(Chain::new(config))),
            Some(folder) => Store::open(&folder, config).map(KeptChain::at_home),
        });
        Ok(Self::over(chain?))
    }

    /// The chain that a transcript's inputs make (docs/spec/sandbox-replay.md).
    #[staticmethod]
    fn from_transcript(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| replay::engine_of(&path))
    }

    /// Height, hash, time in milliseconds of the last block.
    fn head(&self, py: Python<'_>) -> (u64, String, u64) {
        let head = py.detach(|| self.node.read(Chain::head));
        (
            head.height,
            head.hash.to_string(),
            head.timestamp_ns / 1_000_000,
        )
    }

    /// Signs one function call, sends it and makes blocks until it has ended.
    #[allow(clippy::too_many_arguments)]
    fn call(
        &self,
        py: Python<'_>,
        key: &Key,
        signer_id: &str,
        receiver_id: &str,
        method: &str,
        args: &[u8],
        gas: u64,
        deposit: u128,
        max_blocks: u64,
    ) -> PyResult<NativeOutcome> {
        let actions = vec![actions::function_call(method, args, gas, deposit)];
        let draft = draft(key, signer_id, receiver_id, actions)?;
        py.detach(|| {
            let transaction = self.sign_next(draft);
            self.run_to_end(transaction, max_blocks)
        })
    }

    /// Signs actions (JSON) with the key's next nonce. The nonce counts as
    /// used once the transaction is submitted.
    fn sign<'py>(
        &self,
        py: Python<'py>,
        key: &Key,
        signer_id: &str,
        receiver_id: &str,
        actions: &str,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let draft = draft(key, signer_id, receiver_id, actions::from_json(actions)?)?;
        let signed = py.detach(|| self.sign_next(draft));
        Ok(PyBytes::new(py, &borsh::to_vec(&signed)?))
    }

    /// The JSON of a Delegate action signed by `signer_id`.
    fn sign_delegate(
        &self,
        py: Python<'_>,
        key: &Key,
        signer_id: &str,
        receiver_id: &str,
        actions: &str,
        blocks_valid: u64,
    ) -> PyResult<String> {
        let draft = draft(key, signer_id, receiver_id, actions::from_json(actions)?)?;
        let (nonce, height) = py.detach(|| {
            let height = self.node.read(Chain::head).height;
            (self.next_nonce(&draft), height)
        });
        actions::sign_delegate(draft, nonce, height + blocks_valid)
    }

    /// Pools a signed transaction (Borsh) and returns its hash.
    fn submit(&self, py: Python<'_>, transaction: &[u8]) -> PyResult<String> {
        let transaction = decode(transaction)?;
        py.detach(|| Ok(self.pool(transaction)?.to_string()))
    }

    /// Pools a signed transaction and makes blocks until it has ended.
    fn run(&self, py: Python<'_>, transaction: &[u8], max_blocks: u64) -> PyResult<NativeOutcome> {
        let transaction = decode(transaction)?;
        py.detach(|| self.run_to_end(transaction, max_blocks))
    }

    /// What a transaction did so far; None where no block has taken it.
    fn outcome(&self, py: Python<'_>, hash: &str) -> PyResult<Option<NativeOutcome>> {
        let hash: CryptoHash = hash.parse().map_err(misuse)?;
        Ok(py.detach(|| {
            self.node
                .read(|chain| NativeOutcome::of(&self.node, chain, &hash))
        }))
    }

    /// Hashes of the transactions in the blocks above a height, oldest first.
    fn transactions_after(&self, py: Python<'_>, height: u64) -> Vec<String> {
        let hashes = py.detach(|| self.node.read(|chain| chain.transactions_after(height)));
        hashes.iter().map(ToString::to_string).collect()
    }

    /// Equal numbers mean that nothing was put into the chain between.
    fn revision(&self) -> u64 {
        self.node.revision()
    }

    /// Runs a view method: its value, its logs, the gas it burnt.
    fn view<'py>(
        &self,
        py: Python<'py>,
        account_id: &str,
        method: &str,
        args: &[u8],
    ) -> PyResult<(Bound<'py, PyBytes>, Vec<String>, u64)> {
        let account_id = account(account_id)?;
        let (answer, gas) = py.detach(|| {
            self.node.read(|chain| {
                let latest = BlockReference::latest();
                let answer = chain.call_function(&account_id, method, args, &latest);
                (answer, chain.last_view_gas().as_gas())
            })
        });
        let result = answer.map_err(view)?.value;
        Ok((PyBytes::new(py, &result.result), result.logs, gas))
    }

    /// Answers a JSON-RPC method that does not wait, without HTTP.
    fn rpc(&self, py: Python<'_>, method: &str, params: &str) -> PyResult<String> {
        let params = serde_json::from_str(params).map_err(misuse)?;
        let answer = py.detach(|| json_rpc::answer_now(&self.node, "", method, params));
        answer
            .map(|value| value.to_string())
            .map_err(|error| rpc(&error))
    }

    /// Every key and value an account stores.
    fn storage<'py>(&self, py: Python<'py>, account_id: &str) -> PyResult<Bound<'py, PyDict>> {
        let account_id = account(account_id)?;
        let found = py.detach(|| {
            self.node
                .read(|chain| chain.view_state(&account_id, b"", &BlockReference::latest()))
        });
        let pairs = PyDict::new(py);
        for item in found.map_err(view)?.value.values {
            pairs.set_item(PyBytes::new(py, &item.key), PyBytes::new(py, &item.value))?;
        }
        Ok(pairs)
    }

    /// The whole state as JSON: nearcore's StateRecord list.
    fn records(&self, py: Python<'_>) -> PyResult<String> {
        let records = py.detach(|| self.node.read(Chain::records));
        serde_json::to_string(&records).map_err(misuse)
    }

    fn accounts(&self, py: Python<'_>) -> Vec<String> {
        let accounts = py.detach(|| self.node.read(Chain::accounts));
        accounts.into_iter().map(Into::into).collect()
    }

    fn produce_blocks(&self, py: Python<'_>, count: u64) -> PyResult<()> {
        py.detach(|| {
            self.node.write(|chain| {
                chain.produce_blocks(count);
                no_import_failed(chain)
            })
        })
    }

    fn fast_forward(&self, py: Python<'_>, delta: u64) -> PyResult<()> {
        py.detach(|| {
            self.node.write(|chain| {
                chain.fast_forward(delta);
                no_import_failed(chain)
            })
        })
    }

    /// Milliseconds since 1970.
    fn set_time(&self, py: Python<'_>, time_ms: u64) -> PyResult<()> {
        let time_ns = time_ms
            .checked_mul(1_000_000)
            .ok_or_else(|| misuse("time out of range"))?;
        py.detach(|| self.node.write(|chain| chain.set_time(time_ns)));
        Ok(())
    }

    /// `records` is a JSON array of nearcore's state records.
    fn patch_state(&self, py: Python<'_>, records: &str) -> PyResult<()> {
        let records = serde_json::from_str(records).map_err(misuse)?;
        py.detach(|| self.node.write(|chain| chain.patch_state(records)));
        Ok(())
    }

    fn is_idle(&self, py: Python<'_>) -> bool {
        py.detach(|| self.node.read(Chain::is_idle))
    }

    fn snapshot(&self, py: Python<'_>) -> NativeMark {
        let snapshot = py.detach(|| self.node.read(Chain::snapshot));
        NativeMark {
            snapshot,
            nonces: self.nonces.lock().clone(),
        }
    }

    fn rollback(&self, py: Python<'_>, mark: &NativeMark) {
        py.detach(|| self.node.write(|chain| chain.rollback(&mark.snapshot)));
        self.nonces.lock().clone_from(&mark.nonces);
    }

    /// An independent engine that goes on from this moment.
    fn branch(&self, py: Python<'_>) -> Self {
        let chain = py.detach(|| self.node.read(Chain::branch));
        let engine = Self::over(KeptChain::new(chain));
        engine.nonces.lock().clone_from(&self.nonces.lock());
        engine
    }

    /// Writes the chain to a file; whole or not at all.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| files::write(&path, &self.node.read(Chain::save)))?;
        Ok(())
    }

    /// An engine that goes on where a saved one ended.
    #[staticmethod]
    #[pyo3(signature = (path, cache_dir=None))]
    fn load(py: Python<'_>, path: PathBuf, cache_dir: Option<PathBuf>) -> PyResult<Self> {
        let chain = py.detach(|| files::read(&path, cache_dir))?;
        Ok(Self::over(KeptChain::new(chain)))
    }

    /// Whether no token was created or lost, and the sums behind it in yocto.
    fn supply_check(&self, py: Python<'_>) -> (bool, HashMap<&'static str, u128>) {
        let check = py.detach(|| self.node.read(Chain::total_supply_check));
        let sums = [
            ("held", check.held),
            ("in_flight", check.in_flight),
            ("burnt", check.burnt),
            ("minted", check.minted),
            ("removed", check.removed),
            ("initial", check.initial),
        ];
        (
            check.holds(),
            sums.map(|(name, sum)| (name, sum.as_yoctonear())).into(),
        )
    }

    /// Lets an observer see what contracts do from now on.
    fn observe(&self, py: Python<'_>, observer: &NativeObserver) {
        let observer = observer.observer.clone();
        py.detach(|| self.node.write(|chain| chain.observe(observer)));
    }

    /// Serves JSON-RPC; blocks on demand, at an interval in milliseconds, or both.
    #[allow(clippy::too_many_arguments)]
    fn serve(
        &self,
        py: Python<'_>,
        host: &str,
        port: u16,
        block_interval_ms: Option<u64>,
        on_demand: bool,
        follow_clock: bool,
    ) -> PyResult<NativeServer> {
        let node = self.node.clone();
        py.detach(|| {
            NativeServer::start(node, host, port, block_interval_ms, on_demand, follow_clock)
        })
    }

    /// Gives the home back to others. Raises OSError where it could not keep
    /// everything.
    fn leave_home(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.node.write(KeptChain::leave_home))?;
        Ok(())
    }
}

impl Engine {
    pub(crate) fn over(chain: KeptChain) -> Self {
        let nonces = pooled_nonces(chain.chain());
        Self {
            node: Arc::new(Node::new(chain)),
            nonces: Mutex::new(nonces),
        }
    }
}

/// Nonces that are given out already and do not show in the state.
fn pooled_nonces(chain: &Chain) -> Nonces {
    let nonce = |tx: &SignedTransaction| {
        let tx = &tx.transaction;
        let id = (tx.signer_id().clone(), tx.public_key().to_string());
        (id, tx.nonce().nonce())
    };
    let mut nonces = Nonces::new();
    for (id, nonce) in chain.pool().map(nonce) {
        let last = nonces.entry(id).or_default();
        *last = nonce.max(*last);
    }
    nonces
}
