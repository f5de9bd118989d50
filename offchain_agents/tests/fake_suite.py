"""Registry, gateway and market as scripts: just enough rules for the agent's own tests.

They check what an agent must get right (signatures over the receipt, order of calls, windows) and no
more; the contracts themselves are met in tests/integration.
"""

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import base58
from sealwright_agents import signer
from sealwright_agents.agent import Agent
from sealwright_agents.config import Config, parse_config
from sealwright_agents.keys import METHODS, create_key
from sealwright_agents.runtime import serve
from sealwright_protocol.client.node_registry import Prices
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_protocol.wire import ResultReceipt

from offchain_agents.tests.fake_node import FakeNode, Refusal

INSTANCE = b"\x05" * 32
MEASUREMENT_ID = b"\x09" * 32
HOUR_MS = 3_600_000


class FakeSuite(FakeNode):
    """A node with the three contracts. Tests read and write the dictionaries."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.nodes: dict[str, dict[str, Any]] = {}
        self.requests_open: dict[int, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.inputs: dict[int, bytes] = {}
        self.outputs: dict[int, bytes] = {}
        self.validity_ms = 24 * HOUR_MS
        self.prepaid, self.owed = 10**25, 0
        self.answers: list[Any] = []  # what `respond` or `submit_result` resolve to instead, in order
        self.refusals: list[str] = []  # what `respond` panics with, in order
        self.contracts = {
            "registry.near": self._registry,
            "gateway.near": self._gateway,
            "market.near": self._market,
        }

    def config(self, **limits: Any) -> Config:
        """A configuration for this node, with keys made and added."""
        content = {
            "network": {"rpc": [self.url], "chain_id": "sandbox"},
            "contracts": {role: f"{role}.near" for role in METHODS},
            "node": {"account_id": self.account_id, "label": "desk"},
            "agent": {"handlers": "desk:agent", "state_dir": "state", "input_sources": ["http://127.0.0.1:"]},
            "services": {"shout": {"price": "0.1", "min_reward": "0.01"}},
            "quote": {"provider": "simulated", "seed": "desk", "root_seed": "root"},
            "limits": {"poll_s": 0.01, "grace_s": 2.0} | limits,
        }
        config = parse_config(content, self.folder)
        for role, contract_id in config.contracts.items():
            if not config.key_file(role).exists():
                key = create_key(config.key_file(role), config.account_id, contract_id)
                self.add_key(key.public_key, contract_id, list(METHODS[role]))
        return config

    async def run(self, agent: Agent, config: Config, until: Callable[[], bool]) -> None:
        """Serve until the condition holds; AssertionError when it does not within ten seconds."""
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(agent, config, stop))
        for _ in range(2_000):
            if until() or serving.done():
                break
            await asyncio.sleep(0.005)
        stop.set()
        await serving
        assert until(), "the agent did not do it"

    def calls(self, method: str) -> int:
        """How often a method was executed."""
        return sum(each == method for _, each, _ in self.executed)

    def _account(self, owed: int) -> dict[str, Any]:
        pots = {"prepaid": str(self.prepaid), "owed": str(owed), "records": 1}
        return pots | dict.fromkeys(("locked", "bonded", "storage", "in_flight"), "0")

    # node_registry

    def _registry(self, method: str, args: dict[str, Any]) -> Any:
        if method == "get_node":
            return self.nodes.get(args["node_id"])
        if method == "get_challenges":
            return []
        if method == "get_account":
            return self._account(0)
        if method == "get_config":
            return {
                "owner_id": "owner.near",
                "verifier_id": "verifier.near",
                "verifier_method": "verify_quote",
                "verifier_gas_tgas": 100,
                "network": "sandbox",
                "prices": dict.fromkeys(Prices.__annotations__, "0"),
            }
        if method == "request_challenge":
            return {"challenge": "03" * 32, "expires_at_ms": self.time_ms + 600_000}
        if method == "register_node":
            return self._register(RegisterNodeArgs.from_borsh(args["raw"]))
        if method == "renew_attestation":
            return self._renew(RenewAttestationArgs.from_borsh(args["raw"]))
        if method == "update_node":
            self.nodes[args["node_id"]] |= {key: args[key] for key in ("endpoint", "region", "services")}
            return None
        raise AssertionError(method)

    def _register(self, args: RegisterNodeArgs) -> dict[str, Any]:
        self.nodes[args.node_id] = {
            "node_id": args.node_id,
            "account_id": self.account_id,
            "state": "active",
            "version": 1,
            "encryption_key": args.encryption_key.hex(),
            "tls_spki_hash": args.tls_spki_hash.hex(),
            "ppid_hash": "00" * 32,
            "advisory_ids": [],
            "attested_at_ms": self.time_ms,
            "registered_at_ms": self.time_ms,
            "deactivated_at_ms": None,
            "change_in_flight": None,
            "signing_key": "ed25519:" + base58.b58encode(args.signing_key).decode(),
            "measurement_id": MEASUREMENT_ID.hex(),
            "tcb_status": "UpToDate",
            "expires_at_ms": self.time_ms + self.validity_ms,
            "endpoint": args.endpoint,
            "region": args.region,
            "services": [{"name": name, "price": str(price)} for name, price in args.services],
        }
        return self._outcome("registered", args.node_id)

    def _renew(self, args: RenewAttestationArgs) -> dict[str, Any]:
        self.nodes[args.node_id]["expires_at_ms"] = self.time_ms + self.validity_ms
        return self._outcome("renewed", args.node_id)

    def _outcome(self, outcome: str, node_id: str) -> dict[str, Any]:
        end = self.nodes[node_id]["expires_at_ms"]
        return {"outcome": outcome, "node_id": node_id, "code": None, "detail": "", "expires_at_ms": end}

    # agent_gateway

    def open_request(self, number: int, content: bytes, service: str = "shout", blocks: int = 190) -> None:
        """A request that closes after so many blocks."""
        self.requests_open[number] = {
            "request_id": number,
            "state": "open",
            "service": service,
            "input": base64.b64encode(content).decode(),
            "input_hash": signer.sha256(content).hex(),
            "max_output_bytes": 1_000,
            "measurement_ids": [],
            "reward": str(10**23),
            "respond_before_height": self.height + blocks,
            "requester_id": "dapp.near",
            "created_height": self.height,
            "timeout_height": self.height + 200,
            "settle_from_height": self.height + 300,
            "answered_by": None,
        }

    def _gateway(self, method: str, args: dict[str, Any]) -> Any:
        if method == "get_config":
            return {
                "registry_id": "registry.near",
                "network": "sandbox",
                "instance": INSTANCE.hex(),
                "next_request_id": 9,
            }
        if method == "get_account":
            return self._account(self.owed)
        if method == "withdraw":
            self.owed = 0
            return "0"
        if method == "get_pending":
            summaries = [
                {k: v for k, v in each.items() if k != "input"} for each in self.requests_open.values()
            ]
            return {"requests": summaries, "next_index": None, "total": len(summaries)}
        if method == "get_request":
            return self.requests_open.get(args["request_id"])
        if method == "respond":
            return self._respond(args)
        raise AssertionError(method)

    def _respond(self, args: dict[str, Any]) -> dict[str, Any]:
        number = args["request_id"]
        request = self.requests_open.get(number)
        if request is None:
            raise Refusal("REQUEST_UNKNOWN: no open request has this id")
        self._check_receipt("gateway.near", number, 1, request["input_hash"], args)
        if self.refusals:
            raise Refusal(self.refusals.pop(0))
        if self.answers:
            return self.answers.pop(0)
        del self.requests_open[number]
        self.outputs[number] = base64.b64decode(args["output"])
        return {"outcome": "accepted", "request_id": number, "node_id": args["node_id"], "reasons": []}

    def _check_receipt(
        self, contract: str, number: int, attempt: int, input_hash: str, args: dict[str, Any]
    ) -> None:
        """Refuse a signature that is not one over exactly this result."""
        output_hash = signer.sha256(base64.b64decode(args["output"]))
        receipt = ResultReceipt(
            "sandbox",
            contract,
            INSTANCE,
            number,
            attempt,
            bytes.fromhex(input_hash),
            output_hash,
            bytes.fromhex(args["measurement_id"]),
            f"desk.{self.account_id}",
        )
        key = base58.b58decode(args["signing_key"].removeprefix("ed25519:"))
        try:
            signer.verify(key, base64.b64decode(args["signature"]), receipt.to_borsh())
        except ValueError:
            raise Refusal("BAD_SIGNATURE: not this key's over this result") from None

    # task_market

    def open_task(self, number: int, content: bytes, **changes: Any) -> None:
        """An open task with an inline input, or what the changes make of it."""
        self.inputs[number] = content
        self.tasks[number] = {
            "task_id": number,
            "state": "OPEN",
            "service": "shout",
            "reward": str(10**24),
            "bond": str(10**23),
            "fee_bps": 100,
            "measurement_ids": [],
            "input_hash": signer.sha256(content).hex(),
            "input_inline": True,
            "input_reference": None,
            "max_output_bytes": 1_000,
            "claim_ends_at_ms": self.time_ms + HOUR_MS,
            "work_window_ms": HOUR_MS,
            "attempt": 1,
            "node_id": None,
            "barred": [],
            "submitted_at_ms": None,
            "review_ends_at_ms": None,
            "client_id": "client.near",
            "asset": "near",
            "storage": "0",
            "schema_hash": None,
            "created_at_ms": self.time_ms,
            "review_window_ms": 60_000,
            "check": 0,
            "claimed_at_ms": None,
            "work_ends_at_ms": None,
            "output_hash": None,
            "measurement_id": None,
            "signing_key": None,
            "ended_at_ms": None,
        } | changes

    def _market(self, method: str, args: dict[str, Any]) -> Any:
        if method == "get_config":
            return {
                "owner_id": None,
                "registry_id": "registry.near",
                "treasury_id": "treasury.near",
                "fee_bps": 100,
                "network": "sandbox",
                "instance": INSTANCE.hex(),
                "next_task_id": 9,
                "account_cost": "0",
            }
        if method == "get_account":
            return self._account(0)
        if method == "get_tasks":
            found = [self.tasks[n] for n in sorted(self.tasks) if n >= args["from_index"]]
            return {"tasks": [task for task in found if task["state"] == args["state"]], "next_index": None}
        task = self.tasks.get(args["task_id"])
        if method == "get_task":
            return task
        if task is None:
            raise Refusal("TASK_UNKNOWN: no task has this id")
        if method == "get_input":
            return base64.b64encode(self.inputs[args["task_id"]]).decode()
        return getattr(self, "_" + method)(task, args)

    def _claim_task(self, task: dict[str, Any], args: dict[str, Any]) -> bool:
        if task["state"] != "OPEN":
            raise Refusal("WRONG_STATE: not open")
        task |= {"state": "CLAIMED", "node_id": args["node_id"]}
        task["work_ends_at_ms"] = self.time_ms + task["work_window_ms"]
        return True

    def _release_claim(self, task: dict[str, Any], args: dict[str, Any]) -> None:
        task |= {"state": "OPEN", "attempt": task["attempt"] + 1, "barred": [self.account_id]}

    def _submit_result(self, task: dict[str, Any], args: dict[str, Any]) -> str:
        if task["state"] != "CLAIMED":
            raise Refusal("WRONG_STATE: not claimed")
        self._check_receipt("market.near", task["task_id"], task["attempt"], task["input_hash"], args)
        state = self.answers.pop(0) if self.answers else "SUBMITTED"
        task |= {"state": state, "submitted_at_ms": self.time_ms}
        task["review_ends_at_ms"] = self.time_ms + 60_000
        self.outputs[task["task_id"]] = base64.b64decode(args["output"])
        return state

    def _retry_verification(self, task: dict[str, Any], args: dict[str, Any]) -> str:
        task["state"] = "SUBMITTED"
        return "SUBMITTED"

    def _settle(self, task: dict[str, Any], args: dict[str, Any]) -> None:
        if self.time_ms < task["review_ends_at_ms"]:
            raise Refusal("REVIEW_OPEN: the client may still answer")
        task["state"] = "PAID"
