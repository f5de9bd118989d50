"""The suite on the versions of the protocol that it supports: 85 and up.

Bit for bit the sandbox is compared with a real node at 86 alone; at the others it takes fees, limits and
features from nearcore's own tables. `NEAR_PROTOCOL_VERSION=87 pytest ...` runs any test at another version.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sealwright.bench.contract_group import method_gas
from sealwright.places import RELEASE
from sealwright_sandbox import CallFailed, Sandbox

HERE = Path(__file__).parent
SUITE = ["test_agent_gateway.py", "test_node_registry.py", "test_task_market.py", "test_verifier_on_chain.py"]
OTHERS = [85, 87, 88]
RECORDS = 20
MOVE = 0.001  # storage gas depends on ids, ids on the genesis


@pytest.mark.slow
@pytest.mark.parametrize("version", OTHERS)
def test_suite__passes_at(version: int) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *(str(HERE / name) for name in SUITE),
    ]
    environment = os.environ | {"NEAR_PROTOCOL_VERSION": str(version)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout


def test_gas__is_the_same_at_every_version() -> None:
    usual = method_gas(RECORDS, 86)
    for version in OTHERS:
        found = method_gas(RECORDS, version)
        moved = {name: gas for name, gas in found.items() if abs(gas - usual[name]) > MOVE * usual[name]}
        assert not moved, f"at {version} (usual gas: {usual})"


def test_version_84__cannot_link_the_contracts() -> None:
    # p256_verify and chain_id came with 85.
    with Sandbox(protocol_version=84) as sandbox:
        registry = sandbox.create_account("registry")
        registry.deploy((RELEASE / "node_registry.wasm").read_bytes())
        with pytest.raises(CallFailed, match="Link Error: unknown or invalid import"):
            sandbox.treasury.call(registry.account_id, "get_policy")
