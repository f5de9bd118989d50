"""task_market as a script: the states of a task, and a check of the submitted signature."""

import base64
from typing import Any

from sealwright_agents import signer

from offchain_agents.tests.fake_contracts import HOUR_MS, INSTANCE, FakeContracts
from offchain_agents.tests.fake_node import Refusal


class FakeMarket(FakeContracts):
    """The market's part of the suite."""

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
