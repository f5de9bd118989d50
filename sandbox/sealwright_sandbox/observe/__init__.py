"""Watching contracts: lines and branches, gas by function, and where a failed call stood.

    observer = Observer()
    observer.watch(released_wasm, build)            # build: an Instrumented, made by the contract's builder
    with Sandbox(observer=observer) as sandbox: ...
    observer.coverage.save(".coverage.contracts")
    print(observer.profile.table())

The deployed contract is never changed. After it has run, the engine runs the instrumented build on the same
state and throws the effects away, so gas, outcomes and hashes are those of an unwatched chain.
"""

from sealwright_sandbox.observe.observer import Observer, ambient, everywhere

__all__ = ["Observer", "ambient", "everywhere"]
