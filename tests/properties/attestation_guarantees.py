"""What docs/spec/attestation.md guarantees, as properties of any wasm that claims to keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sealwright.verify.on_chain import VerifierOnChain
from sealwright_agents.simulated import Bends, SimulatedTee
from sealwright_protocol.verdict import Rejected, VerifiedReport
from tee_attestation_verifier.intel.collateral import Collateral

NOW = 1_781_481_600
DAY = 86_400
TEE = SimulatedTee(b"guarantees", NOW)
SIGNED = (
    "pck",
    "pck_ca",
    "tcb_signer",
    "root_crl",
    "pck_crl",
    "tcb_info",
    "qe_identity",
    "qe_report",
    "quote",
)
FIELDS = Collateral.FIELDS[:9]


def attest_1(wasm: bytes) -> None:
    """ATTEST-1: Verified only if every signature leads to the root."""
    verifier = VerifierOnChain(wasm, TEE.root_der)
    assert isinstance(verifier.judge(TEE.quote(bytes(64)), TEE.collateral(), NOW)[0], VerifiedReport)

    @given(st.sampled_from(SIGNED))
    def forged(artefact: str) -> None:
        tee = SimulatedTee(b"guarantees", NOW, bends=Bends(signer={artefact: "rogue"}))
        verdict, _ = verifier.judge(tee.quote(bytes(64)), tee.collateral(), NOW)
        assert isinstance(verdict, Rejected), artefact

    forged()


def attest_2(wasm: bytes) -> None:
    """ATTEST-2: the answer depends on the bytes and the time, not on who asks."""
    verifier = VerifierOnChain(wasm, TEE.root_der)

    @given(
        st.text(alphabet="abcdefgh", min_size=2, max_size=40),
        st.sampled_from([-2 * DAY, 0, 29 * DAY, 31 * DAY]),
    )
    def asked(name: str, later: int) -> None:
        quote, collateral = TEE.quote(bytes(64)), TEE.collateral()
        own, _ = verifier.ask(quote, collateral, NOW + later)
        assert verifier.ask(quote, collateral, NOW + later, caller=f"{name}.near")[0] == own

    asked()


def attest_3(wasm: bytes) -> None:
    """ATTEST-3: whatever decodes is answered."""
    verifier = VerifierOnChain(wasm, TEE.root_der)

    @given(st.sampled_from(["quote", *FIELDS]), st.binary(max_size=40), st.integers(0, 6_000), st.booleans())
    def broken(field: str, octets: bytes, at: int, cut: bool) -> None:
        quote, collateral = TEE.quote(bytes(64)), TEE.collateral()
        value: Any = quote if field == "quote" else getattr(collateral, field)
        new: Any = octets.decode("latin-1") if isinstance(value, str) else octets
        changed = value[:at] + new + value[len(value) if cut else at + len(new) :]
        if field == "quote":
            quote = changed
        else:
            setattr(collateral, field, changed)
        assert isinstance(verifier.judge(quote, collateral, NOW)[0], (VerifiedReport, Rejected))

    broken()


GUARANTEES: dict[str, Callable[[bytes], None]] = {
    "ATTEST-1": attest_1,
    "ATTEST-2": attest_2,
    "ATTEST-3": attest_3,
}
