"""What is found about collateral: its parts, whether it proves itself, and how long it will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tee_attestation_verifier.errors import Rejection
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.stored import check_collateral
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.intel.verify import verify
from tee_attestation_verifier.offchain.inventory import Item, inventory, window
from tee_attestation_verifier.offchain.openssl import OpenSslCrypto
from tee_attestation_verifier.offchain.pcs import STANDARD
from tee_attestation_verifier.offchain.pcs.outlook import Prospect

GOOD, ENDING, REFUSED = "good", "ending", "refused"
CRYPTO = OpenSslCrypto()


@dataclass
class Findings:
    """The verdict on collateral at a moment (unix seconds), and on the quote that came along.

    `verdict` is good, ending (good, but it ends within the margin) or refused, then with `code` and `step`. With a
    quote `status` and `advisory_ids` are its TCB status by this collateral.
    """

    at: int
    verdict: str = GOOD
    code: str | None = None
    detail: str = ""
    step: int | None = None
    status: str | None = None
    advisory_ids: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def valid_until(self) -> int | None:
        """The first end among all parts; None when they could not be read."""
        return window(self.items)[1] if self.items else None

    def refuse(self, rejection: Rejection) -> None:
        """Turn into a refusal."""
        self.verdict, self.code, self.detail = REFUSED, rejection.code, rejection.detail
        self.step = rejection.step or None

    def document(self) -> dict[str, Any]:
        """The documented JSON document."""
        return {
            "verdict": self.verdict,
            "code": self.code,
            "detail": self.detail or None,
            "step": self.step,
            "at": self.at,
            "valid_until": self.valid_until,
            "status": self.status,
            "advisory_ids": self.advisory_ids,
            "items": items_document(self.items),
        }


def check(
    collateral: Collateral, at: int, root: TrustedRoot, margin_s: int = 0, quote: bytes | None = None
) -> Findings:
    """Verify every signature, window and revocation in the collateral, and the quote by it."""
    found = Findings(at)
    try:
        found.items = inventory(collateral)
        check_collateral(collateral, at, root, CRYPTO)
        if quote is not None:
            claims = verify(quote, collateral, at, root, CRYPTO)
            found.status, found.advisory_ids = claims.status, list(claims.advisory_ids)
    except Rejection as rejection:
        found.refuse(rejection)
        return found
    if window(found.items)[1] - at <= margin_s:
        found.verdict = ENDING
    return found


def items_document(items: list[Item]) -> list[dict[str, Any]]:
    """The parts as JSON: name, signed_by, valid_from, valid_until and the part's own facts."""
    return [
        {
            "name": item.name,
            "signed_by": item.signed_by,
            "valid_from": item.valid_from,
            "valid_until": item.valid_until,
            **item.facts,
        }
        for item in items
    ]


def outlook_document(prospects: list[Prospect]) -> list[dict[str, Any]]:
    """The prospects as JSON, one object an evaluation."""
    return [
        {
            "evaluation": each.evaluation,
            "updates": list(each.updates),
            "recovery_event": each.recovery_event,
            "status": each.status,
            "advisory_ids": list(each.advisory_ids),
            "tcb_date": each.tcb_date,
            "code": each.code,
        }
        for each in prospects
    ]


def to_come(prospects: list[Prospect]) -> list[Prospect]:
    """The evaluations newer than the standard one that change the quote's status, or refuse it."""
    standard = next((each for each in prospects if STANDARD in each.updates), None)
    if standard is None:
        return []
    later = [each for each in prospects if each.evaluation > standard.evaluation]
    return [each for each in later if (each.status, each.code) != (standard.status, standard.code)]
