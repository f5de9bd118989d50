"""A verifier on the real VM whose collateral several people keep; its Intel is simulated.

`restart` rolls the chain back to just after the set-up. Days count from NOW, the time of the set-up.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

from sealwright.build import kept
from sealwright.build.interpreter import PROJECT
from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_agents.simulated.pki import CrlSpec
from sealwright_protocol import borsh
from sealwright_protocol.verdict import (
    Collateral,
    Rejected,
    VerifiedReport,
    decode_verification_with_validity,
    encode_verify_args,
)
from sealwright_sandbox import NEAR, TGAS, CallFailed, Outcome, Sandbox
from tee_attestation_verifier.intel.collateral import as_bytes
from tee_attestation_verifier.pem import read_chain
from tee_attestation_verifier.x509 import parse_certificate

VERIFIER = "verifier.near"
PAYERS = ("first.near", "second.near", "third.near")
NOW = 1_781_481_600
DAY = 86_400
GAS = 300 * TGAS
PREPAID = 5 * NEAR
EARLY_STATUS = "OutOfDate"
CA_SERIAL, TCB_SIGNER_SERIAL = 2, 3


def sound_verifier() -> bytes:
    """The verifier as it is in the sources."""
    return kept.wasm(PROJECT / "contracts" / "attestation_verifier")


def moment(day: int) -> int:
    """Unix seconds of a day counted from the set-up."""
    return NOW + day * DAY


def tee(
    number: int = 18, status: str = "UpToDate", revoked: tuple[int, ...] = (), **bends: Any
) -> SimulatedTee:
    """The one machine of this world, under the evaluation `number`; the root's list names `revoked`."""

    def evaluate(info: dict[str, Any]) -> None:
        info["tcbEvaluationDataNumber"] = number
        info["tcbLevels"][0]["tcbStatus"] = status

    def identify(identity: dict[str, Any]) -> None:
        identity["tcbEvaluationDataNumber"] = number

    def revoke(issuer: str, spec: CrlSpec) -> CrlSpec:
        # A later list has a higher number, as RFC 5280 wants it.
        listed = revoked if issuer == "root" else ()
        return replace(spec, revoked=listed, number=spec.this_update)

    return SimulatedTee(
        b"kept", NOW, bends=Bends(tcb_info=evaluate, qe_identity=identify, crl=revoke, **bends)
    )


QUOTE = tee().quote(bytes(range(64)))
FMSPC = tee().platform.fmspc.hex()


def authority_of(machine: SimulatedTee) -> str:
    """What names the machine's PCK CA: SHA-256 of its subject and key, in hexadecimal."""
    chain = as_bytes(machine.collateral().pck_crl_issuer_chain)
    issuer = parse_certificate(read_chain(chain, 2, "CRL chain")[0])
    return hashlib.sha256(issuer.subject + issuer.public_key).hexdigest()


AUTHORITY = authority_of(tee())


class KeptWorld:
    """The verifier, and three people who put collateral into it."""

    def __init__(self, wasm: bytes) -> None:
        self.sandbox = Sandbox(genesis_time_ms=NOW * 1000)
        self.people = {each: self.sandbox.create_account(each, balance=100 * NEAR) for each in PAYERS}
        self.verifier = self.sandbox.create_account(VERIFIER, balance=20 * NEAR)
        root = {"root": base64.b64encode(tee().root_der).decode()}
        self.verifier.batch().deploy(wasm).function_call("new", root, gas=GAS).send()
        for each in PAYERS:
            self.call("deposit", each, deposit=PREPAID)
        self._start = self.sandbox.snapshot()

    def restart(self) -> None:
        self.sandbox.rollback(self._start)

    def call(self, method: str, by: str, deposit: int = 0, **arguments: Any) -> Outcome:
        """A call to the verifier. CallFailed with the contract's code when it is refused."""
        return self.people[by].call(VERIFIER, method, arguments, deposit=deposit, gas=GAS)

    def put(self, machine: SimulatedTee, day: int = 0, by: str = PAYERS[0]) -> str | None:
        """Put what was published on that day; the code when it is refused, None when it is kept."""
        collateral = Collateral(**vars(machine.collateral(moment(day))))
        arguments = encode_verify_args(b"", collateral)[4:]
        try:
            self.people[by].call(VERIFIER, "put_collateral", arguments, gas=GAS)
        except CallFailed as failed:
            return failed.code
        return None

    def judge(self, minimum: int = 0) -> VerifiedReport | Rejected | str:
        """What the kept collateral says of the quote; the code when the call is refused."""
        arguments = borsh.pack("bI", (QUOTE, minimum))
        try:
            outcome = self.people[PAYERS[0]].call(VERIFIER, "verify_quote_stored", arguments, gas=GAS)
        except CallFailed as failed:
            return failed.code or str(failed)
        return decode_verification_with_validity(outcome.raw)[0]

    def advance(self, day: int) -> None:
        """Go to that day, unless it has passed."""
        self.sandbox.set_time(max(self.sandbox.block_time_ms, moment(day) * 1000))
        self.sandbox.produce_blocks(1)

    def parts(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Every kept part by its name and evaluation (0 for lists)."""
        asked = {"tee": "TDX", "fmspc": FMSPC, "authority": AUTHORITY}
        shown = self.sandbox.view(VERIFIER, "get_collateral", asked)
        found = {(name, 0): shown[name] for name in ("root_crl", "pck_crl") if shown[name] is not None}
        for name in ("tcb_infos", "qe_identities"):
            found.update({(name, each["evaluation_number"]): each for each in shown[name]})
        return found

    def account(self, account_id: str) -> dict[str, Any]:
        """Every pot of an account."""
        pots: dict[str, Any] = self.sandbox.view(VERIFIER, "get_account", {"account_id": account_id})
        return pots
