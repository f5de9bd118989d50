//! Contract code and its compiled form.

use crate::state::Value;
use near_primitives::hash::CryptoHash;
use near_vm_runner::{
    noop_background_spawner, Contract, ContractCode, ContractRuntimeCache,
    FilesystemContractRuntimeCache,
};
use std::path::Path;
use std::sync::Arc;

/// Compiled contracts kept ready to run.
const CONTRACTS_IN_MEMORY: usize = 128;
const MAX_DISK_BYTES: u64 = 4 << 30;

/// Compiled contracts, in memory and in a folder that processes may share.
pub struct ContractCache {
    compiled: Box<dyn ContractRuntimeCache>,
}

impl ContractCache {
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
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
        })
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
