"""A NEAR node as small as the chain client's tests need it: keys, nonces, and scripted contracts.

It answers over real HTTP, so that py-near and its error handling are part of the tests. What a node
does for real (gas, receipts, blocks) is the sandbox's affair, in tests/integration.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, Self

import base58
from aiohttp import web
from sealwright_protocol import borsh

# A transaction whose actions are all function calls, and its signature.
SIGNED_TRANSACTION = "sB32xQs32x[(BsbQU)]B64x"
Contract = Callable[[str, dict[str, Any]], Any]


class Refusal(Exception):
    """What a scripted contract raises to panic with `CODE: text`."""


class FakeNode:
    """One account's keys and scripted contracts behind JSON-RPC; an async context manager."""

    def __init__(self, account_id: str = "operator.near") -> None:
        self.account_id = account_id
        self.height, self.time_ms = 100, 1_781_481_600_000
        self.keys: dict[str, dict[str, Any]] = {}
        self.contracts: dict[str, Contract] = {}
        self.executed: list[tuple[str, str, dict[str, Any]]] = []
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.refuse_next: Any = None  # the InvalidTxError for the next transaction to the gateway
        self.files: dict[str, bytes] = {}
        # Tests put functions here; each is asked once, may answer instead of the node, or pass (None).
        self.faults: list[Callable[[str, Any], web.Response | None]] = []
        self.balance = 10**25
        self.chain_id = "sandbox"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/", self._serve)
        app.router.add_get("/files/{name}", self._serve_file)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def add_key(self, public_key: str, receiver_id: str, methods: list[str]) -> None:
        call = {"allowance": str(10**24), "receiver_id": receiver_id, "method_names": methods}
        self.keys[public_key] = {"nonce": 0, "permission": {"FunctionCall": call}}

    async def _serve(self, request: web.Request) -> web.Response:
        body = await request.json()
        method, params = body["method"], body["params"]
        self.requests.append(method)
        if self.faults:
            answer = self.faults.pop(0)(method, params)
            if answer is not None:
                return answer
        result = getattr(self, "_" + method)(params)
        key = "error" if "cause" in result else "result"
        return web.json_response({"jsonrpc": "2.0", "id": body["id"], key: result})

    async def _serve_file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    def _status(self, _: Any) -> dict[str, Any]:
        return {"chain_id": self.chain_id, "sync_info": {"latest_block_height": self.height}}

    def _block(self, _: Any) -> dict[str, Any]:
        block_hash = base58.b58encode(hashlib.sha256(str(self.height).encode()).digest()).decode()
        header = {"height": self.height, "timestamp": self.time_ms * 1_000_000, "hash": block_hash}
        return {"header": header}

    def _query(self, params: dict[str, Any]) -> dict[str, Any]:
        block = {"block_hash": "x", "block_height": self.height}
        if params["request_type"] == "view_account":
            return {**block, "amount": str(self.balance)}
        if params["request_type"] == "view_access_key":
            key = self.keys.get(params["public_key"])
            return {**block, **key} if key else {**block, "error": "access key does not exist", "logs": []}
        args = json.loads(base64.b64decode(params["args_base64"]))
        try:
            value = self.contracts[params["account_id"]](params["method_name"], args)
        except Refusal as panic:
            text = f'wasm execution failed with error: HostError(GuestPanic {{ panic_msg: "{panic}" }})'
            return {**block, "error": text, "logs": []}
        return {**block, "result": list(json.dumps(value).encode()), "logs": []}

    def _send_tx(self, params: dict[str, Any]) -> dict[str, Any]:
        if self.refuse_next is not None and self.receiver(params["signed_tx_base64"]) == "gateway.near":
            error, self.refuse_next = self.refuse_next, None
            return invalid_transaction(error)
        return self.execute(params["signed_tx_base64"])

    def receiver(self, signed_base64: str) -> str:
        """Which contract a signed transaction calls."""
        receiver_id: str = borsh.unpack(SIGNED_TRANSACTION, base64.b64decode(signed_base64))[4]
        return receiver_id

    def execute(self, signed_base64: str) -> dict[str, Any]:
        """Run a signed transaction at once, or refuse its nonce."""
        raw = base64.b64decode(signed_base64)
        _, _, key, nonce, receiver_id, _, actions, _, _ = borsh.unpack(SIGNED_TRANSACTION, raw)
        stored = self.keys["ed25519:" + base58.b58encode(key).decode()]
        if nonce <= stored["nonce"]:
            return invalid_transaction({"InvalidNonce": {"tx_nonce": nonce, "ak_nonce": stored["nonce"]}})
        stored["nonce"] = nonce
        self.height += 1
        _, method, args, _, _ = actions[0]
        transaction_hash = base58.b58encode(hashlib.sha256(raw[:-65]).digest()).decode()
        decoded = json.loads(args) if args[:1] == b"{" else {"raw": args}
        self.executed.append((receiver_id, method, decoded))
        try:
            value = json.dumps(self.contracts[receiver_id](method, decoded)).encode()
            status: dict[str, Any] = {"SuccessValue": base64.b64encode(value).decode()}
        except Refusal as panic:
            error = {"FunctionCallError": {"ExecutionError": f"Smart contract panicked: {panic}"}}
            status = {"Failure": {"ActionError": {"index": 0, "kind": error}}}
        outcome = {"outcome": {"logs": [], "gas_burnt": 10**12, "tokens_burnt": "7"}}
        self.outcomes[transaction_hash] = {
            "status": status,
            "transaction": {"hash": transaction_hash},
            "transaction_outcome": outcome,
            "receipts_outcome": [outcome],
            "final_execution_status": "FINAL",
        }
        return self.outcomes[transaction_hash]

    def _tx(self, params: dict[str, Any]) -> dict[str, Any]:
        known = self.outcomes.get(params["tx_hash"])
        return known or {"cause": {"name": "UNKNOWN_TRANSACTION"}, "data": "doesn't exist"}


def invalid_transaction(error: Any) -> dict[str, Any]:
    """nearcore's answer to a transaction that it does not take."""
    return {"cause": {"name": "INVALID_TRANSACTION"}, "data": {"TxExecutionError": {"InvalidTxError": error}}}


def http_error(status: int, body: Any = "busy") -> Callable[[str, Any], web.Response]:
    """A fault: an HTTP error instead of an answer."""
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda method, params: web.Response(status=status, text=text)
