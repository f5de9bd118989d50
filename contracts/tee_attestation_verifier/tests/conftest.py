"""Samples and a minted case for the verifier's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "attestation"

settings.register_profile(
    "verifier", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "verifier-deep", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("verifier-deep" if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else "verifier")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder with real and synthetic quotes; skips where it is absent."""
    if not SAMPLES.is_dir():
        pytest.skip("the attestation samples stand beside the project, and are not here")
    return SAMPLES
