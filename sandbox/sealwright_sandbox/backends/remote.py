"""A node behind JSON-RPC, used like an embedded sandbox."""

import base64
import itertools
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from sealwright_sandbox import making, seam
from sealwright_sandbox._engine import Key
from sealwright_sandbox.account import Account
from sealwright_sandbox.arguments import Arguments, encode
from sealwright_sandbox.backends.answers import AnsweredOutcome, legacy_view_failure, view_failure
from sealwright_sandbox.backends.client import RpcClient
from sealwright_sandbox.backends.transactions import Transactions, pauses
from sealwright_sandbox.closing import Closing
from sealwright_sandbox.errors import AccountUnknown, NotFinished, NotSupported, QueryFailed, SandboxError
from sealwright_sandbox.keys import test_key
from sealwright_sandbox.outcome import Outcome, Pending
from sealwright_sandbox.trace import Abis
from sealwright_sandbox.units import NEAR

FINISH_WITHIN_S = 120.0
"""So long a transaction may take: a yield times out after 200 blocks."""

BLOCKS_WITHIN_S = 60.0
PUBLIC_BALANCE = NEAR // 10
"""What `create_account` gives on a network where NEAR has to be asked or paid for."""

_UNKNOWN_METHOD = "METHOD_NOT_FOUND"


