"""A simulated TEE: genuine formats, throw-away root.

    tee = SimulatedTee(seed=b"node-1", now=1_781_481_600)      # unix seconds
    tee.root_der                                               # pin this in a test verifier
    quote = tee.quote(report_data)                             # bytes: TDX v4 quote, 64-byte report_data
    quote = tee.quote(report_data, mrtd=..., rtmr=(r0, r1, r2, r3), mr_config_id=...)
    collateral = tee.collateral()                              # tee_attestation_verifier Collateral
    collateral = tee.collateral(now=later)                     # the same platform, fresh lists and dates

Everything is derived from the seed: the same seed, times and arguments give the same bytes. Two TEEs with
one `root_seed` share a root (and so one test verifier) but are different machines:

    SimulatedTee(b"node-2", now, root_seed=b"node-1")

`Platform` sets the hardware (SVNs, FMSPC, PPID), `TcbLevel` what the simulated Intel says about it
(`SimulatedTee(..., levels=...)`), `Bends` edits any part before it is signed again, for tests.

`SimulatedGuest` is a dstack guest: its event log and the measurements that go with it.

No hardware protects these keys: whoever knows the seed can quote anything. The quote provider built on this
module is refused outside a sandbox, and a verifier accepts it only when the test root was named at `new`.
"""

from sealwright_agents.simulated.dstack import SimulatedGuest
from sealwright_agents.simulated.levels import TcbLevel
from sealwright_agents.simulated.platform import Platform, TdMeasurements
from sealwright_agents.simulated.tee import Bends, SimulatedTee

__all__ = ["Bends", "Platform", "SimulatedGuest", "SimulatedTee", "TcbLevel", "TdMeasurements"]
