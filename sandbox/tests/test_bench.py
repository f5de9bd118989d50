"""The bench functions run and return numbers; how large is not a test's business."""

import pytest
from sealwright_sandbox._engine import EngineError
from sealwright_sandbox.bench import (
    Subject,
    bare_vm_calls_per_second,
    calls_per_second,
    cold_start_ms,
    pooled_calls_per_second,
    snapshot_times,
)


def test_bench__returns_numbers(tiny: bytes) -> None:
    subject = Subject(tiny, "put", b"1", others=[tiny])
    assert calls_per_second(subject, calls=3, runs=1) > 0
    assert pooled_calls_per_second(subject, calls=3, runs=1) > 0
    assert cold_start_ms(subject, runs=1) > 0
    assert snapshot_times(rounds=2).take > 0


def test_bare_vm__counts_calls_and_names_what_fails(tiny: bytes) -> None:
    assert bare_vm_calls_per_second(Subject(tiny, "put", b"x"), calls=5, runs=1) > 0
    with pytest.raises(EngineError, match=r"refuse.*TOO_EARLY"):
        bare_vm_calls_per_second(Subject(tiny, "refuse", b"x"), calls=5, runs=1)
