"""node_registry as a script: registers and renews whatever is asked for."""

from typing import Any

import base58
from sealwright_protocol.client.node_registry import Prices
from sealwright_protocol.registry import RegisterNodeArgs, RenewAttestationArgs

from offchain_agents.tests.fake_contracts import MEASUREMENT_ID, FakeContracts


class FakeRegistry(FakeContracts):
    """The registry's part of the suite."""

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
