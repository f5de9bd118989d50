"""An embedded NEAR node."""

import base64
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from sealwright_sandbox import genesis, making, mocks
from sealwright_sandbox._engine import Engine, EngineError, Key, NativeInterventions
from sealwright_sandbox.account import Account
from sealwright_sandbox.arguments import Arguments, encode
from sealwright_sandbox.closing import Closing
from sealwright_sandbox.errors import (
    AccountUnknown,
    QueryFailed,
    SandboxError,
    SandboxMisused,
    ViewFailed,
)
from sealwright_sandbox.faults import Faults
from sealwright_sandbox.fork.importing import Fork, Imports, fork_settings
from sealwright_sandbox.fork.remote import RemoteState
from sealwright_sandbox.home import keep
from sealwright_sandbox.impersonation import ImpersonatedAccount
from sealwright_sandbox.keys import test_key
from sealwright_sandbox.mocks import Mock, MockFunction
from sealwright_sandbox.native import translate, translated
from sealwright_sandbox.observe import Observer, ambient
from sealwright_sandbox.outcome import Outcome, Pending
from sealwright_sandbox.rpc import Rpc
from sealwright_sandbox.seam import ALL_CAPABILITIES
from sealwright_sandbox.snapshots import Snapshot, Snapshots
from sealwright_sandbox.trace import Abi, Abis, embedded

DEFAULT_GENESIS_TIME_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""

MOST_BLOCKS_OF_A_CALL = 1_000
"""After so many blocks a call counts as not finished; a yield times out after 200."""

BLOCKS_AT_ONCE = 1_000

VALIDITY_PERIOD_BLOCKS = 86_400
"""A transaction may name a block hash this old. Mainnet's figure: clients that cache a block hash
keep working across `fast_forward`, unlike with the 100 blocks of NEAR's own sandbox."""


PROTOCOL_VERSION = 86
"""The version whose every outcome is compared with a real node's."""

PROTOCOL_VERSION_VARIABLE = "NEAR_PROTOCOL_VERSION"


def default_protocol_version() -> int:
    """What the environment variable NEAR_PROTOCOL_VERSION says, else 86: one suite, several networks."""
    asked = os.environ.get(PROTOCOL_VERSION_VARIABLE, str(PROTOCOL_VERSION))
    if not asked.isdigit():
        raise SandboxMisused(f"{PROTOCOL_VERSION_VARIABLE}={asked!r} is no protocol version")
    return int(asked)


class SupplyCheck(NamedTuple):
    """Whether no token was created or lost, and the sums behind it in yoctoNEAR."""

    holds: bool
    sums: dict[str, int]


