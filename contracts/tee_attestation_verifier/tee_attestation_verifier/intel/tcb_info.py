"""TCB info (version 3): which security versions of a processor family Intel holds to be current."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.status import COMPONENT_STATUSES, PLATFORM_STATUSES, Level
from tee_attestation_verifier.members import items, member, members, number, octets, text
from tee_attestation_verifier.scan import json, svns
from tee_attestation_verifier.times import iso_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Levels(Protocol):
        """A list of platform levels, or what stands for one."""

        def __iter__(self) -> "Iterator[PlatformLevel]":
            """One after the other."""

        def __len__(self) -> int:
            """How many."""


VERSION = 3
MAX_TEXT = 65_000
MAX_LEVELS = 64
MAX_IDENTITIES = 32
COMPONENTS = 16


class PlatformLevel(Level):
    """A level that also names the minimum SVNs of the processor (16 bytes each) and of the PCE."""

    sgx: bytes
    pce_svn: int
    tdx: bytes

    def rank(self) -> tuple[bytes, int, bytes]:
        """What levels are ordered by (Intel's quote verification library, TcbLevel)."""
        return (self.sgx, self.pce_svn, self.tdx)

    def read_platform(self, entry: dict[str, object], tdx: bool) -> None:
        """Read an entry of `tcbLevels`; ValueError when malformed."""
        self.read(entry, PLATFORM_STATUSES)
        tcb = members(member(entry, "tcb"))
        self.sgx = _components(tcb, "sgxtcbcomponents")
        self.pce_svn = number(tcb, "pcesvn", 0xFFFF)
        self.tdx = _components(tcb, "tdxtcbcomponents") if tdx else b""


class SvnLevel(Level):
    """A level of a single component: minimum `isv_svn`."""

    isv_svn: int

    def read_svn(self, entry: dict[str, object]) -> None:
        """Read an entry of a module's or the quoting enclave's `tcbLevels`; ValueError when malformed."""
        self.read(entry, COMPONENT_STATUSES)
        self.isv_svn = number(members(member(entry, "tcb")), "isvsvn", 0xFFFF)


class ModuleIdentity:
    """Who must have signed a TDX module, its attributes, and its levels."""

    def __init__(self, signer: bytes, attributes: bytes, levels: list[SvnLevel]) -> None:
        """48 bytes, 8 bytes, and the levels; `tdxModule` has none."""
        self.signer, self.attributes, self.levels = signer, attributes, levels


class TcbInfo:
    """`kind` "SGX" or "TDX", times in unix seconds, `fmspc` and `pce_id` bytes, levels in the order given.

    `falling` says that the levels are known to stand in falling order, so that the first match is the highest.
    """

    kind: str
    issued: int
    next_update: int
    fmspc: bytes
    pce_id: bytes
    evaluation_number: int
    levels: "Levels"
    falling: bool
    module: ModuleIdentity
    module_identities: dict[str, ModuleIdentity]

    def read(self, info: dict[str, object]) -> None:
        """Fill the fields; ValueError when malformed."""
        if number(info, "version", 0xFFFF) != VERSION:
            raise Rejection("TCB_INFO_VERSION", "version 3 is the one that is understood")
        self.kind = text(info, "id")
        self.issued, self.next_update = iso_time(text(info, "issueDate")), iso_time(text(info, "nextUpdate"))
        self.fmspc, self.pce_id = octets(info, "fmspc", 6), octets(info, "pceId", 2)
        if number(info, "tcbType", 0) != 0:
            raise ValueError("tcbType")
        self.evaluation_number = number(info, "tcbEvaluationDataNumber", 0xFFFFFFFF)
        tdx = self.kind == "TDX"
        self.levels = [_platform_level(each, tdx) for each in items(info, "tcbLevels", MAX_LEVELS)]
        self.falling = False
        if tdx:
            self.module = _identity(members(member(info, "tdxModule")), [])
            self.module_identities = _module_identities(info)


def parse_tcb_info(encoding: bytes) -> TcbInfo:
    """Parse the JSON object; raises Rejection TCB_INFO_MALFORMED or TCB_INFO_VERSION."""
    if len(encoding) > MAX_TEXT:
        raise Rejection("TCB_INFO_MALFORMED", "larger than 65000 bytes")
    info = TcbInfo()
    try:
        info.read(members(json(encoding)))
    except ValueError as error:
        raise Rejection("TCB_INFO_MALFORMED", str(error)) from None
    return info


def _platform_level(entry: object, tdx: bool) -> PlatformLevel:
    level = PlatformLevel()
    level.read_platform(members(entry), tdx)
    return level


def _components(tcb: dict[str, object], name: str) -> bytes:
    return svns(items(tcb, name, COMPONENTS))


def _module_identities(info: dict[str, object]) -> dict[str, ModuleIdentity]:
    found: dict[str, ModuleIdentity] = {}
    if "tdxModuleIdentities" not in info:
        return found
    for each in items(info, "tdxModuleIdentities", MAX_IDENTITIES):
        entry = members(each)
        name = text(entry, "id").upper()
        if name in found:
            raise ValueError("tdxModuleIdentities names one id twice")
        found[name] = _identity(entry, svn_levels(entry))
    return found


def _identity(entry: dict[str, object], levels: list[SvnLevel]) -> ModuleIdentity:
    octets(entry, "attributesMask", 8)  # must be there; the attributes are all zero, masked or not
    return ModuleIdentity(octets(entry, "mrsigner", 48), octets(entry, "attributes", 8), levels)


def svn_levels(entry: dict[str, object]) -> list[SvnLevel]:
    """The `tcbLevels` of a module or of the quoting enclave; ValueError when malformed."""
    levels = []
    for each in items(entry, "tcbLevels", MAX_LEVELS):
        level = SvnLevel()
        level.read_svn(members(each))
        levels.append(level)
    return levels
