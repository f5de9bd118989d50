"""The same judgement by the released contract, in an embedded NEAR node with its clock set."""

from __future__ import annotations

import base64

from sealwright_protocol.verdict import Collateral as WireCollateral
from sealwright_protocol.verdict import (
    Rejected,
    VerifiedReport,
    decode_verification_result,
    encode_verify_args,
)
from sealwright_sandbox import CallFailed, Sandbox
from tee_attestation_verifier.intel.collateral import Collateral

from sealwright.places import RELEASE
from sealwright.verify.inputs import UsageError
from sealwright.verify.outcome import Outcome

RELEASED = RELEASE / "attestation_verifier.wasm"
TGAS = 10**12
CALL_GAS = 300 * TGAS
GENESIS_MS = 1_000  # the clock only moves forward: every date a certificate knows lies ahead
EARLIEST = 3_600  # the blocks that deploy the contract come before
LATEST = 18_000_000_000  # a block keeps its time in nanoseconds, in 64 bits


class VerifierOnChain:
    """A throw-away sandbox with nothing but the verifier; each judgement starts from the same state."""

    def __init__(self, wasm: bytes, root_der: bytes | None = None) -> None:
        """Deploy with Intel's root, or with the DER of a test root. CallFailed when the contract refuses it."""
        self._sandbox = Sandbox(genesis_time_ms=GENESIS_MS)
        self._account = self._sandbox.create_account("verifier")
        arguments = {} if root_der is None else {"root": base64.b64encode(root_der).decode()}
        self._account.batch().deploy(wasm).function_call("new", arguments, gas=30 * TGAS).send()
        self._deployed = self._sandbox.snapshot()

    def ask(
        self,
        quote: bytes,
        collateral: Collateral,
        at: int,
        method: str = "verify_quote",
        caller: str | None = None,
    ) -> tuple[bytes, int]:
        """The raw answer of a method in a block of exactly that time (Unix seconds), and the receipt's gas.

        The account calls itself: such a receipt runs in the block that takes the transaction, so its clock is
        the one that was set; another `caller` is heard a block later. The gas is what the receipt burns, the
        contract's loading included.
        """
        self._sandbox.rollback(self._deployed)
        asking = self._account if caller is None else self._sandbox.create_account(caller)
        self._sandbox.set_time(at * 1000)
        arguments = encode_verify_args(quote, WireCollateral(**vars(collateral)))
        done = asking.call(self._account.account_id, method, arguments, gas=CALL_GAS)
        (receipt,) = (each for each in done.receipts if each.method == method)
        return done.raw, receipt.gas_burnt

    def judge(self, quote: bytes, collateral: Collateral, at: int) -> tuple[VerifiedReport | Rejected, int]:
        """The verdict of `verify_quote`, and the receipt's gas."""
        raw, gas = self.ask(quote, collateral, at)
        return decode_verification_result(raw), gas


def judge_on_chain(quote: bytes, collateral: Collateral, at: int, root_der: bytes | None) -> Outcome:
    """Judge with the released contract. UsageError when there is none, or when the date cannot be a block's."""
    if not RELEASED.is_file():
        raise UsageError(f"{RELEASED} is missing: `sealwright build` makes it")
    if not EARLIEST <= at < LATEST:
        raise UsageError(f"no block can have the time {at}")
    try:
        verdict, gas = VerifierOnChain(RELEASED.read_bytes(), root_der).judge(quote, collateral, at)
    except CallFailed as failed:
        raise UsageError(f"the contract could not judge: {failed}") from None
    outcome = Outcome(gas=gas)
    if isinstance(verdict, Rejected):
        code, _, detail = verdict.reason.partition(": ")
        outcome.refuse(code, detail)
        return outcome
    outcome.status, outcome.advisory_ids = verdict.status, list(verdict.advisory_ids)
    outcome.claims = _facts(verdict)
    return outcome


def _facts(verdict: VerifiedReport) -> dict[str, str]:
    """What the wire format says, as text."""
    facts = {
        "platform_status": verdict.platform_status[0],
        "qe_status": verdict.qe_status[0],
        "ppid": verdict.ppid.hex(),
    }
    for name in ("mr_td", "rt_mr0", "rt_mr1", "rt_mr2", "rt_mr3", "mr_config_id", "mr_enclave", "mr_signer"):
        if hasattr(verdict.report, name):
            facts[name] = getattr(verdict.report, name).hex()
    facts["report_data"] = verdict.report.report_data.hex()
    return facts
