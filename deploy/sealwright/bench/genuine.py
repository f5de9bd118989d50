"""The genuine pairs that figures are measured on.

Those of `../shared/attestation/real` where that folder is present, else the one that the demo uses: the figures of
a machine without it are of one pair, and cheaper than the worst.
"""

from __future__ import annotations

import json

from sealwright.places import CONTRACTS
from sealwright.samples import GenuinePair, genuine_pairs

GENUINE = CONTRACTS.parents[1] / "shared" / "attestation" / "real"


def all_pairs() -> list[GenuinePair]:
    """Every genuine quote at hand, with its collateral and a moment at which both are valid."""
    if not GENUINE.is_dir():
        return list(genuine_pairs().values())
    return [
        GenuinePair(
            folder.name,
            folder / "quote.bin",
            folder / "collateral.json",
            json.loads((folder / "expected.json").read_text())["now"],
        )
        for folder in sorted(each for each in GENUINE.iterdir() if each.is_dir())
    ]
