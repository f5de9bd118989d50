"""The simulated TCB info and QE identity, as JSON objects before they are serialised and signed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sealwright_agents.simulated.platform import Platform

ZERO_MR = "00" * 48
QE_SIGNER = bytes.fromhex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5")


@dataclass(frozen=True)
class TcbLevel:
    """One platform level: minimum SVNs (16 bytes each), status, date and advisories."""

    sgx: bytes
    pce_svn: int
    tdx: bytes
    status: str
    date: str = "2024-11-13T00:00:00Z"
    advisory_ids: tuple[str, ...] = ()


def default_levels(platform: Platform) -> tuple[TcbLevel, ...]:
    """The platform's own SVNs are up to date; a PCE one step behind is out of date."""
    svn, tdx = platform.cpu_svn, platform.tee_tcb_svn
    return (
        TcbLevel(svn, platform.pce_svn, tdx, "UpToDate"),
        TcbLevel(svn, platform.pce_svn - 1, tdx, "OutOfDate", "2023-08-09T00:00:00Z", ("INTEL-SA-00960",)),
    )


def iso(seconds: int) -> str:
    """Unix seconds as `2026-06-15T00:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _components(svn: bytes) -> list[dict[str, int]]:
    return [{"svn": value} for value in svn]


def _level(level: TcbLevel, tdx: bool) -> dict[str, Any]:
    tcb: dict[str, Any] = {"sgxtcbcomponents": _components(level.sgx), "pcesvn": level.pce_svn}
    if tdx:
        tcb["tdxtcbcomponents"] = _components(level.tdx)
    entry: dict[str, Any] = {"tcb": tcb, "tcbDate": level.date, "tcbStatus": level.status}
    if level.advisory_ids:
        entry["advisoryIDs"] = list(level.advisory_ids)
    return entry


def _svn_level(svn: int, date: str, status: str, *advisory_ids: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"tcb": {"isvsvn": svn}, "tcbDate": date, "tcbStatus": status}
    if advisory_ids:
        entry["advisoryIDs"] = list(advisory_ids)
    return entry


def tcb_info(
    platform: Platform, levels: tuple[TcbLevel, ...], window: tuple[int, int], tdx: bool
) -> dict[str, Any]:
    """TCB info version 3 for the platform, valid in `window` (unix seconds)."""
    info: dict[str, Any] = {
        "id": "TDX" if tdx else "SGX",
        "version": 3,
        "issueDate": iso(window[0]),
        "nextUpdate": iso(window[1]),
        "fmspc": platform.fmspc.hex().upper(),
        "pceId": platform.pce_id.hex().upper(),
        "tcbType": 0,
        "tcbEvaluationDataNumber": 18,
    }
    if tdx:
        identity = {"mrsigner": ZERO_MR, "attributes": "0" * 16, "attributesMask": "F" * 16}
        info["tdxModule"] = identity
        info["tdxModuleIdentities"] = [{"id": "TDX_01", **identity, "tcbLevels": _module_levels()}]
    info["tcbLevels"] = [_level(level, tdx) for level in levels]
    return info


def _module_levels() -> list[dict[str, Any]]:
    return [
        _svn_level(6, "2024-11-13T00:00:00Z", "UpToDate"),
        _svn_level(4, "2024-03-13T00:00:00Z", "OutOfDate", "INTEL-SA-01036"),
        _svn_level(2, "2023-08-09T00:00:00Z", "Revoked"),
    ]


def qe_identity(window: tuple[int, int], tdx: bool) -> dict[str, Any]:
    """QE identity version 2, valid in `window` (unix seconds)."""
    return {
        "id": "TD_QE" if tdx else "QE",
        "version": 2,
        "issueDate": iso(window[0]),
        "nextUpdate": iso(window[1]),
        "tcbEvaluationDataNumber": 18,
        "miscselect": "00000000",
        "miscselectMask": "FFFFFFFF",
        "attributes": "11000000000000000000000000000000",
        "attributesMask": "FBFFFFFFFFFFFFFF0000000000000000",
        "mrsigner": QE_SIGNER.hex().upper(),
        "isvprodid": 2 if tdx else 1,
        "tcbLevels": [
            _svn_level(4, "2023-02-15T00:00:00Z", "UpToDate"),
            _svn_level(2, "2021-11-10T00:00:00Z", "OutOfDate", "INTEL-SA-00615"),
            _svn_level(1, "2020-11-11T00:00:00Z", "Revoked"),
        ],
    }
