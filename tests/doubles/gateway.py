"""A broken gateway for each guarantee of docs/spec/agent-gateway.md."""

from __future__ import annotations

from tests.doubles.double import Double, Edit


def _gateway(identifier: str, breaks: str, *edits: tuple[str, str, str]) -> Double:
    return Double(identifier, "agent_gateway", breaks, tuple([Edit(*edit) for edit in edits]))


GATEWAY_DOUBLES = (
    _gateway(
        "GATEWAY-1",
        "a request that was settled can be settled again",
        ("agent_gateway/settling.py", "    REQUESTS.remove(request_id)\n", ""),
    ),
    _gateway(
        "GATEWAY-2",
        "the signature is verified and the verdict ignored",
        (
            "agent_gateway/answering.py",
            "require(env.ed25519_verify(signature, signed, check.signing_key), errors.BAD_SIGNATURE)",
            "env.ed25519_verify(signature, signed, check.signing_key)",
        ),
    ),
    _gateway(
        "GATEWAY-3",
        "a request that timed out is called answered",
        ("agent_gateway/settling.py", '"status": "timed_out"', '"status": "answered"'),
    ),
    _gateway(
        "GATEWAY-4",
        "the reward is paid when the request is resumed",
        (
            "agent_gateway/answering.py",
            "    books.attach(account_id, NO_CAP)\n",
            "    books.attach(account_id, NO_CAP)\n"
            "    books.pay(request.requester_id, account_id, request.reward)\n"
            "    request.reward = 0\n"
            "    REQUESTS.put(check.request_id, request)\n",
        ),
    ),
    _gateway(
        "GATEWAY-5",
        "answers are taken until the timeout itself",
        (
            "agent_gateway/requests.py",
            "return not self.answered_by and height < self.respond_before_height()",
            "return not self.answered_by",
        ),
    ),
    _gateway(
        "GATEWAY-6",
        "a stored output is replaced by a later one",
        (
            "agent_gateway/answering.py",
            "        require(stored == output, errors.OUTPUT_IMMUTABLE)\n",
            "        OUTPUTS.put(key, output)\n",
        ),
    ),
    _gateway(
        "GATEWAY-7",
        "a settled request keeps its storage price",
        (
            "agent_gateway/settling.py",
            "    books.return_storage(request.requester_id, request.storage)\n",
            "",
        ),
    ),
    _gateway(
        "GATEWAY-8",
        "the callback's gas does not depend on the output",
        (
            "agent_gateway/limits.py",
            "return GAS_FOR_SETTLEMENT_TGAS + started_kib(max_output_bytes)",
            "return 1",
        ),
    ),
)
