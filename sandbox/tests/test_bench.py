"""The bench functions run and return numbers; how large is not a test's business."""

from sealwright_sandbox.bench import (
    Subject,
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
