"""Collateral that was checked once and is kept: its parts, and how they come out of collateral under judgement.

Each part holds for `valid_from` <= now < `valid_until` (unix seconds): its own window, its signer's and the root's.
"""

from tee_attestation_verifier.crl import RevocationList
from tee_attestation_verifier.intel.case import CollateralCase
from tee_attestation_verifier.intel.qe_identity import QeIdentity
from tee_attestation_verifier.intel.tcb_info import TcbInfo
from tee_attestation_verifier.intel.trust import TrustedRoot
from tee_attestation_verifier.x509 import Certificate


class KeptList:
    """A revocation list that is kept."""

    def __init__(
        self, entries: bytes, number: int, this_update: int, valid_from: int, valid_until: int
    ) -> None:
        """`entries` is the DER of the revoked certificates, `number` the list's CRL number."""
        self.entries, self.number, self.this_update = entries, number, this_update
        self.valid_from, self.valid_until = valid_from, valid_until

    def read(self) -> RevocationList:
        """The list to ask for serials."""
        return RevocationList(self.entries)

    def is_newer(self, old: "KeptList") -> bool:
        """Whether this list replaces `old`: later, or as late with a renewed certificate of its issuer."""
        if self.number < old.number:
            return False
        return (self.this_update, self.valid_until) > (old.this_update, old.valid_until)


class KeptAuthority:
    """A PCK CA: its revocation list, and the certificate that issued it.

    `digest` is the SHA-256 of that certificate's DER. `issuer` has at least subject, public key, serial and
    common name.
    """

    def __init__(self, crl: KeptList, digest: bytes, issuer: Certificate) -> None:
        """Take the parts over as they are."""
        self.crl, self.digest, self.issuer = crl, digest, issuer


class KeptDocument:
    """What every kept document has: when it was issued, and the serial of its signer's certificate."""

    def __init__(self, issued: int, signer_serial: bytes, valid_from: int, valid_until: int) -> None:
        """`issued` is the issue date that stands in the document, `signer_serial` the content of a DER INTEGER."""
        self.issued, self.signer_serial = issued, signer_serial
        self.valid_from, self.valid_until = valid_from, valid_until

    def is_newer(self, old: "KeptDocument", root_list: RevocationList) -> bool:
        """Whether this one replaces `old` of the same evaluation.

        It does when it was issued later, or then but is valid for longer (its signer's certificate was renewed), or
        when the root's list names the signer of the old one.
        """
        if (self.issued, self.valid_until) > (old.issued, old.valid_until):
            return True
        return root_list.lists(old.signer_serial)


class KeptTcbInfo(KeptDocument):
    """TCB info that is kept."""

    def __init__(self, info: TcbInfo, signer_serial: bytes, valid_from: int, valid_until: int) -> None:
        """Take the parts over as they are."""
        super().__init__(info.issued, signer_serial, valid_from, valid_until)
        self.info = info


class KeptQeIdentity(KeptDocument):
    """A QE identity that is kept."""

    def __init__(self, identity: QeIdentity, signer_serial: bytes, valid_from: int, valid_until: int) -> None:
        """Take the parts over as they are."""
        super().__init__(identity.issued, signer_serial, valid_from, valid_until)
        self.identity = identity


class Keeper:
    """Where kept parts are found. The contract keeps them in its state, `offchain/keeper.py` in memory.

    Each method gives what is current, or raises CollateralMissing; of several evaluations the one that the
    keeper's user asked for.
    """

    def root_list(self) -> KeptList:
        """The root's revocation list."""
        raise NotImplementedError

    def find_issuer(self, digest: bytes) -> KeptAuthority | None:
        """The PCK CA whose list was issued by the certificate with this digest, None when none is current."""
        raise NotImplementedError

    def find_authority(self, subject: bytes, public_key: bytes) -> KeptAuthority | None:
        """The PCK CA of this DER name and key, whichever certificate issued its list; None as above."""
        raise NotImplementedError

    def tcb_info(self, tee: str, fmspc: bytes) -> KeptTcbInfo:
        """TCB info for a kind ("SGX", "TDX") and processor family (6 bytes)."""
        raise NotImplementedError

    def qe_identity(self, tee: str) -> KeptQeIdentity:
        """The identity of the quoting enclave for a kind."""
        raise NotImplementedError


def kept_root_list(case: CollateralCase) -> KeptList:
    """The root's list of checked collateral."""
    crl = case.root_list
    start, end = _window(case.root, crl.this_update, crl.next_update)
    return KeptList(crl.entries, crl.number, crl.this_update, start, end)


def kept_authority(case: CollateralCase) -> KeptAuthority:
    """The PCK CA of checked collateral."""
    issuer, crl = case.crl_ca, case.pck_list
    start, end = _signed_window(case, issuer, crl.this_update, crl.next_update)
    kept = KeptList(crl.entries, crl.number, crl.this_update, start, end)
    return KeptAuthority(kept, case.sha256(issuer.encoding), issuer)


def kept_tcb_info(case: CollateralCase) -> KeptTcbInfo:
    """The TCB info of checked collateral."""
    info, signer = case.tcb_info, case.tcb_signer
    start, end = _signed_window(case, signer, info.issued, info.next_update)
    return KeptTcbInfo(info, signer.serial, start, end)


def kept_qe_identity(case: CollateralCase) -> KeptQeIdentity:
    """The QE identity of checked collateral."""
    identity, signer = case.qe_identity, case.qe_signer
    start, end = _signed_window(case, signer, identity.issued, identity.next_update)
    return KeptQeIdentity(identity, signer.serial, start, end)


def _signed_window(case: CollateralCase, issuer: Certificate, start: int, end: int) -> tuple[int, int]:
    return _window(case.root, max(start, issuer.not_before), min(end, issuer.not_after))


def _window(root: TrustedRoot, start: int, end: int) -> tuple[int, int]:
    return max(start, root.not_before), min(end, root.not_after)
