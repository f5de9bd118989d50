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
    """A revocation list. `issuer_digest` is the SHA-256 of its issuer's certificate, `issuer_serial` its serial."""

    def __init__(
        self,
        entries: bytes,
        number: int,
        this_update: int,
        issuer_digest: bytes,
        issuer_serial: bytes,
        valid_from: int,
        valid_until: int,
    ) -> None:
        """`entries` is the DER of the revoked certificates, `number` the list's CRL number."""
        self.entries, self.number, self.this_update = entries, number, this_update
        self.issuer_digest, self.issuer_serial = issuer_digest, issuer_serial
        self.valid_from, self.valid_until = valid_from, valid_until

    def read(self) -> RevocationList:
        """The list to ask for serials."""
        return RevocationList(self.entries)


class KeptTcbInfo:
    """TCB info, and the serial of its signer's certificate."""

    def __init__(self, info: TcbInfo, signer_serial: bytes, valid_from: int, valid_until: int) -> None:
        """Take the parts over as they are."""
        self.info, self.signer_serial = info, signer_serial
        self.valid_from, self.valid_until = valid_from, valid_until


class KeptQeIdentity:
    """A QE identity, and the serial of its signer's certificate."""

    def __init__(self, identity: QeIdentity, signer_serial: bytes, valid_from: int, valid_until: int) -> None:
        """Take the parts over as they are."""
        self.identity, self.signer_serial = identity, signer_serial
        self.valid_from, self.valid_until = valid_from, valid_until


class Keeper:
    """Where kept parts are found. The contract keeps them in its state, `offchain/keeper.py` in memory.

    Each method gives what is current, or raises CollateralMissing; of several evaluations the one that the
    keeper's user asked for.
    """

    def root_list(self) -> KeptList:
        """The root's revocation list."""
        raise NotImplementedError

    def find_pck_list(self, authority: Certificate) -> KeptList | None:
        """The revocation list of the PCK CA with this subject and key, None when none is current."""
        raise NotImplementedError

    def tcb_info(self, tee: str, fmspc: bytes) -> KeptTcbInfo:
        """TCB info for a kind ("SGX", "TDX") and processor family (6 bytes)."""
        raise NotImplementedError

    def qe_identity(self, tee: str) -> KeptQeIdentity:
        """The identity of the quoting enclave for a kind."""
        raise NotImplementedError


def kept_root_list(case: CollateralCase) -> KeptList:
    """The root's list of checked collateral."""
    root, crl = case.root, case.root_list
    start, end = _window(root, crl.this_update, crl.next_update)
    return KeptList(crl.entries, crl.number, crl.this_update, root.fingerprint, root.serial, start, end)


def kept_pck_list(case: CollateralCase) -> KeptList:
    """The PCK CA's list of checked collateral."""
    issuer, crl = case.crl_ca, case.pck_list
    start, end = _signed_window(case, issuer, crl.this_update, crl.next_update)
    digest = case.sha256(issuer.encoding)
    return KeptList(crl.entries, crl.number, crl.this_update, digest, issuer.serial, start, end)


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
