"""Finds kept collateral for a quote: the current lists, and of several evaluations the one that was asked for."""

from tee_attestation_verifier.errors import CollateralMissing
from tee_attestation_verifier.intel.collateral_steps import QE_KINDS
from tee_attestation_verifier.intel.kept import Keeper, KeptAuthority, KeptList, KeptQeIdentity, KeptTcbInfo
from tee_attestation_verifier.x509 import Certificate

from attestation_verifier import forms, state
from attestation_verifier.host_crypto import HOST_CRYPTO
from attestation_verifier.state import CrlRecord, DocumentRecord

TCB_PLACES = {"SGX": state.SGX_TCB, "TDX": state.TDX_TCB}
QE_PLACES = {"SGX": state.SGX_QE + state.NO_FMSPC, "TDX": state.TDX_QE + state.NO_FMSPC}


class StateKeeper(Keeper):
    """Kept collateral in the contract's state at one time (unix seconds).

    Of the evaluations of a document it gives the lowest that is current and at least `minimum`.
    """

    def __init__(self, now: int, minimum: int) -> None:
        """`minimum` is a tcbEvaluationDataNumber, 0 for any."""
        self._now, self._minimum = now, minimum

    def root_list(self) -> KeptList:
        """The root's list; CollateralMissing when none is current."""
        record = state.ROOT_CRL.find()
        if record is None or self._now >= record.valid_until:
            raise CollateralMissing("root CRL")
        return kept_list(record)

    def find_issuer(self, digest: bytes) -> KeptAuthority | None:
        """The PCK CA whose current list this certificate issued."""
        record = state.PCK_CRLS.get(digest)
        if record is None or self._now >= record.valid_until:
            return None
        issuer = Certificate(b"")
        issuer.subject, issuer.public_key = record.subject, record.public_key
        issuer.serial, issuer.common_name = record.serial, record.common_name
        return KeptAuthority(kept_list(record), digest, issuer)

    def find_authority(self, subject: bytes, public_key: bytes) -> KeptAuthority | None:
        """The PCK CA of this name and key, with its current list."""
        issuer = state.ISSUERS.get(authority_key(subject, public_key))
        return None if issuer is None else self.find_issuer(issuer.digest)

    def tcb_info(self, tee: str, fmspc: bytes) -> KeptTcbInfo:
        """TCB info for a kind and processor family; CollateralMissing when none is current."""
        record = self._document(TCB_PLACES[tee] + fmspc, "TCB info")
        info = forms.unpack_tcb_info(record.form, tee)
        return KeptTcbInfo(info, record.signer_serial, record.valid_from, record.valid_until)

    def qe_identity(self, tee: str) -> KeptQeIdentity:
        """The QE identity for a kind; CollateralMissing when none is current."""
        record = self._document(QE_PLACES[tee], "QE identity")
        identity = forms.unpack_qe_identity(record.form, QE_KINDS[tee])
        return KeptQeIdentity(identity, record.signer_serial, record.valid_from, record.valid_until)

    def _document(self, place: bytes, what: str) -> DocumentRecord:
        # The evaluation that was asked for is the lowest that will do, so the shelf need not be looked at.
        record = state.DOCUMENTS.get((place, self._minimum)) if self._minimum else None
        if record is not None and self._now < record.valid_until:
            return record
        shelf = state.SHELVES.get(place)
        for number, valid_until in shelf.rows if shelf is not None else ():
            if number >= self._minimum and self._now < valid_until:
                record = state.DOCUMENTS.get((place, number))
                if record is not None:
                    return record
        raise CollateralMissing(what + " of evaluation " + str(self._minimum) + " or later")


def authority_key(subject: bytes, public_key: bytes) -> bytes:
    """What stands for a PCK CA: SHA-256 of its DER name and key, which a renewed certificate keeps."""
    return HOST_CRYPTO.sha256(subject + public_key)


def kept_list(record: CrlRecord) -> KeptList:
    """The list in a record."""
    number = int.from_bytes(record.number, "big")
    return KeptList(record.entries, number, record.this_update, record.valid_from, record.valid_until)
