"""The simulated TEE as a quote provider: for demo and tests, refused outside a sandbox.

Its quotes have the real format, but a throw-away root signs them: only a verifier that was created
with that root accepts them. It still must never run on a public network, where somebody might take
its node for a protected one; so it starts only on a chain whose id says that it is a sandbox.
"""

from sealwright_protocol.verdict import Collateral
from sealwright_protocol.wire import Measurement

from sealwright_agents.errors import QuoteFailed
from sealwright_agents.quotes.provider import Evidence
from sealwright_agents.simulated import SimulatedTee, TdMeasurements

SANDBOX_CHAINS = ("sandbox", "localnet")
SANDBOX_PREFIXES = ("sandbox-", "test-chain-")

# The part of `mr_config_id` that says: version 1, a compose hash follows.
CONFIG_ID_V1 = b"\x01"


def is_sandbox(chain_id: str) -> bool:
    """Whether a network's id is one that only sandboxes use."""
    return chain_id in SANDBOX_CHAINS or chain_id.startswith(SANDBOX_PREFIXES)


class SimulatedQuotes:
    """Quotes of a pretended machine, named by `seed`, under the root named by `root_seed`."""

    name = "simulated"

    def __init__(self, chain_id: str, seed: str, root_seed: str, compose_hash: bytes = bytes(32)) -> None:
        """Raises QuoteFailed on any chain that is not a sandbox. `compose_hash` has 32 bytes."""
        if not is_sandbox(chain_id):
            raise QuoteFailed(f"the simulated TEE is refused on {chain_id!r}: it protects nothing")
        self._seed, self._root_seed = seed.encode(), root_seed.encode()
        self._td = TdMeasurements(mr_config_id=CONFIG_ID_V1 + compose_hash + bytes(15))
        self._compose_hash = compose_hash

    @property
    def measurement(self) -> Measurement:
        """What the registry's owner must approve for this pretended code."""
        return Measurement(self._td.mrtd, *self._td.rtmr[:3], self._compose_hash)

    @property
    def root_der(self) -> bytes:
        """The throw-away root certificate (DER) that the test verifier must be created with."""
        return self._tee(now_ms=0).root_der

    def evidence(self, report_data: bytes, now_ms: int) -> Evidence:
        """As QuoteProvider says."""
        tee = self._tee(now_ms)
        collateral = tee.collateral()
        fields = [getattr(collateral, name) for name in Collateral.FIELDS]
        return Evidence(tee.quote(report_data, measurements=self._td), Collateral(*fields))

    def _tee(self, now_ms: int) -> SimulatedTee:
        return SimulatedTee(self._seed, now_ms // 1000, root_seed=self._root_seed)
