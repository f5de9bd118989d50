"""Two ways to execute the `Call` and `View` values of `sealwright_protocol.client`.

    SandboxTransport(account)                     in process, on an embedded sandbox; blocks are made as needed
    RpcReader(url)                                views alone, without a key
    RpcTransport(url, account_id, secret_key)     over NEAR's JSON-RPC, with any key, money attached as the call says

Both return the decoded value and raise the `ContractError` of a refusal's code, so a test or a script
written for one runs on the other. An agent has its own client, which never attaches money
(`sealwright_agents.chain`).
"""

import base64
import time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import base58
import requests
from py_near import transactions  # type: ignore[import-untyped]
from sealwright_agents.outcome import Outcome, raise_view_error
from sealwright_protocol.client.calls import Call, View
from sealwright_protocol.client.errors import error_for

if TYPE_CHECKING:
    import sealwright_sandbox as sandboxes

T = TypeVar("T")

# Codes of a contract; nearcore's own errors have names that no contract uses.
NEARCORE_CODES = frozenset({"GAS_EXCEEDED", "METHOD_NOT_FOUND", "ACCOUNT_DOES_NOT_EXIST"})
REQUEST_TIMEOUT_S = 60.0
POLL_S = 0.1


class Transport(Protocol):
    """Executes calls for one account."""

    account_id: str

    def call(self, call: Call[T]) -> T:
        """Send, wait for the whole receipt tree's result, decode. Raises ContractError."""
        ...

    def view(self, view: View[T]) -> T:
        """Ask, decode. Raises ContractError."""
        ...


class SandboxTransport:
    """An account of an embedded sandbox."""

    def __init__(self, account: "sandboxes.Account") -> None:
        self._account = account
        self.account_id = account.account_id

    def send(self, call: Call[Any]) -> "sandboxes.Outcome":
        """Execute and return the sandbox's outcome with its logs, gas and receipt tree."""
        from sealwright_sandbox import CallFailed

        try:
            return self._account.call(
                call.contract_id, call.method, call.args, deposit=call.deposit, gas=call.gas
            )
        except CallFailed as failure:
            if failure.code in NEARCORE_CODES:
                raise
            raise error_for(failure.code, failure.text) from failure

    def call(self, call: Call[T]) -> T:
        """As Transport says."""
        value: T = call.decode(self.send(call).raw)
        return value

    def view(self, view: View[T]) -> T:
        """As Transport says."""
        from sealwright_sandbox.errors import ViewFailed

        try:
            value: T = view.decode(self._account.sandbox.view_raw(view.contract_id, view.method, view.args))
        except ViewFailed as failure:
            if failure.code in NEARCORE_CODES:
                raise
            raise error_for(failure.code, failure.text) from failure
        return value


class RpcFailed(Exception):
    """The node answered with an error that is not a contract's."""


class RpcReader:
    """Reads any network: views and accounts, without a key."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def request(self, method: str, params: Any) -> Any:
        """One JSON-RPC request. Raises RpcFailed with the node's words."""
        body = {"jsonrpc": "2.0", "id": "sealwright", "method": method, "params": params}
        answer = self._session.post(self._url, json=body, timeout=REQUEST_TIMEOUT_S).json()
        if "error" in answer:
            cause = answer["error"].get("cause", {}).get("name", "")
            raise RpcFailed(f"{method}: {cause}: {answer['error'].get('data')}")
        return answer["result"]

    def view(self, view: View[T]) -> T:
        """Ask, decode. Raises ContractError."""
        answer = self.query(
            request_type="call_function",
            account_id=view.contract_id,
            method_name=view.method,
            args_base64=base64.b64encode(view.args).decode(),
        )
        if "error" in answer:
            raise_view_error(answer["error"])
        value: T = view.decode(bytes(answer["result"]))
        return value

    def query(self, **fields: Any) -> Any:
        """The `query` method, of the newest block."""
        return self.request("query", {"finality": "optimistic", **fields})


class RpcTransport(RpcReader):
    """An account on any network, signing with one key; for scripts, one call at a time."""

    def __init__(self, url: str, account_id: str, secret_key: str) -> None:
        """`secret_key` is `ed25519:<base58>`; the account must have its public key."""
        super().__init__(url)
        self._secret = base58.b58decode(secret_key.removeprefix("ed25519:"))
        self.account_id = account_id

    def send(self, call: Call[Any]) -> Outcome:
        """Sign, send and wait for the end."""
        public_key = base58.b58encode(self._secret[32:]).decode()
        key = self.query(request_type="view_access_key", account_id=self.account_id, public_key=public_key)
        if "error" in key:
            raise RpcFailed(key["error"])
        action = transactions.create_function_call_action(call.method, call.args, call.gas, call.deposit)
        signed = transactions.sign_and_serialize_transaction(
            self.account_id,
            self._secret,
            call.contract_id,
            key["nonce"] + 1,
            [action],
            base58.b58decode(key["block_hash"]),
        )
        params = {"signed_tx_base64": signed, "wait_until": "EXECUTED_OPTIMISTIC"}
        return self._wait(self.request("send_tx", params))

    def call(self, call: Call[T]) -> T:
        """As Transport says."""
        return self.send(call).result(call.decode)

    def _wait(self, view: dict[str, Any]) -> Outcome:
        """The outcome, asked for again until the transaction has ended."""
        while (outcome := Outcome.from_view(view)) is None:
            time.sleep(POLL_S)
            params = {"tx_hash": view["transaction"]["hash"], "sender_account_id": self.account_id}
            view = self.request("tx", params)
        return outcome
