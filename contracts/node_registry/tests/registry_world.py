"""A registry on the in-memory chain, with the test playing operator, owner and verifier."""

from __future__ import annotations

from typing import Any

from common.shim.harness import Contract, Done
from node_registry.tests import reports
from sealwright_protocol import verdict
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs
from sealwright_protocol.scalars import key_text as key_text

NEAR = 10**24
OWNER = "owner.near"
OPERATOR = "operator.near"
NODE = "node-1.operator.near"
VERIFIER = "verifier.near"
DAY_MS = 24 * 60 * 60 * 1000
KEY = b"\x01" * 32
OTHER_KEY = b"\x02" * 32


class RegistryWorld:
    """A registry, an operator with a prepaid balance, one approved measurement."""

    def __init__(self, method: str = "verify_quote") -> None:
        self.contract = Contract("node_registry", "registry.near")
        self.chain = self.contract.chain
        arguments = {"owner_id": OWNER, "verifier_id": VERIFIER, "verifier_method": method}
        self.contract.call("new", {**arguments, "verifier_gas_tgas": 100})
        for account_id in (OPERATOR, OWNER, "rival.near"):
            self.contract.call("deposit", predecessor=account_id, deposit=NEAR)
        self.approve(reports.measurement_id())

    # What the enclave and the verifier would say

    def report_data(self, challenge: str, node_id: str = NODE, key: bytes = KEY, **changed: Any) -> bytes:
        return reports.report_data(challenge, node_id, key, **changed)

    def verified(
        self,
        report: verdict.Report,
        status: str = "UpToDate",
        advisory_ids: list[str] | None = None,
        valid_until_ms: int | None = None,
    ) -> bytes:
        return reports.verified(report, status, advisory_ids, valid_until_ms)

    # What accounts do

    def approve(self, measurement_id: bytes) -> None:
        arguments = {"measurement_ids": [measurement_id.hex()], "label": "agent 1.0"}
        self.contract.call("approve_measurements", arguments, predecessor=OWNER, deposit=1)

    def set_policy(self, **changed: Any) -> None:
        policy = self.contract.view("get_policy")
        names = ("accepted_statuses", "advisory_grace", "platform_list", "max_age_ms", "removal_grace_ms")
        arguments = {name: changed.get(name, policy[name]) for name in names}
        self.contract.call("set_policy", arguments, predecessor=OWNER, deposit=1)

    def challenge(self, account_id: str = OPERATOR) -> str:
        return str(self.contract.call("request_challenge", predecessor=account_id).value["challenge"])

    def start(self, challenge: str, node_id: str = NODE, key: bytes = KEY, caller: str = OPERATOR) -> Done:
        services = [("summarise", 5), ("translate", 7)]
        keys = (key, reports.ENCRYPTION_KEY, reports.TLS_SPKI_HASH, bytes.fromhex(challenge))
        args = RegisterNodeArgs(node_id, *keys, "https://node.example", "eu-west", services, b"untouched")
        return self.contract.call("register_node", args.to_borsh(), predecessor=caller)

    def start_renewal(self, challenge: str, node_id: str = NODE, caller: str = OPERATOR) -> Done:
        args = RenewAttestationArgs(node_id, bytes.fromhex(challenge), b"untouched")
        return self.contract.call("renew_attestation", args.to_borsh(), predecessor=caller)

    def answer(self, started: Done, verdict_bytes: bytes | None) -> Done:
        """The verifier's answer reaches the callback of a call that was started."""
        callback = started.promises[-1].actions[0]
        return self.contract.callback(callback.method, callback.args, verdict_bytes)

    def register(self, node_id: str = NODE, key: bytes = KEY, caller: str = OPERATOR, **report: Any) -> Done:
        challenge = self.challenge(caller)
        started = self.start(challenge, node_id, key, caller)
        quoted = reports.report(self.report_data(challenge, node_id, key), **report)
        return self.answer(started, self.verified(quoted))

    def renew(self, key: bytes = KEY, **report: Any) -> Done:
        challenge = self.challenge()
        started = self.start_renewal(challenge)
        return self.answer(
            started, self.verified(reports.report(self.report_data(challenge, NODE, key), **report))
        )

    # What can be seen

    def validity(self, at_ms: int | None = None, **asked: Any) -> dict[str, Any]:
        arguments = {"node_id": NODE, "at_ms": at_ms, **asked}
        found: dict[str, Any] = self.contract.view("is_node_valid", arguments)
        return found

    def codes(self, at_ms: int | None = None, **asked: Any) -> list[str]:
        return [reason["code"] for reason in self.validity(at_ms, **asked)["reasons"]]

    def account(self, account_id: str = OPERATOR) -> dict[str, Any]:
        found: dict[str, Any] = self.contract.view("get_account", {"account_id": account_id})
        return found

    def chain_storage(self) -> int:
        """Bytes of state in use."""
        return sum(40 + len(key) + len(value) for key, value in self.chain.storage.items())

    def wait(self, duration_ms: int) -> int:
        self.chain.block_ms += duration_ms
        self.chain.block_height += max(1, duration_ms // 1000)
        return self.chain.block_ms
