"""The agent's view of the chain: executes `Call` and `View` values of the generated client.

Nonces: several processes may use one key. Within a process a lock keeps transactions of a key in
order; between processes a clash shows as a used-up nonce, and the transaction is signed again, but
only once it is certain that the first one never ran.

A transaction is certain not to have run when the node does not know its hash *and* it can no longer
run, because its nonce is used up or its block hash is too old.
"""

import asyncio
import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

import base58
from py_near import transactions  # type: ignore[import-untyped]
from sealwright_protocol.client.calls import Call, View

from sealwright_agents.errors import Dropped, KeyRefused, Rejected, TransportError
from sealwright_agents.keys import AccessKey, KeyOnChain
from sealwright_agents.outcome import Outcome, raise_view_error, read_answer
from sealwright_agents.rpc import NodeRefused, Rpc

T = TypeVar("T")

POLL_S = 0.3
# A node's answers about keys and transactions may be one block apart: so often must it know nothing.
CERTAIN_AFTER = 5
# Refusals after which the same bytes can never run; whether they already ran is looked up.
USED_UP = frozenset({"InvalidNonce", "Expired"})


@dataclass(frozen=True)
class Block:
    """A block: `time_ms` is the chain's clock, the only one the agent decides by."""

    height: int
    time_ms: int
    hash: str


