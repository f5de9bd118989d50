"""TCB info and QE identity as compact Borsh: what `put_collateral` keeps of Intel's JSON.

Advisories are named once per document and then referred to by number, which is a third of the bytes.
"""

from sealwright_protocol import borsh
from tee_attestation_verifier.intel.qe_identity import QeIdentity
from tee_attestation_verifier.intel.status import PLATFORM_STATUSES, Level
from tee_attestation_verifier.intel.tcb_info import ModuleIdentity, PlatformLevel, SvnLevel, TcbInfo

SVN_LEVEL = "(HQBb)"
MODULE = "(s48x8x[" + SVN_LEVEL + "])"
TCB_INFO = "IQ6x2x[s][(16xHbQBb)]<(48x8x)>[" + MODULE + "]"
QE_IDENTITY = "IQ4x4x16x16x32xH[s][" + SVN_LEVEL + "]"

MAX_NAMES = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Names:
    """The advisory names of one document, in the order in which they are met."""

    def __init__(self, names: list[str]) -> None:
        """Start with these."""
        self.names = names

    def numbers(self, level: Level) -> bytes:
        """The level's advisories as numbers; ValueError beyond MAX_NAMES in one document."""
        found = []
        for name in level.advisory_ids:
            if name not in self.names:
                if len(self.names) == MAX_NAMES:
                    raise ValueError("more than 256 advisories")
                self.names.append(name)
            found.append(self.names.index(name))
        return bytes(found)

    def fill(self, level: Level, date: int, status: int, numbers: bytes) -> None:
        """Put date, status and advisories back into a level."""
        level.date, level.status = date, PLATFORM_STATUSES[status]
        level.advisory_ids = [self.names[number] for number in numbers]


class PlatformLevels:
    """The platform levels of a document, in falling order, made while they are walked: few are looked at."""

    def __init__(self, names: Names, rows: "list[list[Any]]") -> None:
        """`rows` as the form has them."""
        self.names, self.rows = names, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> "Iterator[PlatformLevel]":
        for row in self.rows:
            level = PlatformLevel()
            level.sgx, level.pce_svn, level.tdx = row[0], row[1], row[2]
            self.names.fill(level, row[3], row[4], row[5])
            yield level


def pack_tcb_info(info: TcbInfo) -> bytes:
    """The form of TCB info, without its window and kind."""
    names = Names([])
    # Of equal levels the first counts, and sorting is not stable everywhere: the place breaks the tie.
    ranked = [(level.rank(), -place, level) for place, level in enumerate(info.levels)]
    ranked.sort(key=lambda each: each[:2], reverse=True)
    levels = [
        (level.sgx, level.pce_svn, level.tdx, level.date, _status(level), names.numbers(level))
        for _, _, level in ranked
    ]
    module, modules = None, []
    if info.kind == "TDX":
        module = (info.module.signer, info.module.attributes)
        for name, identity in info.module_identities.items():
            rows = _svn_rows(identity.levels, names)
            modules.append((name, identity.signer, identity.attributes, rows))
    head = (info.evaluation_number, info.issued, info.fmspc, info.pce_id, names.names)
    return borsh.pack(TCB_INFO, head + (levels, module, modules))  # noqa: RUF005 - MicroPython


def unpack_tcb_info(form: bytes, kind: str) -> TcbInfo:
    """TCB info of kind "SGX" or "TDX" from its form."""
    info = TcbInfo()
    info.kind = kind
    number, info.issued, info.fmspc, info.pce_id, names, levels, module, modules = borsh.unpack(
        TCB_INFO, form
    )
    info.evaluation_number = number
    known = Names(names)
    info.levels, info.falling = PlatformLevels(known, levels), True
    if module is not None:
        info.module = ModuleIdentity(module[0], module[1], [])
        info.module_identities = {
            row[0]: ModuleIdentity(row[1], row[2], _svn_levels(row[3], known)) for row in modules
        }
    return info


def pack_qe_identity(identity: QeIdentity) -> bytes:
    """The form of a QE identity, without its window and kind."""
    names = Names([])
    rows = _svn_rows(identity.levels, names)
    masks = (
        identity.misc_select,
        identity.misc_select_mask,
        identity.attributes,
        identity.attributes_mask,
        identity.mr_signer,
        identity.isv_prod_id,
    )
    head = (identity.evaluation_number, identity.issued)
    return borsh.pack(QE_IDENTITY, head + masks + (names.names, rows))


def unpack_qe_identity(form: bytes, kind: str) -> QeIdentity:
    """A QE identity of kind "QE" or "TD_QE" from its form."""
    identity = QeIdentity()
    identity.kind = kind
    (
        identity.evaluation_number,
        identity.issued,
        identity.misc_select,
        identity.misc_select_mask,
        identity.attributes,
        identity.attributes_mask,
        identity.mr_signer,
        identity.isv_prod_id,
        names,
        rows,
    ) = borsh.unpack(QE_IDENTITY, form)
    identity.levels = _svn_levels(rows, Names(names))
    return identity


def _svn_rows(levels: list[SvnLevel], names: Names) -> list[tuple[int, int, int, bytes]]:
    return [(level.isv_svn, level.date, _status(level), names.numbers(level)) for level in levels]


def _svn_levels(rows: "list[list[Any]]", names: Names) -> list[SvnLevel]:
    levels = []
    for row in rows:
        level = SvnLevel()
        level.isv_svn = row[0]
        names.fill(level, row[1], row[2], row[3])
        levels.append(level)
    return levels


def _status(level: Level) -> int:
    return PLATFORM_STATUSES.index(level.status)
