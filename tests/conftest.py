"""What every suite shares: Hypothesis profiles, released contracts, sample folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = PROJECT / "contracts" / "release"
SHARED = PROJECT.parent / "shared"

# A chain example takes tens of milliseconds, so Hypothesis' own deadlines and speed checks say nothing here.
_COMMON: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
}
settings.register_profile("dev", max_examples=8, stateful_step_count=15, **_COMMON)
settings.register_profile("ci", max_examples=25, stateful_step_count=25, derandomize=True, **_COMMON)
settings.register_profile("deep", max_examples=1_000, stateful_step_count=60, **_COMMON)
# A double only has to be caught, not explained: no shrinking.
settings.register_profile(
    "doubles", settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate), print_blob=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session")
def release() -> Path:
    """The folder with the released wasm; run `make contracts` when it is stale."""
    return RELEASE


@pytest.fixture(scope="session")
def attestation_samples() -> Path:
    """The folder with real and synthetic quotes; skips where it is absent."""
    folder = SHARED / "attestation"
    if not folder.is_dir():
        pytest.skip("the attestation samples stand beside the project, and are not here")
    return folder