@dataclass(frozen=True)
class SignedCall:
    """A signed transaction with one function call: `signed` is Base64 of its Borsh bytes."""

    hash: str
    contract_id: str
    method: str
    public_key: str
    nonce: int
    signed: str

    def to_json(self) -> str:
        """The form that the journal keeps."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "SignedCall":
        """The reverse of `to_json`."""
        return cls(**json.loads(text))


class ChainClient:
    """An account on a network, with the function-call keys that it may use; an async context manager."""

    def __init__(self, urls: Sequence[str], account_id: str, keys: Iterable[AccessKey] = ()) -> None:
        """Take the RPC addresses and the keys, one a contract; nothing is sent yet."""
        self.account_id = account_id
        self._rpc = Rpc(urls)
        self._keys = {key.contract_id: key for key in keys}
        self._nonces: dict[str, int] = defaultdict(int)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._rpc.close()

    # Reading

    async def chain_id(self) -> str:
        """The network's own name for itself."""
        return str((await self._rpc.request("status", []))["chain_id"])

    async def head(self, finality: str = "optimistic") -> Block:
        """The newest block ("optimistic"), or the newest that can never be replaced ("final")."""
        header = (await self._rpc.request("block", {"finality": finality}))["header"]
        return Block(header["height"], int(header["timestamp"]) // 1_000_000, header["hash"])

    async def view(self, view: View[T], finality: str = "optimistic") -> T:
        """Ask a contract. Raises the ContractError of its refusal, ViewFailed,
        AnswerMalformed or TransportError."""
        answer = await self._query(
            finality,
            request_type="call_function",
            account_id=view.contract_id,
            method_name=view.method,
            args_base64=base64.b64encode(view.args).decode(),
        )
        if "error" in answer:
            raise_view_error(answer["error"])
        return read_answer(view.decode, bytes(answer["result"]))

    async def access_key(self, key: AccessKey) -> KeyOnChain:
        """What the chain says about a key. Raises KeyRefused when the account does not have it."""
        answer = await self._query(
            "optimistic",
            request_type="view_access_key",
            account_id=key.account_id,
            public_key=key.public_key,
        )
        if "error" in answer:
            raise KeyRefused(f"{key.account_id} has no access key {key.public_key}: add it first")
        return KeyOnChain.from_view(answer)

    async def balance(self) -> int:
        """What the account holds, in yoctoNEAR: its transactions' gas is paid from this."""
        answer = await self._query("optimistic", request_type="view_account", account_id=self.account_id)
        return int(answer["amount"])

    async def _query(self, finality: str, **fields: Any) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await self._rpc.request("query", {"finality": finality, **fields})
        return answer

    # Sending

    async def sign(self, call: Call[Any]) -> SignedCall:
        """Sign a call with the contract's key; nothing is sent.

        Raises KeyRefused without a key for the contract, or when the call would attach money.
        """
        key = self._keys.get(call.contract_id)
        if key is None:
            raise KeyRefused(f"no key opens {call.contract_id}")
        if call.deposit:
            raise KeyRefused(f"{call.method} needs a deposit: a function-call key cannot attach one")
        block = await self.head("final")
        nonce = await self._next_nonce(key)
        action = transactions.create_function_call_action(call.method, call.args, call.gas, 0)
        parts = (key.account_id, key.secret, call.contract_id, nonce, [action], base58.b58decode(block.hash))
        return SignedCall(
            hash=transactions.calc_trx_hash(*parts),
            contract_id=call.contract_id,
            method=call.method,
            public_key=key.public_key,
            nonce=nonce,
            signed=transactions.sign_and_serialize_transaction(*parts),
        )

    async def deliver(self, signed: SignedCall) -> Outcome:
        """Send a signed transaction and wait for its end; harmless to repeat, it runs once at most.

        Raises Dropped when it never ran and never can, Rejected when the node refuses it for another
        cause, TransportError when no node answers.
        """
        async with self._locks[signed.public_key]:
            used_up = await self._broadcast(signed)
        unknown = 0
        while True:
            view = await self._transaction(signed.hash)
            outcome = None if view is None else Outcome.from_view(view)
            if outcome is not None:
                return outcome
            if view is None and (used_up or await self._nonce_is_used(signed)):
                unknown += 1
                if unknown == CERTAIN_AFTER:
                    raise Dropped("never ran: nonce or block hash used up", signed.hash)
            elif view is None:
                used_up = await self._broadcast(signed)
            await asyncio.sleep(POLL_S)

    async def look_up(self, transaction_hash: str) -> Outcome | None:
        """How a transaction ended, or None when it is unknown or still runs."""
        view = await self._transaction(transaction_hash)
        return None if view is None else Outcome.from_view(view)

    async def execute(self, call: Call[T]) -> T:
        """Sign, send and decode, for calls that need no journal because they may safely run twice."""
        for _ in range(5):
            signed = await self.sign(call)
            try:
                return (await self.deliver(signed)).result(call.decode)
            except Dropped:
                continue
        raise Rejected(f"{call.method}: five nonces in a row were taken", signed.hash)

    async def _next_nonce(self, key: AccessKey) -> int:
        """A nonce above the chain's and above all that this process used."""
        found = await self.access_key(key)
        self._nonces[key.public_key] = max(self._nonces[key.public_key], found.nonce) + 1
        return self._nonces[key.public_key]

    async def _broadcast(self, signed: SignedCall) -> bool:
        """Send until a block has it. True when the node says that its nonce or block hash is used up,
        which is also the answer for bytes that ran long ago."""
        params = {"signed_tx_base64": signed.signed, "wait_until": "INCLUDED"}
        try:
            await self._rpc.request_once("send_tx", params)
        except TransportError:
            return False  # it may have arrived all the same: `deliver` finds out
        except NodeRefused as refused:
            name = invalid_transaction_name(refused)
            if name not in USED_UP:
                raise Rejected(f"{signed.method}: {name}: {refused.detail}", signed.hash) from refused
            return True
        return False

    async def _nonce_is_used(self, signed: SignedCall) -> bool:
        key = self._keys[signed.contract_id]
        if key.public_key != signed.public_key:
            return True  # the key was replaced, and with it the right to send these bytes
        return (await self.access_key(key)).nonce >= signed.nonce

    async def _transaction(self, transaction_hash: str) -> Mapping[str, Any] | None:
        """The node's view of a transaction at this moment, None when it knows none."""
        params = {"tx_hash": transaction_hash, "sender_account_id": self.account_id, "wait_until": "NONE"}
        try:
            view: Mapping[str, Any] = await self._rpc.request("tx", params)
        except NodeRefused as refused:
            if refused.cause == "UNKNOWN_TRANSACTION":
                return None
            raise
        return view


def invalid_transaction_name(refused: NodeRefused) -> str:
    """The name of nearcore's InvalidTxError in a refusal, or the cause when there is none."""
    detail = refused.detail
    while isinstance(detail, dict) and len(detail) == 1:
        name, detail = next(iter(detail.items()))
        if name not in ("TxExecutionError", "InvalidTxError"):
            return str(name)
    return detail if isinstance(detail, str) and detail.isidentifier() else refused.cause
