//! Contract code and its compiled form.

use crate::state::Value;
use near_primitives::hash::{hash, CryptoHash};
use near_vm_runner::{
    noop_background_spawner, Contract, ContractCode, ContractRuntimeCache,
    FilesystemContractRuntimeCache,
};
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Compiled contracts kept ready to run.
const CONTRACTS_IN_MEMORY: usize = 128;
/// Pieces of code whose hashes are remembered.
const HASHES_IN_MEMORY: usize = 16;
const MAX_DISK_BYTES: u64 = 4 << 30;

/// Compiled contracts, in memory and in a folder that processes may share.
pub struct ContractCache {
    compiled: Box<dyn ContractRuntimeCache>,
    /// Hashes of code that is called by its deployer's name, latest last.
    hashes: Mutex<VecDeque<(Value, CryptoHash)>>,
}

/// One cache a folder and process: a contract is loaded once, however many
/// chains run it.
static OPEN: Mutex<BTreeMap<PathBuf, Arc<ContractCache>>> = Mutex::new(BTreeMap::new());

impl ContractCache {
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path) -> std::io::Result<Arc<Self>> {
        let mut open = OPEN.lock();
        if let Some(cache) = open.get(folder) {
            return Ok(cache.clone());
        }
        let cache = Arc::new(Self::make(folder)?);
        open.insert(folder.to_owned(), cache.clone());
        Ok(cache)
    }

    fn make(folder: &Path) -> std::io::Result<Self> {
        let cache = FilesystemContractRuntimeCache::with_memory_cache::<str, str>(
            folder,
            None,
            "contracts",
            CONTRACTS_IN_MEMORY,
            None,
            MAX_DISK_BYTES,
            noop_background_spawner(),
        )?;
        Ok(Self {
            compiled: Box::new(cache),
            hashes: Mutex::default(),
        })
    }

    /// The hash of code. The state shares values, so the bytes are hashed once,
    /// not for every call.
    pub fn hash_of(&self, code: &Value) -> CryptoHash {
        let mut hashes = self.hashes.lock();
        if let Some((_, known)) = hashes.iter().find(|(value, _)| Arc::ptr_eq(value, code)) {
            return *known;
        }
        if hashes.len() == HASHES_IN_MEMORY {
            hashes.pop_front();
        }
        let hash = hash(code);
        hashes.push_back((code.clone(), hash));
        hash
    }

    pub fn compiled(&self) -> &dyn ContractRuntimeCache {
        &*self.compiled
    }
}

/// Code in the state, named by its hash. The bytes are copied only when they
/// must be compiled.
pub struct StoredContract {
    pub hash: CryptoHash,
    pub code: Option<Value>,
}

impl Contract for StoredContract {
    fn hash(&self) -> CryptoHash {
        self.hash
    }

    fn get_code(&self) -> Option<Arc<ContractCode>> {
        let code = self.code.as_ref()?;
        Some(Arc::new(ContractCode::new(code.to_vec(), Some(self.hash))))
    }
}
