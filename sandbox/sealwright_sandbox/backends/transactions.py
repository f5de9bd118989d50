"""Transactions over JSON-RPC: nonces, signing, sending, waiting for the end."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sealwright_sandbox._engine import transaction_id
from sealwright_sandbox.backends.answers import AnsweredOutcome, refusal
from sealwright_sandbox.backends.client import RpcClient
from sealwright_sandbox.errors import NotFinished, QueryFailed
from sealwright_sandbox.native import translated
from sealwright_sandbox.outcome import Outcome

if TYPE_CHECKING:
    from sealwright_sandbox.account import Account

FIRST_POLL_S = 0.01
SLOWEST_POLL_S = 0.5

# Names of errors that say no more than that there is no answer yet.
_NOT_YET = {"TIMEOUT_ERROR", "UNKNOWN_TRANSACTION"}


class Transactions:
    """What one process signs and sends to one node. Safe to use from several threads.

    Knows the transactions it sent, in their order: a node tells the outcome of a transaction only to
    those who know its signer.
    """

    def __init__(self, client: RpcClient, finish_within_s: float) -> None:
        self._client = client
        self._finish_within_s = finish_within_s
        self._nonces: dict[tuple[str, str], int] = {}
        self._signers: dict[str, str] = {}
        self._lock = threading.Lock()

    def sign(self, signer: "Account", receiver_id: str, actions: list[Any]) -> bytes:
        """A signed transaction in Borsh, with the key's next nonce and a recent block's hash."""
        with self._lock, translated():
            nonce, block_hash, _ = self._next_nonce(signer)
            return signer.key.sign_transaction(
                signer.account_id, receiver_id, json.dumps(actions), nonce, block_hash
            )

    def sign_delegate(
        self, signer: "Account", receiver_id: str, actions: list[Any], blocks_valid: int
    ) -> str:
        """A signed delegate action (NEP-366) as JSON."""
        with self._lock, translated():
            nonce, _, height = self._next_nonce(signer)
            return signer.key.sign_delegate(
                signer.account_id, receiver_id, json.dumps(actions), nonce, height + blocks_valid
            )

    def _next_nonce(self, signer: "Account") -> tuple[int, str, int]:
        """A nonce above the chain's and those given out here; hash and height of a recent block."""
        id_ = (signer.account_id, signer.public_key)
        key = {"account_id": id_[0], "public_key": id_[1]}
        answer = self._client.request(
            "query", {"request_type": "view_access_key", "finality": "optimistic", **key}
        )
        # An unknown key is a result with an `error`: the node refuses the transaction in its own words.
        self._nonces[id_] = max(self._nonces.get(id_, 0), int(answer.get("nonce", 0))) + 1
        return self._nonces[id_], answer["block_hash"], answer["block_height"]

    def post(self, signed: bytes, wait_until: str) -> str:
        """Send; the hash. Returns when the node has waited, or is tired of it. Raises TransactionRefused."""
        with translated():
            tx_hash, signer_id = transaction_id(signed)
        params = {"signed_tx_base64": base64.b64encode(signed).decode(), "wait_until": wait_until}
        try:
            self._client.request("send_tx", params)
        except QueryFailed as error:
            if error.name not in _NOT_YET:
                raise refusal(error) from None
        self._signers[tx_hash] = signer_id
        return tx_hash

    def outcome(self, tx_hash: str) -> AnsweredOutcome | None:
        """What a transaction sent from here did so far; None where no block has it, or it is not ours."""
        if tx_hash not in self._signers:
            return None
        params = {"tx_hash": tx_hash, "sender_account_id": self._signers[tx_hash], "wait_until": "NONE"}
        try:
            answer = self._client.request("EXPERIMENTAL_tx_status", params)
        except QueryFailed as error:
            if error.name in _NOT_YET:
                return None
            raise refusal(error) from None
        # Without an outcome a node answers no more than how far the transaction got.
        return AnsweredOutcome(answer) if "transaction_outcome" in answer else None

    def finished(self, tx_hash: str) -> Outcome:
        """The outcome when every receipt has run. Raises NotFinished."""
        for _ in pauses(self._finish_within_s):
            found = self.outcome(tx_hash)
            if found is not None and found.finished:
                return Outcome(found)
        raise NotFinished(tx_hash)

    @property
    def count(self) -> int:
        """How many transactions were sent."""
        return len(self._signers)

    def since(self, count: int) -> list[Outcome]:
        """What the transactions sent after the first `count` did so far."""
        found = map(self.outcome, list(self._signers)[count:])
        return [Outcome(source) for source in found if source is not None]


def pauses(seconds: float) -> Iterator[None]:
    """Yields at once and then after growing pauses, until so many seconds are over."""
    end = time.monotonic() + seconds
    pause = FIRST_POLL_S
    while True:
        yield
        if time.monotonic() >= end:
            return
        time.sleep(pause)
        pause = min(2 * pause, SLOWEST_POLL_S)
