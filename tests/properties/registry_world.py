"""A registry on the real VM, beside a verifier that answers as told.

`restart` rolls the chain back to just after the set-up, so each Hypothesis example starts
from the same block.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from node_registry.tests import reports
from sealwright.build import kept
from sealwright.build.interpreter import PROJECT
from sealwright_protocol import json_codec, verdict
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_sandbox import NEAR, TGAS, Account, CallFailed, Outcome, Pending, Sandbox

REGISTRY, VERIFIER = "registry.near", "verifier.near"
OPERATOR, RIVAL, STRANGER, OWNER = "operator.near", "rival.near", "stranger.near", "owner.near"
PEOPLE = (OPERATOR, RIVAL, STRANGER, OWNER)
POTS = ("prepaid", "owed", "locked", "bonded", "storage", "in_flight")
GENESIS_MS = 1_760_000_000_000
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
WEEK_MS = 7 * DAY_MS
PREPAID = NEAR
GAS = 200 * TGAS
BLOCKS_FOR_A_CHECK = 6
VERIFY_ARGS = b"quote and collateral, which the registry never reads"
SERVICES = [("sum", 5)]


def sound_registry() -> bytes:
    """The registry as it is in the sources."""
    return kept.wasm(PROJECT / "contracts" / "node_registry")


def verifier_stub() -> bytes:
    """The verifier that answers as told, built for tests only."""
    return kept.wasm(PROJECT / "tests" / "contracts" / "verifier_stub")


def key_of(number: int) -> bytes:
    return hashlib.sha256(b"signing key %d" % number).digest()


def key_text(number: int) -> str:
    return json_codec.text("k", key_of(number))


def node_id(account_id: str, label: str = "n1") -> str:
    return f"{label}.{account_id}"


class RegistryWorld:
    """Accounts by role, contracts deployed, one measurement approved, balances prepaid."""

    def __init__(self, registry_wasm: bytes, verifier_wasm: bytes) -> None:
        self.sandbox = Sandbox(genesis_time_ms=GENESIS_MS)
        self.people: dict[str, Account] = {}
        for account_id in PEOPLE:
            self.people[account_id] = self.sandbox.create_account(account_id, balance=1_000 * NEAR)
        verifier = self.sandbox.create_account(VERIFIER, balance=30 * NEAR)
        verifier.deploy(verifier_wasm)
        verifier.call(VERIFIER, "new", {}, gas=GAS)
        registry = self.sandbox.create_account(REGISTRY, balance=30 * NEAR)
        registry.deploy(registry_wasm)
        config = {"verifier_id": VERIFIER, "verifier_method": "verify_quote_with_validity"}
        registry.call(REGISTRY, "new", {"owner_id": OWNER, **config, "verifier_gas_tgas": 20}, gas=GAS)
        for account_id in (OPERATOR, RIVAL, OWNER):
            self.call("deposit", account_id, deposit=PREPAID)
        self.approve(reports.measurement_id())
        self._start = self.sandbox.snapshot()

    def restart(self) -> None:
        self.sandbox.rollback(self._start)

    # Calls

    def call(self, method: str, by: str, deposit: int = 0, **arguments: Any) -> Outcome:
        """A call to the registry. CallFailed with the contract's code when it is refused."""
        return self.people[by].call(REGISTRY, method, arguments, deposit=deposit, gas=GAS)

    def refused(self, method: str, by: str, deposit: int = 0, **arguments: Any) -> str | None:
        """The code with which a call is refused, None when it is not."""
        try:
            self.call(method, by, deposit, **arguments)
        except CallFailed as failed:
            return failed.code
        return None

    def decide(self, method: str, **arguments: Any) -> None:
        """A call by the owner."""
        self.call(method, OWNER, 1, **arguments)

    def approve(self, measurement_id: bytes) -> None:
        self.decide("approve_measurements", measurement_ids=[measurement_id.hex()], label="agent")

    def set_policy(self, **changed: Any) -> None:
        policy = self.view("get_policy")
        names = ("accepted_statuses", "advisory_grace", "platform_list", "max_age_ms", "removal_grace_ms")
        self.decide("set_policy", **{name: changed.get(name, policy[name]) for name in names})

    def tell(self, mode: str, answer: bytes | None = None) -> None:
        """How the verifier answers from now on."""
        arguments = {"mode": mode, "answer": None if answer is None else base64.b64encode(answer).decode()}
        self.people[STRANGER].call(VERIFIER, "tell", arguments, gas=GAS)

    def answer_later(self, answer: bytes) -> None:
        """Answer the oldest question that waits."""
        arguments = {"answer": base64.b64encode(answer).decode()}
        self.people[STRANGER].call(VERIFIER, "answer_later", arguments, gas=GAS)
        self.sandbox.produce_blocks(BLOCKS_FOR_A_CHECK)

    def wait(self, ms: int) -> None:
        """Let time pass."""
        self.sandbox.set_time(self.sandbox.block_time_ms + ms)
        self.sandbox.produce_blocks(1)

    @property
    def now_ms(self) -> int:
        return self.sandbox.block_time_ms

    # Nodes

    def challenge(self, by: str = OPERATOR) -> str:
        return str(self.call("request_challenge", by).value["challenge"])

    def verified(
        self,
        challenge: str,
        node: str = node_id(OPERATOR),
        key: int = 1,
        status: str = "UpToDate",
        advisories: list[str] | None = None,
        valid_ms: int = 30 * DAY_MS,
        binding: dict[str, Any] | None = None,
        **report: Any,
    ) -> bytes:
        """The verifier's answer to an honest quote; the arguments say what is not honest about it."""
        data = reports.report_data(challenge, node, key_of(key), **(binding or {}))
        told = reports.report(data, **report)
        return reports.verified(told, status, advisories or [], self.now_ms + valid_ms)

    def registration(self, challenge: str, node: str, key: int) -> bytes:
        """Borsh arguments of `register_node`."""
        keys = (key_of(key), reports.ENCRYPTION_KEY, reports.TLS_SPKI_HASH, bytes.fromhex(challenge))
        return RegisterNodeArgs(node, *keys, "https://node", "eu", SERVICES, VERIFY_ARGS).to_borsh()

    def register(
        self, challenge: str, node: str = node_id(OPERATOR), key: int = 1, by: str = OPERATOR
    ) -> str:
        """Register as the verifier was told: the outcome, a rejection's code, or a refusal's."""
        return self.run(by, "register_node", self.registration(challenge, node, key))

    def renew(self, challenge: str, node: str = node_id(OPERATOR), by: str = OPERATOR) -> str:
        """Renew as the verifier was told: the outcome, a rejection's code, or a refusal's."""
        args = RenewAttestationArgs(node, bytes.fromhex(challenge), VERIFY_ARGS).to_borsh()
        return self.run(by, "renew_attestation", args)

    def run(self, by: str, method: str, args: bytes) -> str:
        try:
            told = self.people[by].call(REGISTRY, method, args, gas=GAS).value
        except CallFailed as failed:
            return failed.code
        return str(told["code"] or told["outcome"])

    def start(
        self, challenge: str, node: str = node_id(OPERATOR), key: int = 1, by: str = OPERATOR
    ) -> Pending:
        """Register while the verifier takes its time."""
        args = self.registration(challenge, node, key)
        pending = self.people[by].submit(REGISTRY, "register_node", args, gas=GAS)
        self.sandbox.produce_blocks(BLOCKS_FOR_A_CHECK)
        return pending

    def enrol(self, key: int = 1, by: str = OPERATOR, **honest: Any) -> str:
        """Challenge, quote, registration."""
        challenge = self.challenge(by)
        self.tell("answer", self.verified(challenge, node_id(by), key, **honest))
        return self.register(challenge, node_id(by), key, by)

    def refresh(self, key: int = 1, **honest: Any) -> str:
        """Challenge, quote, renewal of the operator's node."""
        challenge = self.challenge()
        self.tell("answer", self.verified(challenge, key=key, **honest))
        return self.renew(challenge)

    def rejection(self, reason: str = "QUOTE_MALFORMED") -> bytes:
        """The verifier's answer to a quote that is not genuine."""
        return verdict.encode_verification_with_validity(verdict.Rejected(reason), 0)

    # What readers see

    def view(self, method: str, **arguments: Any) -> Any:
        return self.sandbox.view(REGISTRY, method, arguments)

    def validity(
        self, at_ms: int | None = None, node: str = node_id(OPERATOR), **asked: Any
    ) -> dict[str, Any]:
        found: dict[str, Any] = self.view("is_node_valid", node_id=node, at_ms=at_ms, **asked)
        return found

    def codes(self, at_ms: int | None = None, node: str = node_id(OPERATOR), **asked: Any) -> list[str]:
        """Why the node is not valid; empty when it is."""
        return [reason["code"] for reason in self.validity(at_ms, node, **asked)["reasons"]]

    def pots(self, account_id: str = OPERATOR) -> dict[str, int]:
        """Every pot of an account; zeros when it has no record."""
        page = self.view("get_account", account_id=account_id) or {}
        return {pot: int(page.get(pot, "0")) for pot in POTS}

    def worth(self, account_id: str = OPERATOR) -> int:
        """All an account has in the registry."""
        return sum(self.pots(account_id).values())
