//! `sealwright_sandbox._engine`: the engine as Python sees it.
//!
//! A thin layer: bytes and nearcore's JSON cross the border, the GIL is
//! released while the chain works, and what is expensive to serialise is
//! serialised when it is asked for. Python's side of it is `_engine.pyi`.

mod actions;
mod bare;
mod engine;
mod errors;
mod files;
mod imports;
mod interventions;
mod keys;
mod mocks;
mod observer;
mod outcome;
mod replay;
mod server;
mod settings;
mod transactions;

use mimalloc::MiMalloc;
use pyo3::prelude::*;

/// glibc's allocator gives memory back and takes it again in every contract call
/// of a thread that is not the first, and each time the kernel interrupts the
/// other cores of the process.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[pymodule]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<engine::Engine>()?;
    module.add_class::<engine::NativeMark>()?;
    module.add_class::<interventions::NativeInterventions>()?;
    module.add_class::<keys::Key>()?;
    module.add_class::<observer::NativeObserver>()?;
    module.add_class::<outcome::NativeOutcome>()?;
    module.add_class::<server::NativeServer>()?;
    module.add_function(wrap_pyfunction!(interventions::fault_kinds, module)?)?;
    module.add_function(wrap_pyfunction!(bare::bare_vm_seconds, module)?)?;
    module.add_function(wrap_pyfunction!(bare::signature_seconds, module)?)?;
    module.add_function(wrap_pyfunction!(replay::replay_transcript, module)?)?;
    module.add_function(wrap_pyfunction!(replay::replay_kinds, module)?)?;
    module.add_function(wrap_pyfunction!(transactions::transaction_id, module)?)?;
    module.add_function(wrap_pyfunction!(imports::import_accounts, module)?)?;
    module.add_function(wrap_pyfunction!(imports::import_keys, module)?)?;
    module.add_function(wrap_pyfunction!(imports::import_account, module)?)?;
    module.add("EngineError", module.py().get_type::<errors::EngineError>())?;
    Ok(())
}
