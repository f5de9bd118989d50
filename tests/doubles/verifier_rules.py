"""Rules of the verifier that choose instead of refusing, each made wrong in the way that somebody got it wrong.

The sixteen steps do not only refuse: they find levels, join statuses and collect dates. A wrong choice there
refuses nothing by itself, so these doubles are written by hand, as edits of the sources.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.attestation_cases.judged import Verifier
from tests.doubles.verifier_checks import PACKAGE
from tests.doubles.verifier_double import rewritten


@dataclass(frozen=True)
class WrongRule:
    """In `module`, the one place that reads `old` reads `new`; `case` is then judged otherwise."""

    breaks: str
    module: str
    old: str
    new: str
    case: str


def wrong(rule: WrongRule) -> Verifier:
    """The verifier with that rule. ValueError for a stale edit."""
    source = PACKAGE.joinpath(*rule.module.split(".")).with_suffix(".py").read_text()
    if source.count(rule.old) != 1:
        raise ValueError(f"{rule.module} does not read once: {rule.old}")
    return rewritten(rule.module, source.replace(rule.old, rule.new))


CASE, QUOTE, TCB, STATUS = "intel.case", "intel.quote_steps", "intel.tcb_steps", "intel.status"
HARDENING = "if current in (UP_TO_DATE, SW_HARDENING, CONFIGURATION, "
BEST_SVN = "level.isv_svn <= svn and (best is None or level.isv_svn > best.isv_svn)"
RULES = (
    # Levels: the highest that is reached, in whatever order they come.
    WrongRule("the last platform level counts", TCB, "or level.rank() > best.rank()", "or True", "tdx_v4"),
    WrongRule(
        "the first platform level counts", TCB, " or level.rank() > best.rank()", "", "levels_in_any_order"
    ),
    WrongRule("the last SVN level counts", QUOTE, BEST_SVN, "level.isv_svn <= svn", "tdx_v4"),
    WrongRule(
        "the first SVN level counts",
        QUOTE,
        BEST_SVN,
        "level.isv_svn <= svn and best is None",
        "levels_in_any_order",
    ),
    WrongRule("SVN levels above count", QUOTE, "level.isv_svn <= svn and ", "", "status_old_qe"),
    WrongRule(
        "a new module's first components are compared",
        TCB,
        "first = 2 if",
        "first = 0 if",
        "first_tdx_components_are_the_modules",
    ),
    WrongRule(
        "an old module's first components are not compared",
        TCB,
        '> b"\\0" else 0',
        '> b"\\0" else 2',
        "tdx_svn_of_an_old_module",
    ),
    WrongRule("levels are taken for sorted", TCB, "if info.falling:", "if True:", "levels_in_any_order"),
    WrongRule(
        "modules have no levels", TCB, 'if tee_tcb_svn[1:2] <= b"\\0":', "if True:", "status_old_module"
    ),
    # Statuses.
    WrongRule(
        "a revoked component is one status more", STATUS, " or REVOKED in components", "", "qe_revoked"
    ),
    WrongRule(
        "an old component is forgotten", STATUS, "if OUT_OF_DATE in components:", "if False:", "status_old_qe"
    ),
    WrongRule(
        "an old component is forgotten behind hardening",
        STATUS,
        "if platform in (UP_TO_DATE, SW_HARDENING):",
        "if platform == UP_TO_DATE:",
        "status_old_qe_hardening",
    ),
    WrongRule(
        "configuration is forgotten behind an old component",
        STATUS,
        "            return OUT_OF_DATE_CONFIGURATION",
        "            return OUT_OF_DATE",
        "status_old_qe_configuration",
    ),
    WrongRule("no relaunch is advised", STATUS, HARDENING, "if current in (", "relaunch_cures"),
    WrongRule(
        "a relaunch is advised for any launch",
        STATUS,
        "if launch not in (OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION):",
        "if False:",
        "relaunch_of_a_hardening_launch",
    ),
    WrongRule(
        "a relaunch needs no configuration",
        STATUS,
        "launch == OUT_OF_DATE_CONFIGURATION or ",
        "",
        "relaunch_cures_from_configuration",
    ),
    # What is collected.
    WrongRule("the latest date counts", TCB, "min([level", "max([level", "tdx_v4"),
    WrongRule(
        "advisories are repeated", TCB, "if advisory not in found:", "if True:", "advisories_each_once"
    ),
    WrongRule(
        "the module's advisories are forgotten",
        TCB,
        "_advisories(levels)",
        "_advisories(platform)",
        "status_all_old",
    ),
    WrongRule("the latest end counts", CASE, "min(self.valid_until", "max(self.valid_until", "tdx_v4"),
    WrongRule("the earliest beginning counts", CASE, "max(self.valid_from", "min(self.valid_from", "tdx_v4"),
    WrongRule("the end belongs to the window", CASE, "self.now >= end", "self.now > end", "tcb_info_expired"),
    WrongRule("the beginning does not", CASE, "self.now < start", "self.now <= start", "at_its_first_second"),
    # What is compared.
    WrongRule(
        "a serial's beginning is enough",
        "plain",
        "entry_serial == serial",
        "entry_serial in serial",
        "crl_with_entries",
    ),
    WrongRule(
        "masks are ignored",
        QUOTE,
        "value[index] & mask[index]",
        "value[index]",
        "qe_attributes_outside_the_mask",
    ),
)
