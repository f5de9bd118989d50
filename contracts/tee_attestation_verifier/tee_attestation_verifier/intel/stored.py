"""Verification in two halves (docs/spec/attestation.md, "Kept collateral").

    check_collateral   what needs no quote: six signatures, once, then kept
    verify_kept        what a quote adds: three signatures, under what is kept *now*

The steps and codes are those of `verify`. A quote whose PCK CA certificate is not the one that issued the kept
revocation list costs a fourth signature.
"""

from tee_attestation_verifier.crl import RevocationList
from tee_attestation_verifier.crypto import Crypto
from tee_attestation_verifier.errors import CollateralMissing
from tee_attestation_verifier.intel.case import Case, CollateralCase
from tee_attestation_verifier.intel.chain_steps import check_format, check_pck_chain, check_pck_revocation
from tee_attestation_verifier.intel.claims import Claims
from tee_attestation_verifier.intel.collateral import Collateral
from tee_attestation_verifier.intel.collateral_steps import (
    check_documents,
    check_issuers,
    check_pck_list,
    check_root,
    check_root_list,
    require_unlisted,
)
from tee_attestation_verifier.intel.kept import Keeper, KeptAuthority
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.intel.verify import QUOTE_STEPS, run
from tee_attestation_verifier.x509 import Certificate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tee_attestation_verifier.intel.verify import OnStep

NO_COLLATERAL = Collateral("", b"", b"", "", "", b"", "", "", b"")


class KeptCase(Case):
    """A quote under judgement by kept collateral."""

    root_kept: RevocationList

    def __init__(self, quote: bytes, keeper: Keeper, now: int, root: TrustedRoot, crypto: Crypto) -> None:
        """`now` in unix seconds."""
        super().__init__(quote, NO_COLLATERAL, now, root, crypto)
        self.keeper = keeper
        self.kept: KeptAuthority | None = None

    def known_authority(self, encoding: bytes) -> Certificate | None:
        """The issuer of the kept revocation list, when this is its certificate."""
        self.kept = self.keeper.find_issuer(self.sha256(encoding))
        return None if self.kept is None else self.kept.issuer


def check_collateral(collateral: Collateral, now: int, root: TrustedRoot, crypto: Crypto) -> CollateralCase:
    """Check all of a collateral that needs no quote; kept.py takes out of the case what is worth keeping.

    Raises Rejection with the codes of steps 2 to 4.
    """
    case = CollateralCase(collateral, now, root, crypto)
    run((_check_chains, _check_lists, check_documents), case, 2, None)
    return case


def require_unrevoked(case: CollateralCase, root_list: RevocationList) -> None:
    """Refuse checked collateral whose signers or CA another, newer list of the root names.

    Whoever keeps collateral asks this of the list that is kept by then: it may be newer than the one that came along.
    """
    require_unlisted(root_list, case.crl_ca.serial, "CA_REVOKED", case.crl_ca.common_name)
    for signer in (case.tcb_signer, case.qe_signer):
        require_unlisted(root_list, signer.serial, "TCB_SIGNER_REVOKED", signer.common_name)


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


def _check_lists(case: CollateralCase) -> None:
    check_root_list(case)
    check_pck_list(case)


def _check_kept_chain(case: KeptCase) -> None:
    """2. The PCK certificate's chain ends in the root."""
    check_root(case)
    check_pck_chain(case)


def _check_kept_revocation(case: KeptCase) -> None:
    """3. By the lists kept now, neither the PCK certificate nor its CA nor the list's issuer is revoked."""
    root, ca = case.keeper.root_list(), case.pck_ca
    kept = case.kept or case.keeper.find_authority(ca.subject, ca.public_key)
    if kept is None:
        raise CollateralMissing("PCK CRL of " + ca.common_name)
    for each in (root, kept.crl):
        case.require_window(each.valid_from, each.valid_until, "CRL", "kept list")
    case.root_kept = root.read()
    if kept.issuer.serial != ca.serial:
        require_unlisted(case.root_kept, kept.issuer.serial, "CA_REVOKED", "issuer of the kept list")
    check_pck_revocation(case, case.root_kept, kept.crl.read())


def _take_documents(case: KeptCase) -> None:
    """4. TCB info and QE identity kept for this kind and processor family, their signers unrevoked."""
    info, identity = case.keeper.tcb_info(case.tee, case.pck.fmspc), case.keeper.qe_identity(case.tee)
    case.require_window(info.valid_from, info.valid_until, "TCB_INFO", "kept TCB info")
    case.require_window(identity.valid_from, identity.valid_until, "QE_IDENTITY", "kept QE identity")
    for serial in (info.signer_serial, identity.signer_serial):
        require_unlisted(case.root_kept, serial, "TCB_SIGNER_REVOKED", "signer of what is kept")
    case.tcb_info, case.qe_identity = info.info, identity.identity


KEPT_STEPS = (check_format, _check_kept_chain, _check_kept_revocation, _take_documents) + QUOTE_STEPS  # noqa: RUF005
