"""TCB statuses: their names, what a level says, and how component statuses converge."""

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.members import text, texts
from tee_attestation_verifier.times import iso_time

UP_TO_DATE = "UpToDate"
OUT_OF_DATE = "OutOfDate"
OUT_OF_DATE_CONFIGURATION = "OutOfDateConfigurationNeeded"
SW_HARDENING = "SWHardeningNeeded"
CONFIGURATION = "ConfigurationNeeded"
CONFIGURATION_AND_SW_HARDENING = "ConfigurationAndSWHardeningNeeded"
REVOKED = "Revoked"
RELAUNCH = "TDRelaunchAdvised"
RELAUNCH_CONFIGURATION = "TDRelaunchAdvisedConfigurationNeeded"

# In the order of the wire format's enum `TcbStatus`.
PLATFORM_STATUSES = (
    UP_TO_DATE,
    OUT_OF_DATE_CONFIGURATION,
    OUT_OF_DATE,
    CONFIGURATION_AND_SW_HARDENING,
    CONFIGURATION,
    SW_HARDENING,
    REVOKED,
)
COMPONENT_STATUSES = (UP_TO_DATE, OUT_OF_DATE, REVOKED)
MAX_ADVISORIES = 64


class Level:
    """What Intel says of a set of security versions: `status`, `date` (unix seconds) and `advisory_ids`."""

    status: str
    date: int
    advisory_ids: list[str]

    def read(self, entry: dict[str, object], allowed: tuple[str, ...]) -> None:
        """Read the common members; ValueError when malformed or the status is not one of `allowed`."""
        self.status, self.date = text(entry, "tcbStatus"), iso_time(text(entry, "tcbDate"))
        if self.status not in allowed:
            raise ValueError("tcbStatus is unknown")
        self.advisory_ids = texts(entry, "advisoryIDs", MAX_ADVISORIES)


def converge(platform: str, components: list[str]) -> str:
    """The status of the whole, from the platform's and its components' (module, quoting enclave)."""
    if platform == REVOKED or REVOKED in components:
        return REVOKED
    if OUT_OF_DATE in components:
        if platform in (UP_TO_DATE, SW_HARDENING):
            return OUT_OF_DATE
        if platform in (CONFIGURATION, CONFIGURATION_AND_SW_HARDENING):
            return OUT_OF_DATE_CONFIGURATION
    return platform


def relaunch(launch: str, current: str) -> str:
    """The status of a TD that was launched under one TCB and runs under another (TD report 1.5).

    `current` is the verdict for what runs now. Where a relaunch alone would cure an outdated launch, say so.
    """
    if launch not in (OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION):
        return launch
    if current in (UP_TO_DATE, SW_HARDENING, CONFIGURATION, CONFIGURATION_AND_SW_HARDENING):
        configure = launch == OUT_OF_DATE_CONFIGURATION or current in (
            CONFIGURATION,
            CONFIGURATION_AND_SW_HARDENING,
        )
        return RELAUNCH_CONFIGURATION if configure else RELAUNCH
    return launch


def refuse_revoked(status: str) -> None:
    """Raise Rejection TCB_REVOKED for that status."""
    if status == REVOKED:
        raise Rejection("TCB_REVOKED", "Intel has revoked this TCB")
