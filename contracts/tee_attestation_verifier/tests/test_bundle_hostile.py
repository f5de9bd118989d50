"""Hostile bundles: whatever is in the file, it is refused by ValueError or judged; nothing else ever comes out."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sealwright_agents.simulated import SimulatedGuest, SimulatedTee
from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.offchain.bundle_case import BundleCase, Trust
from tee_attestation_verifier.offchain.bundle_claims import CLAIMS
from tee_attestation_verifier.offchain.bundle_file import (
    Bundle,
    ConfigDocument,
    Expected,
    read_bundle,
    write_bundle,
)
from tee_attestation_verifier.offchain.explain import explain
from tee_attestation_verifier.offchain.findings import FAIL, judge_claims

NOW = 1_781_481_600
TEE = SimulatedTee(b"hostile", NOW)
GUEST = SimulatedGuest('{"runner": "docker-compose"}', (("app", b"\1"),))
MEMBERS: dict[str, Any] = json.loads(
    write_bundle(
        Bundle(
            NOW,
            TEE.quote(bytes(64), measurements=GUEST.measurements()),
            TEE.collateral(),
            TEE.root_der,
            list(GUEST.event_log()),
            GUEST.app_compose,
            ConfigDocument("{}"),
            Expected("image", {"mr_td": bytes(48)}),
        )
    )
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("\ud800") | st.just("00" * 48)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


PLACES = places(MEMBERS)[1:]


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    members = copy.deepcopy(MEMBERS)
    holder = members
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return members


def judged(text: str) -> int:
    """How many claims were judged; 0 for a file or a root that is refused."""
    try:
        case = BundleCase(read_bundle(text), Trust())
    except (ValueError, Rejection):
        return 0
    findings = judge_claims(CLAIMS, case)
    for finding in findings:
        if finding.result == FAIL:
            rejection = Rejection(finding.code or "", finding.detail)
            assert explain(rejection, case.bundle.quote, case.bundle.collateral, NOW).lines()
    return len(findings)


@given(st.sampled_from(PLACES), VALUES)
def test_bundle__with_anything_anywhere_is_refused_or_judged(place: tuple[Any, ...], value: Any) -> None:
    assert judged(json.dumps(changed(place, value))) in (0, len(CLAIMS))


@given(st.sampled_from(PLACES), st.data())
def test_bundle__with_an_altered_text_is_refused_or_judged(
    place: tuple[Any, ...], data: st.DataObject
) -> None:
    value: Any = MEMBERS
    for key in place:
        value = value[key]
    if isinstance(value, str) and value:
        start = data.draw(st.integers(0, len(value)))
        stop = data.draw(st.integers(start, min(len(value), start + 4)))
        value = (
            value[:start]
            + data.draw(st.text(max_size=3) | st.sampled_from(["\ud800", "00", "ff"]))
            + value[stop:]
        )
    assert judged(json.dumps(changed(place, value))) in (0, len(CLAIMS))


@given(st.text(max_size=200) | VALUES.map(json.dumps))
def test_bundle__of_anything_is_refused(text: str) -> None:
    assert judged(text) == 0


def test_bundle__refuses_half_a_character_wherever_text_stands() -> None:
    for place in (
        ("app_compose",),
        ("expected", "image"),
        ("collateral", "tcb_info"),
        ("config_preimage", "document"),
    ):
        assert judged(json.dumps(changed(place, "\ud800"))) == 0
    assert judged(json.dumps(MEMBERS)) == len(CLAIMS)
