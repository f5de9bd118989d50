"""What is kept of a document judges as the document does."""

from __future__ import annotations

import json

import pytest
from attestation_verifier import forms
from hypothesis import given
from hypothesis import strategies as st
from sealwright_agents.simulated import Platform, SimulatedTee, TcbLevel
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import Case
from tee_attestation_verifier.intel.collateral import Collateral, as_bytes
from tee_attestation_verifier.intel.pck_extension import PckExtension
from tee_attestation_verifier.intel.qe_identity import parse_qe_identity
from tee_attestation_verifier.intel.status import PLATFORM_STATUSES
from tee_attestation_verifier.intel.tcb_info import TcbInfo, parse_tcb_info
from tee_attestation_verifier.intel.tcb_steps import platform_level
from tee_attestation_verifier.intel.trust import INTEL_ROOT
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto

NOW = 1_781_481_600
NOTHING = Collateral("", b"", b"", "", "", b"", "", "", b"")
FEW = st.integers(0, 2)
SVNS = st.builds(lambda first, third: bytes((first, 0, third)) + bytes(13), FEW, FEW)
LEVELS = st.lists(
    st.builds(
        TcbLevel,
        SVNS,
        st.integers(9, 11),
        SVNS,
        st.sampled_from(PLATFORM_STATUSES),
        advisory_ids=st.lists(st.sampled_from("ABCDE"), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


def answer(info: TcbInfo, pck: PckExtension, tee_tcb_svn: bytes) -> tuple[object, ...]:
    """The platform level that matches, or the code."""
    case = Case(b"", NOTHING, NOW, INTEL_ROOT, OpenSslCrypto())
    case.tcb_info, case.pck = info, pck
    try:
        level = platform_level(case, tee_tcb_svn)
    except Rejection as rejection:
        return (rejection.code,)
    return (level.rank(), level.status, level.date, level.advisory_ids)


@given(levels=LEVELS, cpu=SVNS, tdx=SVNS, pce_svn=st.integers(8, 12))
def test_platform_levels__match_as_in_the_document(
    levels: list[TcbLevel], cpu: bytes, tdx: bytes, pce_svn: int
) -> None:
    """In whatever order they stand, equal ones among them."""
    tee = SimulatedTee(b"forms", NOW, levels=tuple(levels))
    info = parse_tcb_info(as_bytes(tee.collateral().tcb_info))
    pck = PckExtension()
    pck.cpu_svn, pck.pce_svn = cpu, pce_svn
    kept = forms.unpack_tcb_info(forms.pack_tcb_info(info), "TDX")
    assert len(kept.levels) == len(levels)
    assert answer(kept, pck, tdx) == answer(info, pck, tdx)


def test_tcb_info__keeps_all_that_a_step_reads() -> None:
    tee = SimulatedTee(b"forms", NOW, platform=Platform(tee_tcb_svn=bytes((5, 1, 3)) + bytes(13)))
    info = parse_tcb_info(as_bytes(tee.collateral().tcb_info))
    kept = forms.unpack_tcb_info(forms.pack_tcb_info(info), "TDX")
    for name in ("kind", "issued", "fmspc", "pce_id", "evaluation_number"):
        assert getattr(kept, name) == getattr(info, name)
    assert vars(kept.module) == vars(info.module)
    assert kept.module_identities.keys() == info.module_identities.keys()
    for name, identity in info.module_identities.items():
        other = kept.module_identities[name]
        assert (other.signer, other.attributes) == (identity.signer, identity.attributes)
        assert [vars(level) for level in other.levels] == [vars(level) for level in identity.levels]


def test_qe_identity__keeps_all_but_its_window() -> None:
    identity = parse_qe_identity(as_bytes(SimulatedTee(b"forms", NOW).collateral().qe_identity))
    kept = forms.unpack_qe_identity(forms.pack_qe_identity(identity), "TD_QE")
    assert [vars(level) for level in kept.levels] == [vars(level) for level in identity.levels]
    for name in vars(kept):
        if name != "levels":
            assert getattr(kept, name) == getattr(identity, name), name


def test_advisories__beyond_what_a_form_holds_are_refused() -> None:
    tee = SimulatedTee(b"forms", NOW)
    text = json.loads(as_bytes(tee.collateral().tcb_info))
    text["tcbLevels"] = [
        {**text["tcbLevels"][0], "advisoryIDs": [f"A-{row}-{number}" for number in range(64)]}
        for row in range(5)
    ]
    info = parse_tcb_info(json.dumps(text).encode())
    with pytest.raises(ValueError, match="256 advisories"):
        forms.pack_tcb_info(info)