class Sandbox(Closing):
    """A NEAR node in this process: nearcore's VM and fees, one shard, blocks made when asked for.

    The same settings and the same inputs give the same hashes, ids and random seeds. Time moves
    with the blocks, forward only, except by `rollback`. Safe to use from several threads.
    """

    backend = "embedded"
    capabilities = ALL_CAPABILITIES
    observer: Observer | None = None
    """Who watches the contracts, see `observe`."""

    def __init__(
        self,
        *,
        protocol_version: int | None = None,
        genesis_time_ms: int = DEFAULT_GENESIS_TIME_MS,
        block_interval_ms: int = 1_000,
        seed: bytes = b"",
        chain_id: str = "sandbox",
        genesis_records: Sequence[dict[str, Any]] = (),
        home: Path | str | None = None,
        observer: Observer | None = None,
        fork: Fork | None = None,
        **settings: Any,
    ) -> None:
        """Make the genesis block.

        `protocol_version` is 86 unless NEAR_PROTOCOL_VERSION says otherwise.
        `genesis_records` (nearcore's StateRecord JSON) are added to the standard accounts of
        `genesis.py`. With `home` the chain is kept in that folder, whatever becomes of the process,
        and the next sandbox there with the same settings goes on with it. An `observer` sees what
        contracts do (see `observe`); without one that of `observe.everywhere`, if any. With a `fork`
        the chain goes on from a block of a live network: its name, height and time are that block's,
        and accounts are imported when they are first touched. `settings` are those of the engine's
        `Config` (epoch_length, gas_limit, cache_dir, history, ...).
        Raises SandboxMisused where a setting makes no sense, ImportFailed where the network does not answer.
        """
        if fork is not None and home is not None:
            raise SandboxMisused("a fork has no home: what it imports is not kept there")
        remote = RemoteState(fork.rpc_url, fork.block, cache=fork.cache) if fork is not None else None
        config = {
            "protocol_version": protocol_version or default_protocol_version(),
            "chain_id": chain_id,
            "genesis_time_ms": genesis_time_ms,
            "block_interval_ms": block_interval_ms,
            "seed": base64.b64encode(seed).decode(),
            "transaction_validity_period": VALIDITY_PERIOD_BLOCKS,
            "records": [*genesis.records(), *genesis_records],
            "validators": genesis.validators(),
            "protocol_treasury_account": genesis.TREASURY,
            **(fork_settings(remote) if remote is not None else {}),
            **settings,
        }
        with translated():
            engine = Engine(json.dumps(config, default=str), keep(home, config))
        self._open(engine, observer, remote, has_home=home is not None)

    def _open(
        self,
        engine: Engine,
        observer: Observer | None = None,
        remote: RemoteState | None = None,
        *,
        has_home: bool = False,
    ) -> None:
        self._engine = engine
        self._interventions = NativeInterventions(engine)
        self._imports = Imports(engine, remote)
        self._has_home = has_home
        self.before_rollback: list[Callable[[Snapshot], None]] = []
        """Called with the snapshot before every rollback: the last chance to read what it takes back."""
        self.observer = observer or ambient()
        if self.observer is not None:
            self._engine.observe(self.observer.native)
        self.abis = Abis(find=self._embedded_abi)
        config = self.rpc("EXPERIMENTAL_genesis_config")
        self.chain_id: str = config["chain_id"]
        self.protocol_version: int = config["protocol_version"]
        self.snapshots = Snapshots(self)
        """Snapshots with names."""

    @classmethod
    def _over(cls, engine: Engine, observer: Observer | None = None) -> Self:
        sandbox = cls.__new__(cls)
        sandbox._open(engine, observer)
        return sandbox

    @classmethod
    def load(cls, path: Path | str, *, cache_dir: Path | str | None = None) -> Self:
        """A sandbox that goes on where a saved one ended, in any process on any machine.

        `cache_dir` as of the settings. Raises SandboxMisused where the file is damaged or no saved
        sandbox, OSError where it cannot be read.
        """
        with translated():
            return cls._over(Engine.load(Path(path), None if cache_dir is None else Path(cache_dir)))

    @classmethod
    def from_transcript(cls, path: Path | str) -> Self:
        """The chain that a transcript's inputs make (docs/spec/sandbox-replay.md).

        Every block and state can be read, and new blocks go on from its last one. Raises
        SandboxMisused where the file is no transcript.
        """
        with translated():
            return cls._over(Engine.from_transcript(Path(path)))

    # Accounts.

    def account(self, account_id: str) -> Account:
        """An account by its id, with the test key of the id; it need not exist yet."""
        return Account(self, account_id, test_key(account_id))

    @property
    def treasury(self) -> Account:
        """The account `near`, which pays for accounts made by `create_account`."""
        return self.account(genesis.TREASURY)

    @property
    def root(self) -> Account:
        """The account `sandbox` with the key that near-sandbox-rs publishes."""
        return Account(self, genesis.ROOT, Key(genesis.ROOT_SECRET_KEY))

    def create_account(self, name: str, balance: int | None = None) -> Account:
        """Create an account with the test key of its id and `balance` yoctoNEAR, 100 NEAR unless told.

        `"client"` becomes `client.near`; a name with a dot is taken as it is, its parent signs
        with its test key (a missing top-level parent is made by the registrar).
        Raises CallFailed where the account exists, AccountUnknown where its parent does not.
        """
        account_id = name if "." in name else f"{name}.{genesis.TREASURY}"
        return making.create(self, account_id, making.DEFAULT_BALANCE if balance is None else balance)

    def fresh_names(self) -> None:
        """For backends that cannot roll back: here a name is free again after a rollback."""

    def import_account(
        self,
        account_id: str,
        *,
        rpc_url: str,
        block: int | str | None = None,
        lazy: bool = False,
        cache: Path | str | None = None,
    ) -> Account:
        """Import an account of a live network as it was after a block (height or hash; None: the last final one).

        Account, access keys and code are read at once; storage too, unless `lazy` or the node finds it too large
        to show: then key by key, when a contract asks. The account also gets the test key of its name. Answers
        are kept in `cache` (default: in the user's cache folder), so the same import works without the network.
        Raises ImportFailed, and then nothing was imported; SandboxMisused where the account exists here.
        """
        if self.account(account_id).exists:
            raise SandboxMisused(f"{account_id} exists already")
        remote = RemoteState(rpc_url, block, cache=cache)
        imported = self._imports.read(account_id, remote, lazy=lazy)
        if not imported.whole and self._has_home:
            raise SandboxMisused(
                f"the storage of {account_id} must be read key by key, which a home does not keep"
            )
        self.patch_state(imported.records)
        if not imported.whole:
            self._imports.read_by_key(account_id, remote)
        return self.account(account_id)

    def accounts(self) -> list[str]:
        """The ids of all accounts, in order."""
        return self._engine.accounts()

    def account_state(self, account_id: str) -> dict[str, Any]:
        """nearcore's account view. Raises AccountUnknown."""
        if self._imports.fetches_accounts:
            self._imports.fetch(account_id)
        try:
            return self.query("view_account", account_id=account_id)
        except QueryFailed as error:
            if error.name == "UNKNOWN_ACCOUNT":
                raise AccountUnknown(account_id) from None
            raise

    def storage(self, account_id: str) -> dict[bytes, bytes]:
        """Every key and value an account's contract has stored. Raises AccountUnknown."""
        with translated():
            return self._engine.storage(account_id)

    def records(self) -> list[dict[str, Any]]:
        """The whole state in nearcore's StateRecord JSON, as `genesis_records` and `patch_state` take it.

        Receipts and yields that wait are not part of it.
        """
        found: list[dict[str, Any]] = json.loads(self._engine.records())
        return found

    # Transactions.

    def run_call(
        self,
        signer: Account,
        contract_id: str,
        method: str,
        args: Arguments,
        deposit: int,
        gas: int,
    ) -> Outcome:
        """What `Account.call` does: one signed function call, run to its end."""
        try:
            native = self._engine.call(
                signer.key,
                signer.account_id,
                contract_id,
                method,
                encode(args),
                gas,
                deposit,
                MOST_BLOCKS_OF_A_CALL,
            )
        except EngineError as error:
            raise translate(error) from None
        return Outcome(native, self.observer, self.abis).raise_on_failure()

    def send(self, signed_transaction: bytes, *, max_blocks: int = MOST_BLOCKS_OF_A_CALL) -> Outcome:
        """Send a signed transaction (Borsh) and make blocks until every receipt has run.

        Raises TransactionRefused, CallFailed, NotFinished.
        """
        with translated():
            native = self._engine.run(signed_transaction, max_blocks)
        return Outcome(native, self.observer, self.abis).raise_on_failure()

    def submit(self, signed_transaction: bytes) -> Pending:
        """Pool a signed transaction (Borsh); no block is made. Raises TransactionRefused."""
        with translated():
            return Pending(self._engine, self._engine.submit(signed_transaction), self.observer, self.abis)

    def pending(self, tx_hash: str) -> Pending:
        """A transaction by its hash, to ask what became of it."""
        return Pending(self._engine, tx_hash, self.observer, self.abis)

    @property
    def position(self) -> int:
        """Where `outcomes_since` starts to list: the head's height."""
        return self.block_height

    def outcomes_since(self, position: int) -> list[Outcome]:
        """What the transactions in the blocks after a position did so far, oldest first."""
        found = map(self._engine.outcome, self._engine.transactions_after(position))
        return [Outcome(native, self.observer, self.abis) for native in found if native is not None]

    @property
    def revision(self) -> int:
        """Grows with everything put into the chain: equal numbers mean that nothing happened between."""
        return self._engine.revision()

    def sign(self, signer: Account, receiver_id: str, actions: list[Any]) -> bytes:
        """A signed transaction in Borsh; `actions` in nearcore's JSON form."""
        with translated():
            return self._engine.sign(signer.key, signer.account_id, receiver_id, json.dumps(actions))

    def sign_delegate(self, signer: Account, receiver_id: str, actions: list[Any], blocks_valid: int) -> str:
        """A signed delegate action (NEP-366) as JSON."""
        with translated():
            return self._engine.sign_delegate(
                signer.key, signer.account_id, receiver_id, json.dumps(actions), blocks_valid
            )

    # Reading.

    def view(self, contract_id: str, method: str, args: Arguments = None) -> Any:
        """A view method's JSON value, None where it returns nothing.

        Raises ViewFailed, AccountUnknown, and ValueError where the bytes are not JSON.
        """
        raw = self.view_raw(contract_id, method, args)
        return json.loads(raw) if raw else None

    def view_raw(self, contract_id: str, method: str, args: Arguments = None) -> bytes:
        """A view method's bytes. Raises ViewFailed, AccountUnknown."""
        try:
            with translated():
                return self._engine.view(contract_id, method, encode(args))[0]
        except ViewFailed as error:
            if self.observer is not None:
                error.stood(*self.observer.failed_view(contract_id, method))
            raise

    def query(self, request_type: str, **fields: Any) -> dict[str, Any]:
        """A `query` of the JSON-RPC at the head, without HTTP. Raises QueryFailed."""
        request = {"request_type": request_type, "finality": "final", **fields}
        answer: dict[str, Any] = self.rpc("query", request)
        return answer

    def rpc(self, method: str, params: Any = None) -> Any:
        """Any JSON-RPC method that does not wait for a block, without HTTP. Raises QueryFailed."""
        with translated():
            return json.loads(self._engine.rpc(method, json.dumps(params)))

    def _embedded_abi(self, account_id: str) -> Abi | None:
        try:
            code = base64.b64decode(self.query("view_code", account_id=account_id)["code_base64"])
            return (
                embedded.unpack(self.view_raw(account_id, embedded.METHOD))
                if embedded.is_embedded(code)
                else None
            )
        except SandboxError:
            return None

    # What no user could do.

    @property
    def faults(self) -> Faults:
        """Plans that make receipts fail, run out of gas or arrive late."""
        return Faults(self._interventions)

    def mock(self, account_id: str, method: str, function: MockFunction | None = None, **reply: Any) -> Mock:
        """Answer a method of an account, calls and views, instead of its contract.

        Give `returns` (JSON, or bytes as they are), `fails` (the text of a contract's panic), or a
        function from MockContext to what is returned, which may raise MockFailed; `logs` and `gas`
        (burnt beyond the fees) besides. Use it in a `with`, or `remove` it; a rollback restores
        which mocks there are. The function must not use this sandbox.
        Raises AccountUnknown, SandboxMisused (also in a sandbox with a home).
        """
        self.account_state(account_id)
        return mocks.install(self._interventions, account_id, method, function=function, **reply)

    def impersonate(self, account_id: str) -> Account:
        """An account whose transactions need no key. Refused (SandboxMisused) with a home."""
        return ImpersonatedAccount(self, account_id)

    def run_impersonated(self, signer_id: str, receiver_id: str, actions: list[Any]) -> Outcome:
        """What an impersonated account's `run` does."""
        with translated():
            native = self._interventions.run_impersonated(
                signer_id, receiver_id, json.dumps(actions), MOST_BLOCKS_OF_A_CALL
            )
        return Outcome(native, self.observer, self.abis).raise_on_failure()

    def pool_impersonated(self, signer_id: str, receiver_id: str, actions: list[Any]) -> Pending:
        """What an impersonated account's `pool` does."""
        with translated():
            tx_hash = self._interventions.impersonate(signer_id, receiver_id, json.dumps(actions))
        return Pending(self._engine, tx_hash, self.observer, self.abis)

    # Blocks and time.

    @property
    def block_height(self) -> int:
        """Height of the last block."""
        return self._engine.head()[0]

    @property
    def block_hash(self) -> str:
        """Hash of the last block, base58."""
        return self._engine.head()[1]

    @property
    def block_time_ms(self) -> int:
        """Time of the last block, milliseconds since 1970."""
        return self._engine.head()[2]

    def produce_blocks(self, count: int = 1) -> None:
        """Make blocks one after the other; what is due in each of them runs."""
        # In steps: between them Ctrl-C is heard.
        for done in range(0, count, BLOCKS_AT_ONCE):
            with translated():
                self._engine.produce_blocks(min(BLOCKS_AT_ONCE, count - done))

    @property
    def epoch_height(self) -> int:
        """The number of the head's epoch; the first is 1."""
        number: int = self.rpc("validators", [None])["epoch_height"]
        return number

    def fast_forward(self, count: int = 0, *, epochs: int = 0) -> None:
        """Jump `count` heights like a real node's sandbox and make the block where it lands.

        The heights between have no block; time advances with them; what fell due on the way runs
        in the block the chain lands on and those that follow. With `epochs` the chain goes on to the
        first block of the epoch so many after this one, first of all. An epoch is over when its
        length is reached by final blocks: the last few blocks of each are made.
        """
        for _ in range(epochs):
            self._finish_epoch()
        if count > 0 or epochs == 0:
            with translated():
                self._engine.fast_forward(count)

    def _finish_epoch(self) -> None:
        length = self.rpc("EXPERIMENTAL_genesis_config")["epoch_length"]
        epoch = self.rpc("validators", [None])
        left = epoch["epoch_start_height"] + length - self.block_height
        if left > 1:
            with translated():
                self._engine.fast_forward(left - 2)
        while self.epoch_height == epoch["epoch_height"]:
            self.produce_blocks(1)

    def set_time(self, time_ms: int) -> None:
        """Let the next block be no earlier than this. Time never goes back."""
        with translated():
            self._engine.set_time(time_ms)

    def patch_state(self, records: Sequence[dict[str, Any]]) -> None:
        """Overwrite Account, AccessKey, Contract and Data records (nearcore's StateRecord JSON).

        Makes the block in which they show. Raises SandboxMisused.
        """
        with translated():
            self._engine.patch_state(json.dumps(list(records)))

    # Snapshots.

    def snapshot(self) -> Snapshot:
        """Remember this moment; costs the same whatever the size of the state."""
        return Snapshot(self.block_height, self._engine.snapshot())

    def rollback(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this sandbox, as often as needed."""
        for notify in self.before_rollback:
            notify(snapshot)
        self._engine.rollback(snapshot.native)

    def branch(self) -> Self:
        """An independent sandbox that goes on from this moment, for this thread or another.

        Costs the same whatever the size of the state: both share what neither has changed. It has
        no home and no named snapshots.
        """
        return self._over(self._engine.branch(), self.observer)

    def save(self, path: Path | str) -> None:
        """Write the whole sandbox to a file, for `Sandbox.load`. Raises OSError."""
        self._engine.save(Path(path))

    def total_supply_check(self) -> SupplyCheck:
        """Count every token. Raises AssertionError with the sums where one was made or lost."""
        check = SupplyCheck(*self._engine.supply_check())
        if not check.holds:
            raise AssertionError(f"tokens were created or lost: {check.sums}")
        return check

    # JSON-RPC and life cycle.

    def serve(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        block_interval_ms: int | None = None,
        on_demand: bool | None = None,
        follow_clock: bool = False,
    ) -> Rpc:
        """Serve JSON-RPC over this chain; port 0 takes a free one.

        `on_demand` makes blocks at once as long as something is to be done (a yield that waits for
        its resume is not), `block_interval_ms` makes one that long after the last. The default is
        on demand where no interval is given. With `follow_clock` no block is older than the
        machine's clock. Close the answer, or use it in a `with`.
        Raises OSError where the port is taken.
        """
        demand = block_interval_ms is None if on_demand is None else on_demand
        with translated():
            return Rpc(self._engine.serve(host, port, block_interval_ms, demand, follow_clock))

    def close(self) -> None:
        """Give the home back, for another sandbox. Raises OSError where it could not keep everything."""
        self._engine.leave_home()
