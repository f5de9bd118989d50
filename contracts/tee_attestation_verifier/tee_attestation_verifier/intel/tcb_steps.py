"""Steps 11 to 15: what Intel says of these security versions today."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.case import Case
from tee_attestation_verifier.intel.quote_steps import highest_level, module_identity
from tee_attestation_verifier.intel.status import Level, converge, refuse_revoked, relaunch
from tee_attestation_verifier.intel.tcb_info import PlatformLevel, SvnLevel


def match_platform(case: Case) -> None:
    """11. Processor, PCE and TDX versions reach a TCB level."""
    case.platform_level = platform_level(case, _tee_tcb_svn(case, "tee_tcb_svn"))


def match_module(case: Case) -> None:
    """12. The TDX module reaches a level, where it has levels of its own."""
    case.module_level = module_level(case, _tee_tcb_svn(case, "tee_tcb_svn"))


def converge_status(case: Case) -> None:
    """13. Platform, module and quoting enclave converge; none is revoked."""
    case.platform_status = _platform_status(case.platform_level, case.module_level)
    case.status = converge(case.platform_status, [case.qe_level.status])
    refuse_revoked(case.status)


def advise_relaunch(case: Case) -> None:
    """14. What runs now (TD report 1.5) is supported; a relaunch may be advised.

    Where a TD was launched under an outdated TCB and another runs now, the status says so.
    """
    if not case.quote.report.has("tee_tcb_svn2"):
        return
    current_svn = case.quote.report.field("tee_tcb_svn2")
    platform = _platform_status(platform_level(case, current_svn), module_level(case, current_svn))
    current = converge(platform, [case.qe_level.status])
    refuse_revoked(current)
    case.status = relaunch(case.status, current)


def collect_dates(case: Case) -> None:
    """15. Dates and advisories of the matched levels are collected."""
    platform: list[Level] = [case.platform_level]
    module: list[Level] = [] if case.module_level is None else [case.module_level]
    levels = platform + [case.qe_level] + module  # noqa: RUF005 - MicroPython has no star here
    case.tcb_date = min([level.date for level in levels])
    case.advisory_ids = _advisories(levels)
    case.platform_advisory_ids = _advisories(platform + module)


def platform_level(case: Case, tee_tcb_svn: bytes) -> PlatformLevel:
    """The matching level that is highest by (sgx, pcesvn, tdx); refuses with TCB_NOT_SUPPORTED.

    Levels need not be sorted; of equal ones the first counts. From TDX module version 1 on the module has
    levels of its own (rule 12), so the first two TDX components are not compared here.
    """
    pck, info = case.pck, case.tcb_info
    first = 2 if tee_tcb_svn[1:2] > b"\0" else 0
    best = None
    for level in info.levels:
        if pck.pce_svn < level.pce_svn or not _reaches(pck.cpu_svn, level.sgx, 0):
            continue
        if not _reaches(tee_tcb_svn, level.tdx, first):
            continue
        if best is None or level.rank() > best.rank():
            best = level
        if info.falling:
            break
    if best is None:
        raise Rejection("TCB_NOT_SUPPORTED", "below every TCB level of this processor family")
    return best


def module_level(case: Case, tee_tcb_svn: bytes) -> SvnLevel | None:
    """The level of the TDX module of these versions, None where the quote or the module's version has none."""
    if tee_tcb_svn[1:2] <= b"\0":
        return None
    module = module_identity(case, tee_tcb_svn[1])
    return highest_level(module.levels, tee_tcb_svn[0], "MODULE_NOT_SUPPORTED")


def _advisories(levels: list[Level]) -> list[str]:
    """The advisories of all levels in their order, each once."""
    found: list[str] = []
    for level in levels:
        for advisory in level.advisory_ids:
            if advisory not in found:
                found.append(advisory)
    return found


def _reaches(actual: bytes, required: bytes, first: int) -> bool:
    """Whether every component from `first` on is at least the required one; nothing required is reached."""
    for index in range(first, len(required)):  # noqa: SIM110 - a generator costs twice the gas
        if actual[index] < required[index]:
            return False
    return True


def _platform_status(platform: PlatformLevel, module: SvnLevel | None) -> str:
    return platform.status if module is None else converge(platform.status, [module.status])


def _tee_tcb_svn(case: Case, field: str) -> bytes:
    """The TDX security versions of a field; empty for SGX, which has none."""
    return case.quote.report.field(field) if case.quote.is_tdx else b""
