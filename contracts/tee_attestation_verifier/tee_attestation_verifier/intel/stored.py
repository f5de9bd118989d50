"""Verification in two halves (docs/spec/attestation.md, "Kept collateral").

    check_collateral   what needs no quote: six signatures, once, then kept
    verify_kept        what a quote adds: three signatures, under what is kept *now*

The steps and codes are those of `verify`. A quote whose PCK CA certificate is not the one that issued the kept
revocation list costs a fourth signature.
"""

from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import CollateralMissing
from tee_attestation_verifier.intel.case import Case, CollateralCase
from tee_attestation_verifier.intel.chain_steps import check_format, check_pck_chain, check_pck_revocation
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.collateral_steps import (
    check_documents,
    check_issuers,
    check_lists,
    check_root,
    require_unlisted,
)
from tee_attestation_verifier.intel.kept import Keeper, KeptList
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.intel.verify import QUOTE_STEPS, run
from tee_attestation_verifier.x509 import Certificate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tee_attestation_verifier.intel.verify import OnStep

NO_COLLATERAL = Collateral("", b"", b"", "", "", b"", "", "", b"")


class KeptCase(Case):
    """A quote under judgement by kept collateral."""

    root_kept: KeptList

    def __init__(self, quote: bytes, keeper: Keeper, now: int, root: TrustedRoot, crypto: Crypto) -> None:
        """`now` in unix seconds."""
        super().__init__(quote, NO_COLLATERAL, now, root, crypto)
        self.keeper = keeper
        self.pck_kept: KeptList | None = None

    def has_checked(self, authority: Certificate) -> bool:
        """Whether this certificate issued the kept list of its name and key."""
        self.pck_kept = self.keeper.find_pck_list(authority)
        return self.pck_kept is not None and self.pck_kept.issuer_digest == self.sha256(authority.encoding)


def check_collateral(collateral: Collateral, now: int, root: TrustedRoot, crypto: Crypto) -> CollateralCase:
    """Check all of a collateral that needs no quote; kept.py takes out of the case what is worth keeping.

    Raises Rejection with the codes of steps 2 to 4.
    """
    case = CollateralCase(collateral, now, root, crypto)
    run((_check_chains, check_lists, check_documents), case, 2, None)
    return case


def verify_kept(
    quote: bytes,
    keeper: Keeper,
    now: int,
    root: TrustedRoot,
    crypto: Crypto,
    on_step: "OnStep | None" = None,
) -> Claims:
    """Judge a quote at `now` (unix seconds) by what is kept.

    Raises Rejection, its `step` set, or CollateralMissing, which says nothing about the quote.
    """
    case = KeptCase(quote, keeper, now, root, crypto)
    run(KEPT_STEPS, case, 1, on_step)
    return Claims(case)


def _check_chains(case: CollateralCase) -> None:
    check_root(case)
    check_issuers(case)


def _check_kept_chain(case: KeptCase) -> None:
    """2. The PCK certificate's chain ends in the root."""
    check_root(case)
    check_pck_chain(case)


def _check_kept_revocation(case: KeptCase) -> None:
    """3. By the lists kept now, neither the PCK certificate nor its CA nor the list's issuer is revoked."""
    case.root_kept, pck_kept = case.keeper.root_list(), case.pck_kept
    if pck_kept is None:
        raise CollateralMissing("PCK CRL of " + case.pck_ca.common_name)
    for kept in (case.root_kept, pck_kept):
        case.require_window(kept.valid_from, kept.valid_until, "CRL", "kept list")
    root_list = case.root_kept.read()
    if pck_kept.issuer_serial != case.pck_ca.serial:
        require_unlisted(root_list, pck_kept.issuer_serial, "CA_REVOKED", "issuer of the kept list")
    check_pck_revocation(case, root_list, pck_kept.read())


def _take_documents(case: KeptCase) -> None:
    """4. TCB info and QE identity kept for this kind and processor family, their signers unrevoked."""
    info, identity = case.keeper.tcb_info(case.tee, case.pck.fmspc), case.keeper.qe_identity(case.tee)
    case.require_window(info.valid_from, info.valid_until, "TCB_INFO", "kept TCB info")
    case.require_window(identity.valid_from, identity.valid_until, "QE_IDENTITY", "kept QE identity")
    root_list = case.root_kept.read()
    for serial in (info.signer_serial, identity.signer_serial):
        require_unlisted(root_list, serial, "TCB_SIGNER_REVOKED", "signer of what is kept")
    case.tcb_info, case.qe_identity = info.info, identity.identity


KEPT_STEPS = (check_format, _check_kept_chain, _check_kept_revocation, _take_documents) + QUOTE_STEPS  # noqa: RUF005