class RemoteSandbox(Closing):
    """A `Backend` over a node's JSON-RPC; accounts are children of `root_id`.

    A sandbox node can patch state and jump in blocks, a public network neither; none can roll back
    or set its clock. Names are made unique instead: `create_account("client")` gives
    `client<suffix>.<root>`, where the suffix changes with `fresh_names`.
    """

    def __init__(
        self,
        url: str,
        root_id: str,
        root_key: Key,
        *,
        backend: str = "rpc",
        public: bool = False,
        run_tag: str = "",
        finish_within_s: float = FINISH_WITHIN_S,
    ) -> None:
        """`public`: keys of new accounts are random, balances small, accounts deleted by `close`.

        `run_tag` goes into every name, for nodes that outlive a run.
        """
        self.backend = backend
        self.url = url
        self.public = public
        sandbox_only = frozenset({seam.JUMP, seam.PATCH_STATE})
        self.capabilities: frozenset[str] = frozenset() if public else sandbox_only
        self.before_rollback: list[Callable[[Any], None]] = []
        self.abis = Abis()
        self.left_behind: list[str] = []
        self._client = RpcClient(url)
        self._transactions = Transactions(self._client, finish_within_s)
        self._root = Account(self, root_id, root_key)
        self._made: dict[str, Account] = {}
        self._run_tag = self._suffix = run_tag
        self._scopes = itertools.count(1)

    # Accounts.

    def account(self, account_id: str) -> Account:
        """As `Sandbox.account`; on a public network accounts made here have random keys."""
        if account_id == self._root.account_id:
            return self._root
        return self._made.get(account_id) or Account(self, account_id, test_key(account_id))

    @property
    def treasury(self) -> Account:
        """The account that pays for accounts made by `create_account`."""
        return self._root

    def create_account(self, name: str, balance: int | None = None) -> Account:
        """As `Sandbox.create_account`, below this backend's root account and with a unique name."""
        account_id = name if "." in name else f"{name}{self._suffix}.{self._root.account_id}"
        default = making.DEFAULT_BALANCE
        if self.public:
            default = PUBLIC_BALANCE
            # Everybody knows the test keys.
            self._made[account_id] = Account(self, account_id, Key.from_seed(os.urandom(32)))
        return making.create(self, account_id, default if balance is None else balance)

    def fresh_names(self) -> None:
        """Let the names made from now on differ from those before: isolation without rollback."""
        self._suffix = f"{self._run_tag}-{next(self._scopes)}"

    def accounts(self) -> list[str]:
        """No node lists its accounts. Raises NotSupported."""
        raise NotSupported(self.backend, seam.LIST_ACCOUNTS)

    def account_state(self, account_id: str) -> dict[str, Any]:
        """nearcore's account view. Raises AccountUnknown."""
        try:
            return self.query("view_account", account_id=account_id)
        except QueryFailed as error:
            if error.name == "UNKNOWN_ACCOUNT":
                raise AccountUnknown(account_id) from None
            raise

    def storage(self, account_id: str) -> dict[bytes, bytes]:
        """Every key and value; nodes refuse contracts whose state is too large. Raises AccountUnknown."""
        self.account_state(account_id)
        found = self.query("view_state", account_id=account_id, prefix_base64="")
        return {base64.b64decode(item["key"]): base64.b64decode(item["value"]) for item in found["values"]}

    # Transactions.

    def run_call(
        self, signer: Account, contract_id: str, method: str, args: Arguments, deposit: int, gas: int
    ) -> Outcome:
        """As `Sandbox.run_call`."""
        return signer.batch(contract_id).function_call(method, args, deposit=deposit, gas=gas).send()

    def sign(self, signer: Account, receiver_id: str, actions: list[Any]) -> bytes:
        """A signed transaction in Borsh; `actions` in nearcore's JSON form."""
        return self._transactions.sign(signer, receiver_id, actions)

    def sign_delegate(self, signer: Account, receiver_id: str, actions: list[Any], blocks_valid: int) -> str:
        """A signed delegate action (NEP-366) as JSON."""
        return self._transactions.sign_delegate(signer, receiver_id, actions, blocks_valid)

    def send(self, signed_transaction: bytes) -> Outcome:
        """Send a signed transaction (Borsh) and wait until every receipt, refunds too, has run.

        Raises TransactionRefused, CallFailed, NotFinished.
        """
        tx_hash = self._transactions.post(signed_transaction, "EXECUTED_OPTIMISTIC")
        return self._transactions.finished(tx_hash).raise_on_failure()

    def submit(self, signed_transaction: bytes) -> Pending:
        """Send a signed transaction (Borsh) and wait until a block has it. Raises TransactionRefused."""
        return Pending(self, self._transactions.post(signed_transaction, "INCLUDED"), abis=self.abis)

    def pending(self, tx_hash: str) -> Pending:
        """A transaction that was sent from here, by its hash."""
        return Pending(self, tx_hash, abis=self.abis)

    def outcome(self, tx_hash: str) -> AnsweredOutcome | None:
        """What a transaction sent from here did so far; None where no block has it."""
        return self._transactions.outcome(tx_hash)

    @property
    def position(self) -> int:
        """Where `outcomes_since` starts to list: how many transactions were sent from here."""
        return self._transactions.count

    def outcomes_since(self, position: int) -> list[Outcome]:
        """What the transactions sent from here after a position did so far; others' are not known."""
        return self._transactions.since(position)

    # Reading.

    def view(self, contract_id: str, method: str, args: Arguments = None) -> Any:
        """As `Sandbox.view`."""
        raw = self.view_raw(contract_id, method, args)
        return json.loads(raw) if raw else None

    def view_raw(self, contract_id: str, method: str, args: Arguments = None) -> bytes:
        """A view method's bytes. Raises ViewFailed, AccountUnknown."""
        call = {
            "account_id": contract_id,
            "method_name": method,
            "args_base64": base64.b64encode(encode(args)).decode(),
        }
        try:
            found = self.rpc("EXPERIMENTAL_call_function", {"finality": "optimistic", **call})
        except QueryFailed as error:
            if error.name != _UNKNOWN_METHOD:
                raise view_failure(error) from None
            # Nodes of before 2026 know the old form only.
            found = self.query("call_function", **call)
        if "error" in found:
            raise legacy_view_failure(found["error"])
        return bytes(found["result"])

    def query(self, request_type: str, **fields: Any) -> dict[str, Any]:
        """A `query` at the head. Raises QueryFailed."""
        request = {"request_type": request_type, "finality": "optimistic", **fields}
        answer: dict[str, Any] = self.rpc("query", request)
        return answer

    def rpc(self, method: str, params: Any = None) -> Any:
        """Any JSON-RPC method. Raises QueryFailed, OSError."""
        return self._client.request(method, params)

    # Blocks and time.

    @property
    def block_height(self) -> int:
        """Height of the last block."""
        return int(self._header()["height"])

    @property
    def block_hash(self) -> str:
        """Hash of the last block, base58."""
        return str(self._header()["hash"])

    @property
    def block_time_ms(self) -> int:
        """Time of the last block, milliseconds since 1970."""
        return int(self._header()["timestamp"]) // 1_000_000

    def _header(self) -> dict[str, Any]:
        header: dict[str, Any] = self.rpc("block", {"finality": "optimistic"})["header"]
        return header

    def produce_blocks(self, count: int = 1) -> None:
        """Let at least so many heights pass: a sandbox node jumps, on a public network it takes a while.

        Raises NotFinished where the network stands still.
        """
        if seam.JUMP in self.capabilities:
            self.fast_forward(count)
        else:
            self._wait_for_height(self.block_height + count)

    def fast_forward(self, count: int) -> None:
        """As `Sandbox.fast_forward`. Raises NotSupported on a public network."""
        self._require(seam.JUMP)
        height = self.block_height
        self.rpc("sandbox_fast_forward", {"delta_height": count})
        self._wait_for_height(height + count + 1)

    def _wait_for_height(self, height: int) -> None:
        for _ in pauses(BLOCKS_WITHIN_S):
            if self.block_height >= height:
                return
        raise NotFinished(f"of height {height}")

    def set_time(self, time_ms: int) -> None:
        """No node's clock can be set. Raises NotSupported."""
        raise NotSupported(self.backend, seam.SET_CLOCK)

    def patch_state(self, records: Sequence[dict[str, Any]]) -> None:
        """As `Sandbox.patch_state`. Raises NotSupported on a public network."""
        self._require(seam.PATCH_STATE)
        height = self.block_height
        self.rpc("sandbox_patch_state", {"records": list(records)})
        self._wait_for_height(height + 1)

    @property
    def revision(self) -> int:
        """How much was sent from here; what others send nobody tells."""
        return self.position

    def snapshot(self) -> Any:
        """No node rolls back. Raises NotSupported."""
        raise NotSupported(self.backend, seam.ROLL_BACK)

    def rollback(self, snapshot: Any) -> None:
        """No node rolls back. Raises NotSupported."""
        raise NotSupported(self.backend, seam.ROLL_BACK)

    def _require(self, capability: str) -> None:
        if capability not in self.capabilities:
            raise NotSupported(self.backend, capability)

    # The end.

    def close(self) -> None:
        """On a public network delete the accounts made here, what they hold goes back to the root.

        Those that cannot be deleted (more than 10 kB of state) are in `left_behind`.
        """
        while self._made:
            account_id, account = self._made.popitem()
            try:
                account.delete(self._root.account_id)
            except (SandboxError, OSError):
                self.left_behind.append(account_id)
        self._client.close()
