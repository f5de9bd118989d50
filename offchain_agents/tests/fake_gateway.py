"""agent_gateway as a script: one answer a request, if its signature is right."""

import base64
from typing import Any

from sealwright_agents import signer

from offchain_agents.tests.fake_contracts import INSTANCE, FakeContracts
from offchain_agents.tests.fake_node import Refusal


class FakeGateway(FakeContracts):
    """The gateway's part of the suite."""

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
            answer: dict[str, Any] = self.answers.pop(0)
            return answer
        del self.requests_open[number]
        self.outputs[number] = base64.b64decode(args["output"])
        return {"outcome": "accepted", "request_id": number, "node_id": args["node_id"], "reasons": []}
